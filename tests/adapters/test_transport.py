"""What the transport does with a platform that misbehaves, and with one that does not."""

import asyncio
import gzip
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stamina
from aiohttp import web
from stamina.instrumentation import RetryDetails

from adapters.transport import Endpoint, Limits, Response, open_transport
from schema.errors import PassingFault, SourceChanged

ONCE = Limits(attempts=1)


@pytest.fixture
def without_pauses() -> Iterator[None]:
    """Retries as configured, with no time between them."""
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


async def fetched(url: str, limits: Limits = ONCE) -> Response:
    async with open_transport(limits) as transport:
        return await transport.get(url)


async def test_an_answer_comes_whole_with_its_digest(serve) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.json_response({"code": 0})

    answer = await fetched(await serve(handler))
    assert (answer.status, answer.json(), len(answer.sha256)) == (200, {"code": 0}, 64)


async def test_a_compressed_answer_is_decoded(serve) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b"[1]"), headers={"Content-Encoding": "gzip"})

    assert (await fetched(await serve(handler))).body == b"[1]"


async def test_a_body_over_the_cap_is_cut_off(serve) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 1001)

    with pytest.raises(SourceChanged) as caught:
        await fetched(await serve(handler), Limits(body=1000))
    assert caught.value.code == "BODY_TOO_LARGE"


async def test_the_cap_counts_what_a_small_answer_unpacks_to(serve) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b"x" * 5_000_000), headers={"Content-Encoding": "gzip"})

    with pytest.raises(SourceChanged) as caught:
        await fetched(await serve(handler), Limits(body=1_000_000))
    assert caught.value.code == "BODY_TOO_LARGE"


async def test_a_body_as_large_as_the_cap_is_read(serve) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 1000)

    assert len((await fetched(await serve(handler), Limits(body=1000))).body) == 1000


async def test_a_redirect_is_refused_and_not_followed(serve) -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    with pytest.raises(SourceChanged) as caught:
        await fetched(await serve(handler), Limits())
    assert (caught.value.code, asked) == ("UNEXPECTED_STATUS", ["/"])


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "UNEXPECTED_STATUS"), (401, "PLATFORM_REFUSED"), (403, "PLATFORM_REFUSED"), (204, "UNEXPECTED_STATUS")],
)
async def test_an_answer_that_will_not_change_is_asked_for_once(serve, status: int, code: str) -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=status)

    with pytest.raises(SourceChanged) as caught:
        await fetched(await serve(handler), Limits())
    assert (caught.value.code, len(asked)) == (code, 1)


@pytest.mark.usefixtures("without_pauses")
@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_a_passing_fault_is_asked_for_again(serve, status: int) -> None:
    left = [status, status]

    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=left.pop()) if left else web.Response(body=b"at last")

    assert (await fetched(await serve(handler), Limits())).body == b"at last"


@pytest.mark.usefixtures("without_pauses")
async def test_a_lasting_fault_is_given_up_after_the_agreed_attempts(serve) -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=503)

    with pytest.raises(PassingFault):
        await fetched(await serve(handler), Limits(attempts=3))
    assert len(asked) == 3


@pytest.mark.usefixtures("without_pauses")
async def test_every_attempt_is_signed_afresh(serve) -> None:
    seen: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.headers["X-Nonce"])
        return web.Response(status=503 if len(seen) < 3 else 200)

    nonces = iter("abc")
    async with open_transport(Limits()) as transport:
        await transport.post(await serve(handler), b"{}", headers=lambda: {"X-Nonce": next(nonces)})
    assert seen == ["a", "b", "c"]


async def test_the_pause_is_as_long_as_the_platform_asks(serve) -> None:
    pauses: list[float] = []
    left = [429]

    def note(details: RetryDetails) -> None:
        pauses.append(details.wait_for)

    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=left.pop(), headers={"Retry-After": "1"}) if left else web.Response()

    hooks = stamina.instrumentation.get_on_retry_hooks()
    stamina.instrumentation.set_on_retry_hooks([note])
    try:
        await fetched(await serve(handler), Limits(attempts=2))
    finally:
        stamina.instrumentation.set_on_retry_hooks(hooks)
    assert pauses == [1.0]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120), ("Wed, 21 Oct 2026 07:28:40 GMT", 40), ("Wed, 21 Oct 2026 07:27:00 GMT", 0),
        ("Wednesday, 21-Oct-26 07:29:00 GMT", 60), ("-1", None), ("soon", None), ("", None), ("١٢", None),
    ],
)  # fmt: skip
async def test_a_passing_fault_keeps_the_pause_that_was_asked_for(serve, header: str, seconds: int | None) -> None:
    """As a number, or as a date by the platform's own clock."""

    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=503, headers={"Retry-After": header, "Date": "Wed, 21 Oct 2026 07:28:00 GMT"})

    with pytest.raises(PassingFault) as caught:
        await fetched(await serve(handler))
    assert caught.value.retry_after == seconds


async def test_a_platform_that_never_ends_is_a_passing_fault(serve) -> None:
    async def handler(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    with pytest.raises(PassingFault):
        await fetched(await serve(handler), Limits(total=0.2, attempts=1))


async def test_a_platform_that_drips_is_stopped_by_the_total_time(serve) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"x")
            await asyncio.sleep(0.02)

    with pytest.raises(PassingFault):
        await fetched(await serve(handler), Limits(total=0.3, silence=5, attempts=1))


async def test_a_body_shorter_than_announced_is_a_passing_fault(serve) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "100"})
        await answer.prepare(request)
        await answer.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return answer

    with pytest.raises(PassingFault):
        await fetched(await serve(handler))


async def test_a_platform_that_is_not_there_is_a_passing_fault(unused_tcp_port: int) -> None:
    with pytest.raises(PassingFault) as caught:
        await fetched(f"http://127.0.0.1:{unused_tcp_port}")
    assert caught.value.code == "PLATFORM_UNREACHABLE"


async def test_an_answer_that_is_no_json_is_news_for_a_person(serve) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html")

    answer = await fetched(await serve(handler))
    with pytest.raises(SourceChanged) as caught:
        answer.json()
    assert (caught.value.code, caught.value.problems[0].value) == ("NOT_JSON", "text/html; charset=utf-8")


def test_the_secret_of_an_endpoint_appears_in_no_text_form() -> None:
    endpoint = Endpoint("http://127.0.0.1", key_id="dexhub", secret="do not show me")
    assert [form for form in (repr(endpoint), str(endpoint), f"{endpoint}") if "do not show me" in form] == []


@pytest.fixture
async def unverified(tmp_path: Path) -> AsyncIterator[tuple[str, list[str]]]:
    """A platform whose certificate nobody vouches for, and the paths it was asked for."""
    paths = (str(tmp_path / "key.pem"), str(tmp_path / "cert.pem"))
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1"]
    await asyncio.to_thread(
        subprocess.run, [*made, "-keyout", paths[0], "-out", paths[1]], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(paths[1], paths[0])
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({})

    application = web.Application()
    application.router.add_get("/{any:.*}", handler)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield f"https://localhost:{runner.addresses[0][1]}/", asked
    await runner.cleanup()


async def test_a_certificate_that_cannot_be_verified_is_refused_before_anything_is_sent(unverified) -> None:
    url, asked = unverified
    with pytest.raises(SourceChanged) as caught:
        await fetched(url)
    assert (caught.value.code, asked) == ("CERTIFICATE_REFUSED", [])


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_a_proxy_of_the_environment_is_not_asked(serve, monkeypatch, name: str) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.json_response([])

    monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert (await fetched(await serve(handler))).json() == []
