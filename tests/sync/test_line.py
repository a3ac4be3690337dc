"""A line: statements that the event loop waits for itself, over the real PostgreSQL."""

import asyncio

import pytest
import pytest_asyncio
from sqlalchemy import event

from sync.database import Database, DatabaseFault
from sync.repository import straight
from sync.repository.line import Line, connected

pytestmark = pytest.mark.parametrize("backend", ["postgres"], indirect=True)


@pytest_asyncio.fixture
async def opened(database):
    """Opens lines; all of them are closed in the end."""
    made = []

    def open_line(patience: float = 60) -> Line:
        made.append(Line(database.without_transactions(), asyncio.get_running_loop(), patience))
        return made[-1]

    yield open_line
    for line in made:
        line.close()


async def rows(line: Line, sql: str, *values: object):
    """What came of a statement."""
    found = asyncio.get_running_loop().create_future()
    line.ask(sql, values, found.set_result)
    return (await found)()


async def outcomes(line: Line, *statements: str) -> list[object]:
    """What came of some that are asked at once; of a fault, its kind."""
    found = await asyncio.gather(*(rows(line, each) for each in statements), return_exceptions=True)
    return [type(each) if isinstance(each, Exception) else each for each in found]


async def test_rows_are_those_of_straight_statements(opened, database) -> None:
    sql = """SELECT 1, 'a', NULL, true, 2.5, timestamptz '2025-06-15 08:00:00+08', '{"a": [1]}'::json, ARRAY['x']"""
    with database.glance() as session:
        expected = straight.rows(session.connection(), sql)
    assert await rows(opened(), sql) == expected


async def test_each_of_those_that_are_asked_at_once_is_given_its_own(opened) -> None:
    line = opened()
    found = await asyncio.gather(*(rows(line, f"SELECT $1::int, {each % 7}::text", each) for each in range(200)))
    assert found == [[(each, str(each % 7))] for each in range(200)]


async def test_no_more_statements_are_kept_ready_than_psycopg_keeps(opened) -> None:
    line = opened()
    for number in range(130):
        await rows(line, f"SELECT {number}")
    assert await rows(line, "SELECT count(*), bool_or(statement = 'SELECT 0') FROM pg_prepared_statements") == [
        (100, False)
    ]


async def test_a_value_that_is_more_than_the_socket_takes_at_once_arrives(opened) -> None:
    line = opened()
    found = await asyncio.gather(
        *(rows(line, "SELECT length($1::text), $2::int", "长" * 3_000_000, n) for n in range(3))
    )
    assert found == [[(3_000_000, n)] for n in range(3)]


async def test_a_percent_sign_is_one(opened) -> None:
    assert await rows(opened(), "SELECT '100%'") == [("100%",)]


async def test_a_text_that_no_database_has_fails_alone(opened) -> None:
    line = opened()
    with pytest.raises(DatabaseFault):
        await rows(line, "SELECT $1::text", "a\0b")
    assert await rows(line, "SELECT $1::text", "ab") == [("ab",)]


async def test_each_statement_stands_alone(opened, database) -> None:
    line = opened()
    await rows(line, "SELECT set_config('dexhub.region', '41', true)")
    assert await rows(line, "SELECT current_setting('dexhub.region', true)") == [("",)]


async def test_a_statement_that_fails_loses_the_line_for_all_who_wait(opened) -> None:
    line = opened()
    found = await outcomes(line, "SELECT 1", "SELECT * FROM nothing_of_that_name", "SELECT 2")
    assert (found, line.is_lost) == ([[(1,)], DatabaseFault, DatabaseFault], True)


async def test_a_connection_that_is_ended_is_lost_at_once(opened, database) -> None:
    line = opened()
    ((process,),) = await rows(line, "SELECT pg_backend_pid()")
    waiting = asyncio.ensure_future(outcomes(line, "SELECT pg_sleep(60)", "SELECT 1"))
    await asyncio.sleep(0.05)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_terminate_backend(%s)", (process,))
    assert (await waiting, line.is_lost) == ([DatabaseFault] * 2, True)


async def test_nobody_waits_for_longer_than_the_patience(opened) -> None:
    line = opened(patience=0.1)
    assert (await outcomes(line, "SELECT 1", "SELECT pg_sleep(60)", "SELECT 2"), line.is_lost) == (
        [[(1,)], DatabaseFault, DatabaseFault],
        True,
    )


async def test_a_line_that_is_used_outlives_its_patience(opened) -> None:
    line = opened(patience=0.2)
    for _ in range(6):
        await rows(line, "SELECT pg_sleep(0.05)")
    assert line.is_lost is False


async def test_whoever_asks_after_the_end_is_told_a_fault(opened) -> None:
    line = opened()
    line.close()
    assert await outcomes(line, "SELECT 1", "SELECT 2") == [DatabaseFault] * 2


async def test_what_is_asked_from_within_an_answer_is_answered(opened) -> None:
    line, found = opened(), asyncio.get_running_loop().create_future()
    line.ask("SELECT 1", (), lambda _: line.ask("SELECT 2", (), found.set_result))
    assert (await found)() == [(2,)]


async def test_whoever_asks_and_fails_keeps_nobody_else_waiting(opened) -> None:
    line, loop = opened(), asyncio.get_running_loop()
    told: list[dict[str, object]] = []
    loop.set_exception_handler(lambda _, context: told.append(context))
    line.ask("SELECT 1", (), lambda _: 1 / 0)
    found = await rows(line, "SELECT 2")
    loop.set_exception_handler(None)
    assert (found, len(told)) == ([(2,)], 1)


async def test_whoever_listens_hears_of_it(opened, database) -> None:
    heard = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: heard.append(given[2]))
    line = opened()
    heard.clear()
    await rows(line, "SELECT 3")
    assert heard == ["SELECT 3"]


async def test_a_text_that_the_connections_encoding_has_not_fails_alone(opened, database) -> None:
    connection = database.without_transactions()
    connection.exec_driver_sql("SET client_encoding TO GBK")
    line = Line(connection, asyncio.get_running_loop())
    with pytest.raises(DatabaseFault):
        await rows(line, "SELECT $1::text", "😀")
    found = await rows(line, "SELECT $1::text", "河南")
    line.close()
    assert found == [("河南",)]


async def test_what_waits_for_long_is_given_up_by_the_database(database, monkeypatch) -> None:
    monkeypatch.setattr("sync.repository.line._LONGEST", 50)
    made = Line(connected(database), asyncio.get_running_loop())
    found = await outcomes(made, "SELECT 1", "SELECT pg_sleep(60)")
    assert found == [[(1,)], DatabaseFault]


async def test_a_connection_that_is_out_of_step_is_lost(database, tmp_path) -> None:
    nonsense = asyncio.Event()

    async def passed(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while piece := await source.read(1 << 16):
            target.write(b"D\0\0\0\1" if nonsense.is_set() else piece)
        target.close()

    async def between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(f"{database.url.query['host']}/.s.PGSQL.5432")
        await asyncio.gather(passed(reader, back), passed(there, writer))

    proxy = await asyncio.start_unix_server(between, tmp_path / ".s.PGSQL.5432")
    through = Database(database.url.set(query={"host": str(tmp_path)}).render_as_string(hide_password=False))
    line = Line(await asyncio.to_thread(connected, through), asyncio.get_running_loop())
    before = await rows(line, "SELECT 1")
    nonsense.set()
    found = await outcomes(line, "SELECT 2", "SELECT 3")
    proxy.close()
    through.close()
    assert (before, found) == ([(1,)], [DatabaseFault] * 2)
