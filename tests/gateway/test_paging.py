"""Sorts and pages: every entry once, whatever the size of the page."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gateway import paging
from sync.repository.browse import SortKey
from sync.tables import EntryRow

PAGE = """query Page($by: EntrySortKey! = SUBMITTED_AT, $down: Boolean! = true, $first: Int! = 20, $after: String) {
  entries(sort: {by: $by, descending: $down}, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id } }
  }
}"""
SORTS = {
    "SUBMITTED_AT": lambda made: (made.submitted_at, made.entry_id),
    "UPDATED_AT": lambda made: (made.updated_at, made.entry_id),
    "TITLE": lambda made: (made.title, made.entry_id),
    "ID": lambda made: (made.entry_id,),
}
sorts = st.sampled_from(sorted(SORTS))


def page(client, **wanted):
    return client.ask(PAGE, **wanted)["entries"]


def walk(client, **wanted) -> tuple[list[str], set[int]]:
    """The ids of all pages in order, and the totals they told."""
    found, totals, after = [], set(), None
    while True:
        part = page(client, after=after, **wanted)
        found += [edge["node"]["id"] for edge in part["edges"]]
        totals.add(part["totalCount"])
        after = part["pageInfo"]["endCursor"]
        if not part["pageInfo"]["hasNextPage"]:
            return found, totals


def in_order(expected, by: str, *, down: bool) -> list[str]:
    return [made.entry_id for made in sorted(expected.values(), key=SORTS[by], reverse=down)]


@pytest.mark.parametrize("down", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize("by", SORTS)
def test_a_sort_is_that_of_python(both, expected, by, down) -> None:
    found = [edge["node"]["id"] for edge in page(both.national, by=by, down=down, first=1000)["edges"]]
    assert found == in_order(expected, by, down=down)


@pytest.mark.parametrize("by", SORTS)
def test_paging_walks_every_entry_once_and_tells_the_total(both, expected, by) -> None:
    assert walk(both.national, by=by, down=False, first=60) == (in_order(expected, by, down=False), {len(expected)})


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(by=sorts, down=st.booleans(), first=st.integers(min_value=40, max_value=1000))
def test_paging_walks_every_entry_once_whatever_the_size_of_the_page(service, expected, by, down, first) -> None:
    assert walk(service.national, by=by, down=down, first=first)[0] == in_order(expected, by, down=down)


def test_entries_that_share_a_sort_value_are_walked_once(serve, filled, expected) -> None:
    with filled.engine.begin() as connection:
        connection.execute(text("UPDATE entry SET title = '同名'"))
    assert walk(serve(filled).national, by="TITLE", down=True, first=50)[0] == sorted(expected, reverse=True)


def test_newest_submissions_come_first_unless_told_otherwise(service, expected) -> None:
    document = "{ entries(first: 5) { edges { node { id } } } }"
    found = [edge["node"]["id"] for edge in service.national.ask(document)["entries"]["edges"]]
    assert found == in_order(expected, "SUBMITTED_AT", down=True)[:5]


def test_a_page_begins_after_any_entry_whose_cursor_is_given(service) -> None:
    edges = page(service.national, by="TITLE", first=9)["edges"]
    again = page(service.national, by="TITLE", first=4, after=edges[4]["cursor"])["edges"]
    assert again == edges[5:]


def test_entries_that_go_and_come_between_pages_make_none_repeat_or_be_skipped(serve, filled, expected) -> None:
    client, order = serve(filled).national, in_order(expected, "TITLE", down=False)
    first = page(client, by="TITLE", down=False, first=10)
    with filled.engine.begin() as connection:
        connection.execute(text("DELETE FROM entry WHERE id IN (:one, :other)"), {"one": order[9], "other": order[3]})
        connection.execute(text("UPDATE entry SET title = ' ' WHERE id = :id"), {"id": order[-1]})
    second = page(client, by="TITLE", down=False, first=10, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["id"] for edge in second["edges"]] == order[10:20]


def test_page_info_tells_where_a_page_stands(service, expected) -> None:
    first = page(service.national, first=200)
    last = page(service.national, first=200, after=first["pageInfo"]["endCursor"])
    told = [(part["pageInfo"]["hasPreviousPage"], part["pageInfo"]["hasNextPage"]) for part in (first, last)]
    assert (told, len(last["edges"])) == ([(False, True), (True, False)], len(expected) - 200)


def test_the_cursors_of_a_page_are_those_of_its_first_and_last_entry(service) -> None:
    part = page(service.national, first=3)
    ends = (part["pageInfo"]["startCursor"], part["pageInfo"]["endCursor"])
    assert ends == (part["edges"][0]["cursor"], part["edges"][-1]["cursor"])


def test_a_page_of_nothing_still_tells_the_total(service, expected) -> None:
    part = page(service.national, first=0)
    assert (part["edges"], part["totalCount"], part["pageInfo"]["endCursor"]) == ([], len(expected), None)


@pytest.mark.parametrize("by", ["UPDATED_AT", "TITLE", "ID"])
def test_a_cursor_of_another_sort_is_refused(service, by) -> None:
    cursor = page(service.national, by="SUBMITTED_AT", first=1)["pageInfo"]["endCursor"]
    assert service.national.code(PAGE, by=by, after=cursor) == "CURSOR_INVALID"


@pytest.mark.parametrize(
    "cursor",
    [
        "", "x", "游标", "====", "e30", "bnVsbA", "WzFd", "WzEsMiwzXQ", "x" * 5000,
        "WyJzdWJtaXR0ZWRfYXQiLCJ4IiwieCJd",  # ["submitted_at","x","x"]
        "WyJzdWJtaXR0ZWRfYXQiLDFlMzAwLCJ4Il0",  # ["submitted_at",1e300,"x"]
        "WyJzdWJtaXR0ZWRfYXQiLDEsMl0",  # ["submitted_at",1,2]
        "WyJzdWJtaXR0ZWRfYXQiLG51bGwsIngiXQ",  # ["submitted_at",null,"x"]
    ],
)  # fmt: skip
def test_a_cursor_that_is_none_of_ours_is_refused(both, cursor) -> None:
    assert both.national.code(PAGE, after=cursor) == "CURSOR_INVALID"


@pytest.mark.parametrize("first", [-1, 1001, 2**31 - 1, -(2**31)])
@pytest.mark.parametrize(
    "field",
    ["entries(first: {}) {{ totalCount }}", "duplicateCases(first: {}) {{ id }}", "pulls(first: {}) {{ id }}",
     "quarantine(first: {}) {{ key }}"],
)  # fmt: skip
def test_a_page_too_large_or_negative_is_refused(service, field, first) -> None:
    assert service.national.code(f"{{ {field.format(first)} }}") == "PAGE_SIZE_INVALID"


@pytest.mark.parametrize("by", [SortKey.SUBMITTED_AT, SortKey.UPDATED_AT])
@given(moment=st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  the zone is given beside
def test_a_cursor_keeps_a_moment_to_the_microsecond(by, moment) -> None:
    row = EntryRow(id="41:X", submitted_at=moment, updated_at=moment)
    assert paging.decode(by, paging.encode(by, row)) == (moment, "41:X")


@given(title=st.text(), identifier=st.text())
def test_a_cursor_keeps_any_title_and_id(title, identifier) -> None:
    assert paging.decode(SortKey.TITLE, paging.encode(SortKey.TITLE, EntryRow(id=identifier, title=title))) == (
        title,
        identifier,
    )
