"""Compiled and ordinary execution give the same answers: data, errors, extensions, status, headers and price."""

from itertools import count

import pytest
import pytest_asyncio

from gateway.auth import KeyWish
from gateway.compiled.operation import known
from gateway.schema import graphql_schema
from schema.key_scope import KeyScope
from schema.vocabulary import Role

SEED = 20251001
VIEWERS = {
    "national": KeyWish("national", Role.NATIONAL),
    "region": KeyWish("henan", Role.REGION, "41"),
}
METRICS = KeyWish("monitor", Role.JOB, scopes=frozenset({KeyScope.METRICS}))
PAGE = "query P($first: Int = 3, $filter: EntryFilterInput) { entries(first: $first, filter: $filter) { totalCount nodes { id title } } }"


@pytest.fixture
def values(filled) -> dict[str, list[str]]:
    """Values that occur in the database, for conditions of the filter."""
    with filled.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT id, track_id, topic_id, stage, award FROM entry ORDER BY id").all()
    return {
        "ids": [row[0] for row in rows[::20]],
        "regions": ["13", "14", "41", "43", "61"],
        "tracks": sorted({row[1] for row in rows}),
        "topics": sorted({row[2] for row in rows})[:20],
        "stages": sorted({row[3] for row in rows}),
        "awards": sorted({row[4] for row in rows if row[4]}),
    }


@pytest_asyncio.fixture
async def ways(asked, plain_schema):
    """One hub that compiles, and one that does not."""
    return asked(graphql_schema()), asked(plain_schema)


async def answers(ways, wish, body, **headers):
    """Of the hub that compiles, the first time and the second; and of the other. Asked once more where they differ: regions
    grow a minute older between two requests now and then.
    """
    compiling, ordinary = ways
    for attempt in count():
        first = await compiling.answer(wish, body, **headers)
        second = await compiling.answer(wish, body, **headers)
        expected = await ordinary.answer(wish, body, **headers)
        if first == second == expected or attempt:
            return first, second, expected
    raise AssertionError


@pytest.mark.parametrize("role", VIEWERS)
async def test_both_ways_give_equal_answers(ways, queries, values, many, role) -> None:
    made = queries(graphql_schema()._schema, SEED + len(role), values, beyond=False)
    differing = []
    for _ in range(many // 4):
        text, variables = made.one()
        first, second, expected = await answers(ways, VIEWERS[role], {"query": text, "variables": variables})
        if not first == second == expected or not ways[0].by_plan[-1]:
            differing.append((text, variables, first, second, expected))
    assert differing == []


PAGES = """query P($sort: [EntrySortInput!], $filter: EntryFilterInput, $first: Int, $after: String, $last: Int, $before: String) {
    entries(sort: $sort, filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        totalCount nodes { id } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }"""
SORTS = {
    "newest first": [{"by": "SUBMITTED_AT", "descending": True}],
    "by a value that may be missing": [{"by": "SCORE"}],
    "the same, from its end": [{"by": "SCORE", "descending": True}],
    "by rank, then title": [{"by": "AWARD", "descending": True}, {"by": "TITLE"}],
}


@pytest.mark.parametrize("way", ["forward", "backward"])
@pytest.mark.parametrize("sort", SORTS)
async def test_page_after_page_is_the_same_both_ways(ways, sort, way) -> None:
    size, beyond, cursor = ("first", "after", "endCursor") if way == "forward" else ("last", "before", "startCursor")
    asked = {"sort": SORTS[sort], "filter": {"regions": ["41", "43"]}, size: 9}
    differing, pages = [], 0
    while pages == 0 or asked[beyond]:
        first, second, expected = await answers(ways, VIEWERS["national"], {"query": PAGES, "variables": asked})
        if not first == second == expected or (pages and not ways[0].by_plan[-1]):
            differing.append((asked, first, second, expected))
        page, pages = expected[2]["data"]["entries"], pages + 1
        asked = {**asked, beyond: page["pageInfo"][cursor]}
    assert (differing, pages > 3) == ([], True)


async def test_a_page_between_two_places_is_the_same_both_ways(ways) -> None:
    sort = SORTS["by a value that may be missing"]
    whole = (
        await ways[1].answer(
            VIEWERS["national"],
            {"query": PAGES.replace("nodes { id }", "edges { cursor }"), "variables": {"sort": sort, "first": 40}},
        )
    )[2]
    cursors = [each["cursor"] for each in whole["data"]["entries"]["edges"]]
    differing = []
    for after, before, size in ((3, 30, "first"), (3, 30, "last"), (30, 3, "first"), (0, 39, "last")):
        asked = {"sort": sort, size: 5, "after": cursors[after], "before": cursors[before]}
        first, second, expected = await answers(ways, VIEWERS["national"], {"query": PAGES, "variables": asked})
        if not first == second == expected:
            differing.append((asked, first, second, expected))
    assert differing == []


async def test_what_no_plan_covers_is_answered_in_the_ordinary_way(ways, queries, values, many) -> None:
    made = queries(graphql_schema()._schema, SEED, values, beyond=True)
    differing = []
    for _ in range(many // 14):
        text, variables = made.one()
        first, second, expected = await answers(ways, VIEWERS["national"], {"query": text, "variables": variables})
        if not first == second == expected:
            differing.append((text, variables, first, second, expected))
    assert differing == []


@pytest.mark.parametrize(
    "variables",
    [
        {"first": "three"},
        {"first": 2000},
        {"first": -1},
        {"first": None},
        {"filter": {"stages": ["NEVER"]}},
        {"filter": {"text": "数" * 500}},
        {"filter": {"submittedFrom": "yesterday"}},
        {"filter": {"standings": ["ELIGIBLE"]}},
        {"filter": {"text": "数据"}},
        {"filter": {"nothing": 1}},
        {"unknown": 1},
        {"first": 10**400},
        [1],
    ],
    ids=str,
)
async def test_variables_are_refused_in_the_same_words(ways, variables) -> None:
    for compiling in ways:
        await compiling.answer(VIEWERS["national"], {"query": PAGE})
    first, second, expected = await answers(ways, VIEWERS["national"], {"query": PAGE, "variables": variables})
    assert first == second == expected


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"query": PAGE, "operationName": "Other"}, {}),
        ({"query": PAGE, "operationName": 3}, {}),
        ({"query": PAGE, "extensions": []}, {}),
        ({"query": PAGE}, {"Accept": "text/html"}),
        ({"query": PAGE}, {"Accept": "application/graphql-response+json"}),
        ({"query": PAGE}, {"Accept": "text/event-stream, application/json"}),
        ({"query": PAGE}, {"Content-Type": "text/plain"}),
        ({"query": PAGE}, {"Authorization": "Bearer dexhub_00000000_none"}),
        ({"query": PAGE + " query Q { entries { totalCount } }"}, {}),
        ({"query": PAGE + " query Q { entries { totalCount } }", "operationName": "Q"}, {}),
        ({"query": "{ statistics(groupBy: []) { entries } }"}, {}),
        ({"query": "{ statistics(groupBy: [STANDING]) { entries keys { value label } } }"}, {}),
        ({"query": '{ entries(after: "no cursor") { totalCount } }'}, {}),
        ({"query": "{ entries(first: 1, last: 1) { totalCount } }"}, {}),
        ({"query": '{ entry(id: "99:none") { id } }'}, {}),
        ({"query": "{ entries(first: 0) { pageInfo { hasNextPage hasPreviousPage startCursor } nodes { id } } }"}, {}),
    ],
    ids=str,
)
async def test_unusual_requests_are_answered_in_the_same_words(ways, body, headers) -> None:
    first, second, expected = await answers(ways, VIEWERS["national"], body, **headers)
    assert first == second == expected


async def test_a_key_without_the_scope_of_reading_is_refused_in_the_same_words(ways) -> None:
    await answers(ways, VIEWERS["national"], {"query": PAGE})
    first, second, expected = await answers(ways, METRICS, {"query": PAGE})
    assert first == second == expected


async def test_a_document_is_recognised_when_it_comes_again(ways) -> None:
    await answers(ways, VIEWERS["national"], {"query": PAGE})
    await ways[0].answer(VIEWERS["region"], {"query": PAGE, "variables": {"first": 2}})
    assert (ways[0].by_plan[-1], known(graphql_schema(), PAGE, None) is not None) == (True, True)
