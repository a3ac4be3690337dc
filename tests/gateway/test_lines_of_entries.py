"""Entries as lines of JSON: each as GraphQL answers it, of the viewer's own, filtered alike, never all in memory."""

import orjson
import pytest

from adapters.registry import regions
from gateway.exports import lines
from gateway.exports.lines import SHOWN
from schema.vocabulary import Role


def told(client, **query) -> list[dict]:
    answer = client.http.get("/export/entries.ndjson", params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    return [orjson.loads(line) for line in answer.content.splitlines()]


def test_a_line_is_what_graphql_answers_for_its_entry(both) -> None:
    found = told(both.national)[::40]
    assert found == [both.national.ask(SHOWN, id=line["id"])["entry"] for line in found]


def test_every_entry_has_one_line_whatever_the_size_of_pages(both, monkeypatch) -> None:
    monkeypatch.setattr(lines, "_PAGE", 7)
    nodes = both.national.ask("{ entries(first: 1000, sort: [{by: ID, descending: false}]) { nodes { id } } }")
    assert [line["id"] for line in told(both.national)] == [node["id"] for node in nodes["entries"]["nodes"]]


@pytest.mark.parametrize("code", regions())
def test_a_region_is_sent_its_own_and_nothing_else(both, code) -> None:
    assert {line["region"]["code"] for line in told(both.of(Role.REGION, code))} == {code}


@pytest.mark.parametrize(
    "query", [{"stages": "FINAL"}, {"filter": '{"not": {"stages": ["FINAL"]}}'}, {"standings": "INELIGIBLE"}]
)
def test_the_filter_is_that_of_the_tables(service, query) -> None:
    table = service.national.http.get("/export/entries.csv", params=query).content.decode("utf-8-sig").splitlines()[1:]
    found = {line["id"] for line in told(service.national, **query)}
    assert (bool(found), found <= {row.partition(",")[0] for row in table}) == (True, True)


def test_a_filter_that_makes_no_sense_is_refused_before_anything_is_sent(service) -> None:
    answer = service.national.http.get("/export/entries.ndjson", params={"stages": "NEVER"})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (422, "FILTER_INVALID")


def test_there_are_no_lines_of_anything_else(service) -> None:
    answer = service.national.http.get("/export/roster.ndjson")
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (404, "EXPORT_UNKNOWN")
