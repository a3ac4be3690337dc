"""A platform that fails, lies or has changed ends the pull with a plain cause, or is asked again."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import stamina
from aiohttp import web

from adapters.base import Adapter
from adapters.sandbox.platform import Fault, Platform
from adapters.transport import Endpoint, Limits
from schema.errors import PassingFault, SourceChanged, SourceError

STRANGE = (b"{}", b"[]", b"null", b'"maintenance"', b'{"code": 0, "data": {"list": 5}}', b'{"batches": [{}]}', b"")


@pytest.fixture(autouse=True)
def without_pauses() -> Iterator[None]:
    """Retries as configured, with no time between them."""
    with stamina.set_testing(True, attempts=10, cap=True):
        yield


@pytest.fixture
async def stranger(answer: bytes) -> AsyncIterator[str]:
    """A server that gives one answer to everything."""

    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=answer, content_type="application/json")

    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", handler)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


async def test_a_wrong_secret_is_refused_with_a_plain_cause(adapter: Adapter, endpoint: Endpoint, pull) -> None:
    with pytest.raises(SourceChanged) as caught:
        await pull(adapter, replace(endpoint, secret="wrong"))
    assert caught.value.code in {"PLATFORM_REFUSED", "PLATFORM_ERROR_CODE"}


async def test_a_refusal_shows_no_secret(adapter: Adapter, endpoint: Endpoint, pull) -> None:
    with pytest.raises(SourceChanged) as caught:
        await pull(adapter, replace(endpoint, secret="not-to-be-shown"))
    assert "not-to-be-shown" not in str(caught.value)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_passing_fault_is_tried_again_and_costs_nothing(
    adapter: Adapter, platform: Platform, endpoint: Endpoint, pull, first_pulls, status: int
) -> None:
    platform.fault = Fault("status", status, times=1)
    pulled = await pull(adapter, endpoint)
    assert pulled.known == first_pulls[adapter.manifest.slug].known


async def test_a_fault_that_stays_is_given_up_as_passing(
    adapter: Adapter, platform: Platform, endpoint: Endpoint, pull
) -> None:
    platform.fault = Fault("status", 503, times=99)
    with pytest.raises(PassingFault):
        await pull(adapter, endpoint)


async def test_a_platform_that_is_too_slow_is_given_up_as_passing(
    adapter: Adapter, platform: Platform, endpoint: Endpoint, pull
) -> None:
    platform.fault = Fault("delay", 0.4, times=1)
    with pytest.raises(PassingFault):
        await pull(adapter, endpoint, limits=Limits(total=0.1, attempts=1))


async def test_a_page_of_html_is_a_changed_platform(
    adapter: Adapter, platform: Platform, endpoint: Endpoint, pull
) -> None:
    platform.fault = Fault("html")
    with pytest.raises(SourceChanged):
        await pull(adapter, endpoint)


async def test_half_an_answer_stops_the_pull(adapter: Adapter, platform: Platform, endpoint: Endpoint, pull) -> None:
    platform.fault = Fault("truncated")
    with pytest.raises(SourceError):
        await pull(adapter, endpoint)


@pytest.mark.parametrize("status", [301, 302, 400, 404, 418])
async def test_an_unexpected_status_is_a_changed_platform(
    adapter: Adapter, platform: Platform, endpoint: Endpoint, pull, status: int
) -> None:
    platform.fault = Fault("status", status, times=99)
    with pytest.raises(SourceChanged):
        await pull(adapter, endpoint)


@pytest.mark.parametrize("answer", STRANGE)
async def test_an_answer_in_another_form_is_a_changed_platform(adapter: Adapter, stranger: str, pull) -> None:
    with pytest.raises(SourceChanged):
        await pull(adapter, Endpoint(stranger, "dexhub", "secret"))


@pytest.mark.parametrize("answer", [b"{}"])
async def test_a_changed_platform_says_what_to_do_in_both_languages(adapter: Adapter, stranger: str, pull) -> None:
    with pytest.raises(SourceChanged) as caught:
        await pull(adapter, Endpoint(stranger, "dexhub", "secret"))
    assert [problem for problem in caught.value.problems if not (problem.remedy_zh and problem.remedy_en)] == []
