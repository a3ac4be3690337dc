"""Subscriptions as server-sent events, and what is said to whoever asks for one answer."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

PULLS = "subscription($after: String) { pullProgress(after: $after) { pull { id } } }"
CURSOR = "{ changeCursor }"


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json", "*/*"])
def test_a_subscription_asked_for_as_one_answer_is_refused_with_the_way_to_have_it(service, method, accept) -> None:
    asked = {"json" if method == "POST" else "params": {"query": PULLS}}
    answer = service.national.http.request(method, "/graphql", headers={"Accept": accept}, **asked)
    (problem,) = answer.json()["errors"][0]["extensions"]["problems"]
    told = (answer.status_code, problem["code"], "text/event-stream" in problem["remedy_zh"])
    assert told == (406, "EVENTS_NEEDED", True)


@contextmanager
def stream(hub, key: str, document: str, **variables: Any) -> Iterator[httpx.Response]:
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    asked = {"query": document, "variables": variables}
    with (
        httpx.Client(base_url=hub.url, headers=headers, timeout=60, trust_env=False) as client,
        client.stream("POST", "/graphql", json=asked) as answer,
    ):
        yield answer


def test_the_same_comes_as_server_sent_events(hub, key, cursor, some_pull) -> None:
    start = cursor(hub)
    made = some_pull(hub.hub.database, "41")
    with stream(hub, key, PULLS, after=start) as answer:
        lines = answer.iter_lines()
        event, data = next(lines), next(lines)
    told = json.loads(data.removeprefix("data: "))["data"]["pullProgress"]["pull"]["id"]
    assert (answer.headers["Content-Type"], event, told) == ("text/event-stream", "event: next", made)


def test_a_query_as_server_sent_events_is_one_event_and_the_end(hub, key) -> None:
    with stream(hub, key, CURSOR) as answer:
        events = [line for line in answer.iter_lines() if line.startswith("event")]
    assert events == ["event: next", "event: complete"]


def test_a_refused_subscription_over_server_sent_events_is_told_in_words(hub, key) -> None:
    with stream(hub, key, PULLS, after="x") as answer:
        data = [line for line in answer.iter_lines() if line.startswith("data: {")]
    assert "CURSOR_INVALID" in data[0]


def test_server_sent_events_want_a_key(service) -> None:
    with stream(service, "none", CURSOR) as answer:
        assert answer.status_code == 401
