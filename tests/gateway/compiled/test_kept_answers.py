"""Answers that are kept are never another viewer's, never older than the last commit, and grow old by the minute."""

import asyncio
from datetime import timedelta
from itertools import permutations

import pytest
import pytest_asyncio
from sqlalchemy import event, text

from adapters.registry import regions
from gateway.auth import KeyWish, revoke_key
from gateway.offloading import MOST
from gateway.schema import graphql_schema
from schema.vocabulary import Role

NATIONAL = KeyWish("national", Role.NATIONAL)
VIEWERS = [NATIONAL, KeyWish("job", Role.JOB), *(KeyWish(code, Role.REGION, code) for code in regions())]
PAGE = "{ entries(first: 5) { totalCount nodes { id title region { code } } } statistics(groupBy: [REGION]) { entries keys { value } } }"
TITLE = "query T($id: ID!) { entry(id: $id) { title } }"
READS = ("SELECT entry", "FROM entry", "FROM api_key")


@pytest_asyncio.fixture
async def kept(asked):
    """A hub that keeps answers, which knows the documents."""
    made = asked(graphql_schema())
    await made.answer(NATIONAL, {"query": PAGE})
    await made.answer(NATIONAL, {"query": TITLE, "variables": {"id": "41:none"}})
    return made


@pytest.fixture
def statements(filled):
    """The statements that are run."""
    heard = []
    event.listen(filled.engine, "before_cursor_execute", lambda *given: heard.append(given[2]))
    return heard


@pytest.fixture
def entry(filled) -> str:
    """An entry's id."""
    with filled.read() as session:
        return session.execute(text("SELECT min(id) FROM entry")).scalar_one()


def retitle(database, entry: str, title: str) -> None:
    with database.write() as session:
        session.execute(text("UPDATE entry SET title = :title WHERE id = :id"), {"title": title, "id": entry})


async def test_what_was_answered_is_answered_again_without_reading_anything(kept, statements) -> None:
    first = await kept.answer(NATIONAL, {"query": PAGE})
    statements.clear()
    second = await kept.answer(NATIONAL, {"query": PAGE})
    assert (first[:3] == second[:3], [each for each in statements if "entry" in each or "api_key" in each]) == (
        True,
        [],
    )


async def test_no_viewer_is_answered_with_what_another_may_see(kept, asked, plain_schema) -> None:
    ordinary = asked(plain_schema)
    own = {wish: (await ordinary.answer(wish, {"query": PAGE}))[2]["data"] for wish in VIEWERS}
    wrong = []
    for one, other in permutations(VIEWERS, 2):
        await kept.answer(one, {"query": PAGE})
        if (await kept.answer(other, {"query": PAGE}))[2]["data"] != own[other]:
            wrong.append((one.name, other.name))
    assert (wrong, len({str(own[wish]) for wish in VIEWERS})) == ([], len(regions()) + 1)


async def test_an_answer_is_never_older_than_the_last_commit(kept, entry) -> None:
    seen = []
    for number in range(30):
        retitle(kept.hub.database, entry, f"第 {number} 版")
        for _ in range(2):
            answer = await kept.answer(NATIONAL, {"query": TITLE, "variables": {"id": entry}})
            seen.append(answer[2]["data"]["entry"]["title"])
    assert seen == [f"第 {number} 版" for number in range(30) for _ in range(2)]


async def test_nor_while_many_ask_and_another_writes(kept, entry) -> None:
    committed, stale, over = [0], [], asyncio.Event()
    retitle(kept.hub.database, entry, "0")

    async def ask() -> None:
        while not over.is_set():
            known = committed[-1]
            answer = await kept.answer(NATIONAL, {"query": TITLE, "variables": {"id": entry}})
            title = int(answer[2]["data"]["entry"]["title"])
            if title < known:
                stale.append((known, title))

    async def write() -> None:
        for number in range(1, 40):
            await asyncio.to_thread(retitle, kept.hub.database, entry, str(number))
            committed.append(number)
        over.set()

    await asyncio.gather(write(), *(ask() for _ in range(6)))
    assert stale == []


async def test_a_key_that_is_revoked_is_refused_at_once(kept) -> None:
    wish = KeyWish("gone", Role.NATIONAL)
    before = [(await kept.answer(wish, {"query": PAGE}))[0] for _ in range(2)]
    revoke_key(kept.hub.database, kept.key(wish).split("_")[1], "test")
    assert (before, (await kept.answer(wish, {"query": PAGE}))[0]) == ([200, 200], 401)


async def test_the_age_of_a_region_grows_though_nothing_is_committed(kept) -> None:
    first = (await kept.answer(NATIONAL, {"query": PAGE}))[2]["extensions"]["freshness"]
    now = kept.hub.now
    kept.hub.now = lambda: now() + timedelta(minutes=7)
    second = (await kept.answer(NATIONAL, {"query": PAGE}))[2]["extensions"]["freshness"]
    grown = [new["ageMinutes"] - old["ageMinutes"] for old, new in zip(first, second, strict=True)]
    assert (bool(grown), [minutes for minutes in grown if minutes not in (7, 8)]) == (True, [])


async def test_what_came_by_get_is_told_to_be_unchanged(kept) -> None:
    headers = {"Authorization": f"Bearer {kept.key(NATIONAL)}"}
    first = await kept.http.get("/graphql", params={"query": PAGE}, headers=headers)
    again = await kept.http.get(
        "/graphql", params={"query": PAGE}, headers={**headers, "If-None-Match": first.headers["etag"]}
    )
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


async def test_what_changed_has_another_tag(kept, entry) -> None:
    headers = {"Authorization": f"Bearer {kept.key(NATIONAL)}"}
    asked = {"query": TITLE, "variables": f'{{"id": "{entry}"}}'}
    first = await kept.http.get("/graphql", params=asked, headers=headers)
    retitle(kept.hub.database, entry, "另一个名称")
    again = await kept.http.get("/graphql", params=asked, headers={**headers, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.json()["data"]["entry"]["title"]) == (200, "另一个名称")


async def test_by_get_the_answer_is_the_ordinary_one(kept, asked, plain_schema) -> None:
    answers = []
    for way in (kept, asked(plain_schema)):
        headers = {"Authorization": f"Bearer {way.key(NATIONAL)}"}
        answers.append((await way.http.get("/graphql", params={"query": PAGE}, headers=headers)).json())
    assert answers[0] == answers[1]


async def test_nothing_is_kept_where_that_is_configured(asked, statements) -> None:
    none = asked(graphql_schema(), kept_answers=0)
    for _ in range(2):
        await none.answer(NATIONAL, {"query": PAGE})
    statements.clear()
    await none.answer(NATIONAL, {"query": PAGE})
    assert [each for each in statements if "FROM entry" in each] != []


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_connections_that_the_database_ended_are_replaced(asked, filled) -> None:
    none = asked(graphql_schema(), kept_answers=0)
    for _ in range(3):
        expected = await none.answer(NATIONAL, {"query": PAGE})
    with filled.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    found = [await none.answer(NATIONAL, {"query": PAGE}) for _ in range(2 * MOST)]
    otherwise = none.by_plan[-2 * MOST :].count(False)  # each thread meets its lost connection once
    assert ([each[0] for each in found], found[-1][2]["data"], otherwise <= MOST) == (
        [200] * (2 * MOST),
        expected[2]["data"],
        True,
    )
