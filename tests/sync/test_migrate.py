import pytest

from schema.errors import RequestError
from sync import migrate
from sync.database import Database


def test_an_upgrade_from_nothing_gives_exactly_the_tables_of_the_code(database: Database) -> None:
    assert migrate.differences(database) == []


def test_an_upgraded_database_is_at_the_newest_revision(database: Database) -> None:
    assert migrate.revision(database) == migrate.newest()


def test_upgrading_twice_is_harmless(database: Database) -> None:
    assert migrate.upgrade(database) == migrate.newest()


def test_a_database_of_another_revision_is_refused_with_what_to_type(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(RequestError) as refused:
        migrate.ready(database)
    assert (refused.value.code, refused.value.problems[0].remedy_en) == (
        "DATABASE_OUTDATED",
        "back it up, then run dexhub db upgrade",
    )
