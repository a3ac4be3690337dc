"""Who asks while others are answered is answered with those who ask beside: by one look and, where that can be, one statement."""

import orjson
import pytest
from sqlalchemy import event

from adapters.registry import regions
from gateway.auth import KeyWish, make_key
from gateway.compiled import NotCovered, makings, turns
from gateway.compiled.operation import compiled
from gateway.schema import graphql_schema
from schema.errors import RequestError
from schema.vocabulary import Role
from sync.database import DatabaseFault

TITLE = "query T($id: ID!) { entry(id: $id) { id title } }"
PAGE = "{ entries(first: 5) { totalCount nodes { id } } }"


@pytest.fixture
def statements(filled) -> list[str]:
    """Those that read entries or keys, and those that look for the version."""
    heard: list[str] = []
    wanted = ("FROM entry", "pg_current_snapshot", "FROM api_key")
    event.listen(
        filled.engine,
        "before_cursor_execute",
        lambda *given: heard.extend(each for each in wanted if each in given[2]),
    )
    return heard


@pytest.fixture
def ids(filled) -> list[str]:
    with filled.engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT id FROM entry ORDER BY id LIMIT 70")]


async def test_each_is_given_what_it_asked_for(asking, ids) -> None:
    asked = [*ids, "41:none", *ids[:5]]
    waiting = [asking.ask(TITLE, id=each) for each in asked]
    found = [(await each.data())["entry"] for each in waiting]
    assert [each and each["id"] for each in found] == [None if each == "41:none" else each for each in asked]


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_entries_that_are_asked_for_at_a_time_take_one_statement(asking, ids, statements) -> None:
    waiting = [asking.ask(TITLE, id=each) for each in ids[:9]]
    for each in waiting:
        await each.outcome
    assert statements == ["pg_current_snapshot", "FROM entry"]


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_what_several_ask_at_a_time_is_worked_out_once(asking, statements) -> None:
    waiting = [asking.ask(PAGE) for _ in range(5)]
    found = [await each.outcome for each in waiting]
    assert (statements, [each is found[0] for each in found]) == (["pg_current_snapshot", "FROM entry"], [True] * 5)


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_a_key_that_several_show_at_a_time_is_looked_up_once(asking, filled, statements) -> None:
    asking.key = make_key(filled, KeyWish("new", Role.NATIONAL))
    statements.clear()
    waiting = [asking.ask(PAGE) for _ in range(5)]
    for each in waiting:
        await each.outcome
    assert statements.count("FROM api_key") == 1


async def test_the_ages_of_regions_are_told_of_each_entry_alone(asking, filled) -> None:
    with filled.engine.connect() as connection:
        with_own = dict(connection.exec_driver_sql("SELECT region, min(id) FROM entry GROUP BY region").all())
    waiting = {region: asking.ask(TITLE, id=each) for region, each in with_own.items()}
    told = {region: orjson.loads((await each.outcome).body)["extensions"] for region, each in waiting.items()}
    found = {region: [age["region"] for age in each["freshness"]] for region, each in told.items()}
    assert found == {region: [region] for region in regions()}


async def test_one_that_is_refused_keeps_nobody_else_waiting(asking, ids) -> None:
    right, asking.key = asking.key, "dexhub_aaaaaaaa_wrong"
    wrong = asking.ask(TITLE, id=ids[0])
    asking.key = right
    good = asking.ask(TITLE, id=ids[0])
    refused = await wrong.outcome
    assert (isinstance(refused, RequestError), await good.data()) == (True, await asking.ask(TITLE, id=ids[0]).data())


async def test_what_takes_too_long_is_refused_and_paid_for(filled, new_asking) -> None:
    slow = new_asking(filled, seconds=1e-9, cost_per_minute=10**6)
    first = await slow.ask(PAGE).outcome
    spent = slow.hub.rates._spent.used(slow.key.split("_")[1])
    slow.hub.stop()
    assert (first.problems[0].code, spent > 100_000) == ("OPERATION_TIMEOUT", True)


async def test_a_database_that_is_gone_leaves_it_to_the_ordinary_way(asking, filled, monkeypatch) -> None:
    def gone(*_: object) -> None:
        raise DatabaseFault("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(filled, "glance", gone)
    waiting = [asking.ask(PAGE) for _ in range(3)]
    assert [await each.outcome for each in waiting] == [None] * 3


async def test_what_turns_could_not_answer_is_paid_for_once(asked, plain_schema, monkeypatch) -> None:
    def fails(*_: object) -> None:
        raise NotCovered

    compiling, ordinary = asked(graphql_schema(), kept_answers=0), asked(plain_schema)
    wish = KeyWish("asker", Role.NATIONAL)
    expected = await ordinary.answer(wish, {"query": PAGE})
    await compiling.answer(wish, {"query": PAGE})
    monkeypatch.setattr(makings, "answers", fails)
    found = await compiling.answer(wish, {"query": PAGE})
    assert (found[0], found[3]) == (200, expected[3])


async def test_nobody_is_left_without_an_answer_whatever_happens(asking, monkeypatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(asking.hub.version, "look", fails)
    monkeypatch.setattr(asking.hub.version, "ask", lambda _, then: then(fails))
    by_the_look = [asking.ask(PAGE) for _ in range(2)]
    found = [await each.outcome for each in by_the_look]
    monkeypatch.undo()
    monkeypatch.setattr(makings, "answers", fails)
    by_the_plan = [asking.ask(PAGE) for _ in range(2)]
    found += [await each.outcome for each in by_the_plan]
    monkeypatch.setattr(turns, "entering", fails)
    found += [await asking.ask(PAGE).outcome]
    assert found == [None] * 5


async def test_an_operation_of_which_nothing_is_selected_is_answered(asking) -> None:
    query = "query Q($no: Boolean!) { entries @skip(if: $no) { totalCount } }"
    compiled(graphql_schema(), query, None)
    assert (await asking.ask(query, no=True).outcome).body == b'{"data":{}}'


async def test_large_pages_are_made_one_at_a_time(asking, monkeypatch) -> None:
    handed: list[bool] = []
    hand_over = makings.hand_over
    monkeypatch.setattr(makings, "hand_over", lambda *given, is_large: handed.append(is_large) or hand_over(*given))
    for first in (200, 201):
        query = f"{{ entries(first: {first}) {{ nodes {{ id }} }} }}"
        compiled(graphql_schema(), query, None)
        await asking.ask(query).outcome
    assert handed == [False, True]
