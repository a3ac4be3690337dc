"""Statements straight on the driver: the rows of the database, SQLAlchemy's faults, and whoever listens still hears."""

import socket

import pytest
from sqlalchemy import event

from sync.database import Database, DatabaseFault
from sync.repository import straight
from sync.tables import RegionStateRow


def test_rows_are_the_drivers(database) -> None:
    with database.glance() as session:
        assert straight.rows(session.connection(), "SELECT 1, 'a'") == [(1, "a")]


def test_moments_and_json_are_the_databases_text(filled) -> None:
    with filled.glance() as session:
        ((moment, warnings),) = straight.rows(session.connection(), "SELECT submitted_at, warnings FROM entry LIMIT 1")
    assert (type(moment), type(warnings)) == (str, str)


def test_moments_are_told_in_utc_whatever_the_servers_zone_is(postgres_backend) -> None:
    url = postgres_backend.new("empty")
    made = Database(url)
    with made.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"ALTER DATABASE \"{made.url.database}\" SET timezone = 'Asia/Shanghai'")
    made.engine.dispose()
    with made.glance() as session:
        found = straight.rows(session.connection(), "SELECT timestamptz '2025-06-15 08:00:00+08'")
    made.close()
    postgres_backend.drop(url)
    assert found == [("2025-06-15 00:00:00+00",)]


def test_a_statement_may_follow_one_with_many_rows(database) -> None:
    many = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 300) SELECT n FROM t"
    with database.glance() as session:
        found = [len(straight.rows(session.connection(), sql)) for sql in (many, "SELECT 1", many)]
    assert found == [300, 1, 300]


def test_a_fault_is_the_one_that_is_known_elsewhere(database) -> None:
    with database.glance() as session, pytest.raises(DatabaseFault) as fault:
        straight.rows(session.connection(), "SELECT * FROM nothing_of_that_name")
    assert (fault.value.connection_invalidated, "nothing_of_that_name" in str(fault.value)) == (False, True)


def test_after_a_fault_the_next_glance_sees_again(database) -> None:
    with pytest.raises(DatabaseFault), database.glance() as session:
        straight.rows(session.connection(), "SELECT * FROM nothing_of_that_name")
    with database.glance() as session:
        assert straight.rows(session.connection(), "SELECT 1") == [(1,)]


def test_each_glance_sees_things_as_they_are(database) -> None:
    with database.write() as session:
        session.add(RegionStateRow(region="41", cursor="old"))
    with database.glance() as session:
        kept = session.get(RegionStateRow, "41")
    with database.write() as session:
        session.get(RegionStateRow, "41").cursor = "new"
    with database.glance() as session:
        assert (kept.cursor, session.get(RegionStateRow, "41").cursor) == ("old", "new")


def test_whoever_listens_hears_of_it(database) -> None:
    heard = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: heard.append(given[2]))
    with database.glance() as session:
        straight.rows(session.connection(), "SELECT 2")
    assert heard == ["SELECT 2"]


MANY = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 300) SELECT n FROM t"


def test_a_result_is_taken_in_parts_while_the_connection_is_used_for_others(database) -> None:
    with database.glance() as session:
        result = straight.Result(session.connection(), MANY)
        between = straight.rows(session.connection(), "SELECT 1")
    last, parts = result.last(), [len(part) for part in result.parts(120)]
    assert (between, last, parts) == ([(1,)], (300,), [120, 120, 60])


def test_of_nothing_there_is_no_last_row_and_no_part(database) -> None:
    with database.glance() as session:
        result = straight.Result(session.connection(), "SELECT 1 WHERE 1 = 2")
    assert (result.last(), list(result.parts(10))) == (None, [])


def test_a_result_holds_moments_and_json_as_rows_do(filled) -> None:
    sql = "SELECT submitted_at, warnings FROM entry ORDER BY id LIMIT 3"
    with filled.glance() as session:
        expected = straight.rows(session.connection(), sql)
        (found,) = straight.Result(session.connection(), sql).parts(10)
    assert found == expected


def test_a_result_that_fails_is_the_fault_that_is_known_elsewhere(database) -> None:
    with database.glance() as session, pytest.raises(DatabaseFault):
        straight.Result(session.connection(), "SELECT * FROM nothing_of_that_name")


def test_a_server_that_accepts_and_says_nothing_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr("sync.database._CONNECTING", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        made = Database(f"postgresql+psycopg://nobody@127.0.0.1:{silent.getsockname()[1]}/nothing")
        with pytest.raises(DatabaseFault, match="timeout"):
            made.without_transactions()
        made.close()
