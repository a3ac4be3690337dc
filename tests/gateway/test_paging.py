"""Sorts and pages: every entry once, whatever the size of the page."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gateway import cursors
from schema.vocabulary import AwardLevel, Stage
from sync.repository.browse import Sort, SortKey, order_of

PAGE = """query Page(
  $by: EntrySortKey! = SUBMITTED_AT, $down: Boolean! = true, $first: Int, $after: String, $last: Int, $before: String
) {
  entries(sort: {by: $by, descending: $down}, first: $first, after: $after, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id } }
  }
}"""
LEVELS = [stage.value for stage in Stage], [award.value for award in AwardLevel]
SORTS = {
    "SUBMITTED_AT": lambda made: (made.submitted_at, made.entry_id),
    "UPDATED_AT": lambda made: (made.updated_at, made.entry_id),
    "TITLE": lambda made: (made.title, made.entry_id),
    "ID": lambda made: (made.entry_id,),
    "REGION": lambda made: (made.region, made.entry_id),
    "NATIVE_TRACK": lambda made: (made.topic.track_id, made.entry_id),
    "NATIVE_TOPIC": lambda made: (made.topic.topic_id, made.entry_id),
    "STAGE": lambda made: (LEVELS[0].index(made.stage), made.entry_id),
}
# Those that an entry may be without; such entries come last, whichever the direction.
GAPS = {
    "SCORE": lambda made: made.score,
    "AWARD": lambda made: None if made.award is None else LEVELS[1].index(made.award),
    "CITY": lambda made: made.city if made.region == "43" else None,
}
sorts = st.sampled_from(sorted([*SORTS, *GAPS]))


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
    if by in SORTS:
        return [made.entry_id for made in sorted(expected.values(), key=SORTS[by], reverse=down)]
    value = GAPS[by]
    some, none = ([m for m in expected.values() if (value(m) is None) is gap] for gap in (False, True))
    ordered = sorted(some, key=lambda made: (value(made), made.entry_id), reverse=down)
    return [made.entry_id for made in (*ordered, *sorted(none, key=lambda made: made.entry_id, reverse=down))]


@pytest.mark.parametrize("down", [False, True], ids=["ascending", "descending"])
@pytest.mark.parametrize("by", [*SORTS, *GAPS])
def test_a_sort_is_that_of_python(both, expected, by, down) -> None:
    found = [edge["node"]["id"] for edge in page(both.national, by=by, down=down, first=1000)["edges"]]
    assert found == in_order(expected, by, down=down)


@pytest.mark.parametrize("by", [*SORTS, *GAPS])
def test_paging_walks_every_entry_once_and_tells_the_total(both, expected, by) -> None:
    assert walk(both.national, by=by, down=False, first=60) == (in_order(expected, by, down=False), {len(expected)})


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(by=sorts, down=st.booleans(), first=st.integers(min_value=40, max_value=1000))
def test_paging_walks_every_entry_once_whatever_the_size_of_the_page(service, expected, by, down, first) -> None:
    assert walk(service.national, by=by, down=down, first=first)[0] == in_order(expected, by, down=down)


def back(client, **wanted) -> list[str]:
    """The ids of all pages from the last to the first, put in order."""
    found, before = [], None
    while True:
        part = page(client, before=before, **wanted)
        found = [edge["node"]["id"] for edge in part["edges"]] + found
        before = part["pageInfo"]["startCursor"]
        if not part["pageInfo"]["hasPreviousPage"]:
            return found


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(by=sorts, down=st.booleans(), last=st.integers(min_value=40, max_value=1000))
def test_paging_backward_walks_every_entry_once_too(both, expected, by, down, last) -> None:
    assert back(both.national, by=by, down=down, last=last) == in_order(expected, by, down=down)


def test_a_sort_by_several_keys_is_that_of_python(both, expected) -> None:
    document = """query S($after: String) { entries(first: 70, after: $after, sort: [
      {by: AWARD, descending: false}, {by: REGION, descending: true}, {by: SUBMITTED_AT, descending: false}]) {
      nodes { id } pageInfo { hasNextPage endCursor } } }"""
    found, info = [], {"hasNextPage": True, "endCursor": None}
    while info["hasNextPage"]:
        part = both.national.ask(document, after=info["endCursor"])["entries"]
        found, info = [*found, *(node["id"] for node in part["nodes"])], part["pageInfo"]
    award = GAPS["AWARD"]
    wanted = sorted(expected.values(), key=lambda m: (m.submitted_at, m.entry_id))
    wanted.sort(key=lambda m: m.region, reverse=True)
    wanted.sort(key=lambda m: (award(m) is None, award(m) or 0))
    assert found == [made.entry_id for made in wanted]


@pytest.mark.parametrize(
    ("asked", "span", "told"),
    [
        ({"first": 3}, (0, 3), (False, True)),
        ({"first": 3, "after": 2}, (3, 6), (True, True)),
        ({"last": 3}, (-3, None), (True, False)),
        ({"last": 3, "before": 5}, (2, 5), (True, True)),
        ({"last": 3, "before": 3}, (0, 3), (False, True)),
        ({"first": 9, "after": 2, "before": 5}, (3, 5), (True, True)),
        ({"last": 1, "after": 2, "before": 5}, (4, 5), (True, True)),
        ({"first": 0}, (0, 0), (False, True)),
        ({"first": 0, "after": 2}, (0, 0), (True, True)),
        ({"last": 0}, (0, 0), (True, False)),
        ({"last": 1000, "before": 0}, (0, 0), (False, True)),
    ],
)
def test_a_page_tells_honestly_what_lies_on_both_its_sides(both, expected, asked, span, told) -> None:
    order = in_order(expected, "TITLE", down=False)
    edges = page(both.national, by="TITLE", down=False, first=20)["edges"]
    wanted = {name: edges[value]["cursor"] if name in ("after", "before") else value for name, value in asked.items()}
    part = page(both.national, by="TITLE", down=False, **wanted)
    info = part["pageInfo"]
    assert ([edge["node"]["id"] for edge in part["edges"]], (info["hasPreviousPage"], info["hasNextPage"])) == (
        order[slice(*span)],
        told,
    )


def test_first_and_last_together_are_refused(service) -> None:
    assert service.national.code(PAGE, first=1, last=1) == "PAGE_DIRECTION_UNCLEAR"


@pytest.mark.parametrize("place", [0, 5, -1])
def test_a_cursor_that_was_tampered_with_is_refused(service, place) -> None:
    cursor = page(service.national, first=1)["pageInfo"]["endCursor"]
    changed = list(cursor)
    changed[place] = "A" if cursor[place] != "A" else "B"
    assert service.national.code(PAGE, after="".join(changed)) == "CURSOR_INVALID"


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


LISTS = (
    "entries", "duplicateCases", "duplicateCases(order: REVIEW)", "pulls", "quarantine", "guardStops", "waivers", "messages",
    "rosterVersions", "publicityWindows", "objections", "auditRecords",
)  # fmt: skip


def listed(field: str, arguments: str) -> str:
    inside = f"{field[:-1]}, {arguments})" if field.endswith(")") else f"{field}({arguments})"
    return (
        f"{{ {inside} {{ totalCount edges {{ cursor node {{ __typename }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    )


@pytest.mark.parametrize("size", [-1, 1001, 2**31 - 1, -(2**31)])
@pytest.mark.parametrize("way", ["first", "last"])
@pytest.mark.parametrize("field", LISTS)
def test_a_page_too_large_or_negative_is_refused(service, field, way, size) -> None:
    assert service.national.code(listed(field, f"{way}: {size}")) == "PAGE_SIZE_INVALID"


@pytest.mark.parametrize("field", LISTS)
def test_every_list_refuses_a_cursor_of_another(service, field) -> None:
    cursor = page(service.national, by="TITLE", first=1)["pageInfo"]["endCursor"]
    assert service.national.code(listed(field, f'after: "{cursor}"')) == "CURSOR_INVALID"


@pytest.mark.parametrize("field", LISTS)
def test_every_list_is_walked_whole_and_once(settled, field) -> None:
    name = field.partition("(")[0]
    cursors, after, total = [], None, None
    while True:
        found = settled.national.ask(
            listed(field, f"first: 7{f', after: {chr(34)}{after}{chr(34)}' if after else ''}")
        )[name]
        cursors += [edge["cursor"] for edge in found["edges"]]
        total, after = found["totalCount"], found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert (len(cursors), len(set(cursors))) == (total, total)


@given(
    moment=st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001  the zone is given beside
    title=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    score=st.none() | st.floats(allow_nan=False, allow_infinity=False),
)
def test_a_cursor_keeps_every_value_as_it_is(moment, title, score) -> None:
    order = order_of([Sort(SortKey.SUBMITTED_AT), Sort(SortKey.SCORE), Sort(SortKey.TITLE)])
    place = (moment, score, title, "41:X")
    assert cursors.decode(order, cursors.encode(order, place), "after") == place
