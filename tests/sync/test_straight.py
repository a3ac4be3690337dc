"""Statements straight on the driver: the rows of the database, SQLAlchemy's faults, and whoever listens still hears."""

import pytest
from sqlalchemy import event

from sync.database import DatabaseFault
from sync.repository import straight
from sync.tables import RegionStateRow


def test_rows_are_the_drivers(database) -> None:
    with database.glance() as session:
        found, cursor = straight.rows(session.connection(), "SELECT 1 AS one, 'a' AS letter")
    assert ([tuple(row) for row in found], [told[0] for told in cursor.description]) == ([(1, "a")], ["one", "letter"])


def test_a_fault_is_the_one_that_is_known_elsewhere(database) -> None:
    with database.glance() as session, pytest.raises(DatabaseFault) as fault:
        straight.rows(session.connection(), "SELECT * FROM nothing_of_that_name")
    assert (fault.value.connection_invalidated, "nothing_of_that_name" in str(fault.value)) == (False, True)


def test_after_a_fault_the_next_glance_sees_again(database) -> None:
    with pytest.raises(DatabaseFault), database.glance() as session:
        straight.rows(session.connection(), "SELECT * FROM nothing_of_that_name")
    with database.glance() as session:
        assert straight.rows(session.connection(), "SELECT 1")[0][0][0] == 1


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
