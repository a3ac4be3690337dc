"""What can be seen of the hub at work, by whom, and that nothing personal is in it."""

import asyncio
import io
import logging
import re
import time

import orjson
import pytest

from gateway import observing
from gateway.auth import KeyWish, make_key
from gateway.trusted_documents import digest
from schema.key_scope import KeyScope
from schema.vocabulary import Role

TRACKS = "{ nationalTracks { id } }"
PHONE, NUMBER = "13912345678", "110101199003074514"


@pytest.fixture
def monitor(own):
    key = make_key(own.hub.database, KeyWish("prometheus", Role.JOB, scopes=frozenset({KeyScope.METRICS})))
    return own.client(key)


def test_figures_are_for_a_key_with_their_scope(monitor) -> None:
    assert "dexhub_requests_total" in monitor.http.get("/metrics").text


@pytest.mark.parametrize(("role", "region"), [(Role.REGION, "41")])
def test_figures_are_not_for_a_region(service, role, region) -> None:
    assert service.of(role, region).http.get("/metrics").status_code == 403


def test_figures_are_not_for_the_public(service) -> None:
    assert service.client().http.get("/metrics").status_code == 401


def test_a_request_is_counted_by_route_and_status(own, monitor) -> None:
    own.national.ask(TRACKS)
    assert 'dexhub_requests_total{method="POST",route="/graphql",status="200"} 1.0' in monitor.http.get("/metrics").text


def test_a_refusal_is_counted_by_its_code(own, monitor) -> None:
    own.client().http.post("/graphql", json={"query": TRACKS})
    assert 'dexhub_refusals_total{code="UNAUTHENTICATED"} 1.0' in monitor.http.get("/metrics").text


def test_what_operations_cost_is_added_up(own, monitor) -> None:
    own.national.ask(TRACKS)
    assert "dexhub_cost_total 1.0" in monitor.http.get("/metrics").text


@pytest.fixture
def lines():
    """What is logged, as lines of JSON."""
    root, level, written = logging.getLogger(), logging.getLogger().level, io.StringIO()
    observing.configure("INFO", written)
    yield lambda: [orjson.loads(line) for line in written.getvalue().splitlines()]
    root.handlers[:] = [each for each in root.handlers if getattr(each, "stream", None) is not written]
    root.setLevel(level)


def request_lines(lines) -> list[dict]:
    """What is logged of requests: a line is written once its answer is sent, so it may be a moment behind it."""
    until = time.monotonic() + 10
    while not (found := [each for each in lines() if each.get("logger") == "dexhub.requests"]):
        assert time.monotonic() < until, "no request was logged"
        time.sleep(0.01)
    return found


def test_lines_of_requests_wait_for_each_other_and_come_before_what_is_logged_after_them(lines) -> None:
    async def logged() -> list[dict]:
        observing.request_log.tell({"event": "first"})
        observing.request_log.tell({"event": "second"})
        at_once = lines()
        logging.getLogger("dexhub.else").warning("third")
        return at_once

    at_once = asyncio.run(logged())
    assert (at_once, [each["event"] for each in lines()]) == ([], ["first", "second", "third"])


def test_a_line_of_a_request_is_written_where_no_loop_runs_that_would(lines) -> None:
    observing.request_log.tell({"event": "only"})
    assert [each["event"] for each in lines()] == ["only"]


def test_a_request_is_one_line_of_json_that_names_key_route_and_time(own, lines) -> None:
    own.national.ask(TRACKS)
    (line,) = request_lines(lines)
    assert (line["route"], line["status"], line["method"], bool(re.fullmatch("[a-p]{8}", line["holder"]))) == (
        "/graphql", 200, "POST", True,
    )  # fmt: skip


def test_an_answer_has_the_number_under_which_it_is_logged(own, lines) -> None:
    answer = own.national.http.post("/graphql", json={"query": TRACKS})
    (line,) = request_lines(lines)
    assert line["request"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    "asked",
    [
        {"params": {"query": f'{{ entry(id: "{PHONE}") {{ id }} }}'}},
        {"params": {"query": f"{{ regions {{ x{NUMBER} }} }}"}},
        {
            "params": {
                "query": "query($a: Int) { entries(first: $a) { totalCount } }",
                "variables": f'{{"a": "{NUMBER}"}}',
            }
        },
    ],
)
def test_nothing_that_a_client_wrote_is_logged(own, lines, asked) -> None:
    own.national.http.get("/graphql", **asked)
    request_lines(lines)
    assert [word for word in (PHONE, NUMBER) if word in str(lines())] == []


def test_a_number_in_an_unexpected_error_is_hidden_in_the_log(lines) -> None:
    try:
        int(f"联系人 {PHONE}，证件 {NUMBER}")
    except ValueError:
        logging.getLogger("dexhub.gateway").exception("unexpected error")
    (line,) = lines()
    assert (PHONE in str(line), NUMBER in str(line), "ValueError" in str(line)) == (False, False, True)


def test_half_a_character_is_logged_as_its_number(lines) -> None:
    ours = logging.getLogger().handlers[0]  # the test's own records shall not hold it: they are sent between processes
    ours.handle(logging.LogRecord("dexhub.gateway", logging.WARNING, "", 0, "unreadable: \ud800", None, None))
    assert [each["event"] for each in lines()] == ["unreadable: \\ud800"]


@pytest.fixture
def registered(tmp_path):
    (tmp_path / "tracks.graphql").write_text(TRACKS, "utf-8")
    return tmp_path


def test_a_registered_document_is_run_by_its_digest(serve, filled_sqlite, registered) -> None:

    client = serve(filled_sqlite, trusted_documents=registered).national
    found = [
        client.http.post("/graphql", json={"documentId": f"sha256:{digest(TRACKS)}"}).json(),
        client.http.get("/graphql", params={"documentId": digest(TRACKS)}).json(),
        client.http.post(
            "/graphql", json={"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(TRACKS)}}}
        ).json(),
    ]

    assert [len(each["data"]["nationalTracks"]) for each in found] == [14, 14, 14]


def test_a_digest_of_nothing_that_is_registered_is_refused(serve, filled_sqlite, registered) -> None:
    answer = serve(filled_sqlite, trusted_documents=registered).national.http.post(
        "/graphql", json={"documentId": "0" * 64}
    )
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (404, "DOCUMENT_UNKNOWN")


def test_where_only_registered_documents_are_run_no_other_is(serve, filled_sqlite, registered) -> None:
    client = serve(filled_sqlite, trusted_documents=registered, trusted_only=True).national
    answer = client.http.post("/graphql", json={"query": "{ __typename }"})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "DOCUMENT_NOT_TRUSTED")


def test_a_digest_beside_a_document_of_ones_own_runs_what_is_registered(serve, filled_sqlite, registered) -> None:

    client = serve(filled_sqlite, trusted_documents=registered, trusted_only=True).national
    asked = {"documentId": digest(TRACKS), "query": "{ pulls { nodes { id } } }"}
    assert "nationalTracks" in client.http.post("/graphql", json=asked).json()["data"]
