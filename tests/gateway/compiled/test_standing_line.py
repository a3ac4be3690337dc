"""The line of a process: what is asked over it, and that it stands again whatever happens to it."""

import asyncio

import orjson
import pytest

from gateway.auth import KeyWish, make_key
from gateway.compiled import makings, standing_line
from gateway.compiled.standing_line import StandingLine
from schema.vocabulary import Role
from sync.database import Database
from sync.repository.line import Line

TITLE = "query T($id: ID!) { entry(id: $id) { id title } }"
OVER_A_LINE = pytest.mark.parametrize(("backend", "asking"), [("postgres", "over a line")], indirect=True)
PAGE = "{ entries(first: 5) { totalCount nodes { id } } }"


@pytest.fixture
def asked_of_lines(monkeypatch) -> list[str]:
    """What lines are asked for, each by its table or function."""
    heard: list[str] = []
    ask = Line.ask

    def noting(line, sql, values, then) -> None:
        heard.append("entry" if "FROM entry" in sql else "look" if "pg_current_snapshot" in sql else sql)
        ask(line, sql, values, then)

    monkeypatch.setattr(Line, "ask", noting)
    return heard


@OVER_A_LINE
async def test_a_line_is_asked_for_what_is_ready_and_for_nothing_else(asking, asked_of_lines) -> None:
    await asking.ask(TITLE, id="41:none").outcome
    asked_of_lines.clear()
    for query in (PAGE, TITLE, TITLE):
        await asking.ask(query, id="41:none").outcome
    assert asked_of_lines == ["look", "look", "entry", "look", "entry"]


@OVER_A_LINE
async def test_what_a_region_asks_is_asked_in_a_session_that_names_it(asking, asked_of_lines) -> None:
    asking.key = make_key(asking.hub.database, KeyWish("henan", Role.REGION, "41"))
    for _ in range(3):
        await asking.ask(TITLE, id="41:none").outcome
    assert asked_of_lines == ["look"] * 3


@OVER_A_LINE
async def test_after_a_commit_a_line_tells_the_new_ages(asking) -> None:
    database = asking.hub.database
    with database.engine.connect() as connection:
        ((entry,),) = connection.exec_driver_sql("SELECT min(id) FROM entry WHERE region = '41'").all()
    for _ in range(2):
        await asking.ask(TITLE, id=entry).outcome
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE region_state SET succeeded_at = NULL WHERE region = '41'")
    found = [orjson.loads((await asking.ask(TITLE, id=entry).outcome).body)["extensions"] for _ in range(2)]
    assert [each["freshness"][0]["succeededAt"] for each in found] == [None, None]


@OVER_A_LINE
async def test_a_line_that_is_lost_stands_again(asking, asked_of_lines, monkeypatch) -> None:
    monkeypatch.setattr(standing_line, "_PAUSE", 0)
    lost = asking.turns.line.now()
    with asking.hub.database.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )
    by_the_ordinary_way = await asking.ask(TITLE, id="41:none").outcome
    answered = [await (await asked_until_known(asking)).data() for _ in range(2)]
    stands = asking.turns.line.now()
    assert (by_the_ordinary_way, lost.is_lost, stands is not lost, answered) == (
        None,
        True,
        True,
        [{"entry": None}] * 2,
    )


async def asked_until_known(asking):
    """Asked again while the pools' connections, which were ended too, are found out."""
    while True:
        asked = asking.ask(TITLE, id="41:none")
        if await asked.outcome is not None and asking.turns.line.now() is not None:
            return asked


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_without_a_database_there_is_no_line_and_no_end_either(filled) -> None:
    gone = Database(filled.url.set(database="gone").render_as_string(hide_password=False))
    line = StandingLine(gone)
    async with line.standing():
        assert line.now() is None
    gone.close()


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_a_line_that_could_not_be_opened_is_opened_later(filled, monkeypatch) -> None:
    connect, failing = filled.without_transactions, [TimeoutError(), TimeoutError()]

    def connected():
        if failing:
            raise failing.pop()
        return connect()

    monkeypatch.setattr(standing_line, "_PAUSE", 0)
    monkeypatch.setattr(filled, "without_transactions", connected)
    line = StandingLine(filled)
    async with line.standing(), asyncio.timeout(30):
        while line.now() is None:  # noqa: ASYNC110  nobody tells when it stands
            await asyncio.sleep(0.01)
    assert failing == []


async def test_what_a_line_does_not_take_a_thread_does(asking, monkeypatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(makings, "ask", fails)
    waiting = [asking.ask(TITLE, id="41:none") for _ in range(3)]
    assert [await each.data() for each in waiting] == [{"entry": None}] * 3
