from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Column, DateTime, Float, Integer, LargeBinary, MetaData, Table, make_url

from schema.errors import RequestError
from sync import migrate
from sync.case_evidence import read
from sync.database import Database
from sync.revision import needed, ready, stored

EARLIER = [each.revision for each in ScriptDirectory.from_config(migrate._config()).walk_revisions()][:0:-1]
# What later revisions change in rows on purpose, and to what: everything is asked for once more, evidence takes another form.
ASKED_AGAIN = {("entry", "fingerprint"): "", ("region_state", "watermark"): None, ("region_state", "cursor"): None}
NO_EVIDENCE = {("duplicate_case", "evidence"): []}  # the test's value is no line of evidence
MEANT = {"0001": ASKED_AGAIN | NO_EVIDENCE, "0002": NO_EVIDENCE, "0003": NO_EVIDENCE, "0004": NO_EVIDENCE}
VALUES: dict[type, Callable[[int], Any]] = {
    DateTime: lambda number: datetime(2025, 6, 1, 8, 30, number, tzinfo=UTC),
    Boolean: lambda number: number == 0,
    Integer: lambda number: number + 1,
    Float: lambda number: 73.5 + number,
    JSON: lambda number: [{"名称": f"第 {number} 项", "n": None}],
    LargeBinary: lambda number: bytes([0, 255, number]),
}
Content = dict[str, list[dict[str, Any]]]


def value(column: Column[Any], number: int) -> Any:
    """What the row of this number holds: the same in columns that refer to each other."""
    if number and column.nullable and not column.foreign_keys:
        return None
    for kind, make in VALUES.items():
        if isinstance(column.type, kind):
            return make(number)
    return f"{number}九"[: getattr(column.type, "length", None)]


def tables_of(database: Database) -> list[Table]:
    """Every table as it stands, those that are referred to first; without what is kept in step by the
    database itself: SQLite's text search, the record of changes.
    """
    found = MetaData()
    found.reflect(database.engine)
    ours = (table for table in found.sorted_tables if table.name != "alembic_version")
    return [table for table in ours if not table.name.startswith(("entry_search_words", "change_feed"))]


def content(database: Database) -> Content:
    with database.engine.connect() as connection:
        return {
            t.name: [dict(row) for row in connection.execute(t.select().order_by(*t.primary_key)).mappings()]
            for t in tables_of(database)
        }


def filled_in_every_table(database: Database) -> None:
    """Two rows in each: one with something in every column, one with nothing where nothing may stand."""
    with database.engine.begin() as connection:
        for table in tables_of(database):
            columns = [column for column in table.columns if column.computed is None]
            rows = [{each.name: value(each, number) for each in columns} for number in range(2)]
            for row in rows:
                connection.execute(table.insert().values(row))


def moved(database: Database, way: Callable[..., None], revision: str) -> None:
    config = migrate._config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        way(config, revision)


@pytest.fixture
def bare(database: Database) -> Database:
    """A database without tables."""
    moved(database, command.downgrade, "base")
    return database


@pytest.mark.parametrize("revision", EARLIER)
def test_an_upgrade_from_an_earlier_revision_keeps_what_stands_in_every_table(bare: Database, revision: str) -> None:
    moved(bare, command.upgrade, revision)
    filled_in_every_table(bare)
    before = content(bare)
    assert [name for name, rows in before.items() if len(rows) != 2] == []
    migrate.upgrade(bare)
    after = content(bare)
    for (table, column), made in MEANT.get(revision, {}).items():
        for row in before[table]:
            row[column] = made
    assert {
        name: [{c: new[c] for c in old} for old, new in zip(rows, after[name], strict=True)]
        for name, rows in before.items()
    } == before


def test_evidence_of_exact_keys_is_kept_by_pairs_for_a_case_and_its_decisions(bare: Database) -> None:
    line = {"feature": "PROJECT", "entries": ["41:A", "43:B"], "zh": "项目名称相同", "en": "the same title"}
    moved(bare, command.upgrade, "0004")
    filled_in_every_table(bare)
    with bare.engine.begin() as connection:
        cases = next(table for table in tables_of(bare) if table.name == "duplicate_case")
        connection.execute(cases.update().values(kind="SAME_PROJECT", evidence=[line, line | {"feature": "PERSON"}]))
    migrate.upgrade(bare)
    after = content(bare)
    kept = [read(row["evidence"]) for name in ("duplicate_case", "case_decision") for row in after[name]]
    assert [[(pair.entries, [said.feature for said in pair.lines]) for pair in pairs] for pairs in kept] == [
        [(("41:A", "43:B"), ["PROJECT", "PERSON"])]
    ] * 4


@pytest.mark.parametrize("revision", EARLIER)
def test_an_upgrade_from_an_earlier_revision_with_data_gives_exactly_the_tables_of_the_code(
    bare: Database, revision: str
) -> None:
    moved(bare, command.upgrade, revision)
    filled_in_every_table(bare)
    migrate.upgrade(bare)
    assert migrate.differences(bare) == []


def test_downgrading_to_nothing_leaves_no_table(bare: Database) -> None:
    assert tables_of(bare) == []


def test_an_upgrade_from_nothing_gives_exactly_the_tables_of_the_code(database: Database) -> None:
    assert migrate.differences(database) == []


def test_an_upgraded_database_is_at_the_newest_revision(database: Database) -> None:
    assert stored(database) == needed()


def test_the_revision_that_the_code_needs_is_the_last_of_the_migrations() -> None:
    assert needed() == ScriptDirectory.from_config(migrate._config()).get_current_head()


def test_upgrading_twice_is_harmless(database: Database) -> None:
    assert migrate.upgrade(database) == needed()


def test_a_database_of_another_revision_is_refused_with_what_to_type(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(RequestError) as refused:
        ready(database)
    assert (refused.value.code, refused.value.problems[0].remedy_en) == (
        "DATABASE_OUTDATED",
        "back it up, then run dexhub db upgrade",
    )


def test_a_postgresql_whose_user_may_not_add_the_extension_says_what_to_do(postgres_backend) -> None:
    url = make_url(postgres_backend._cluster.create("without_trigrams", "template0"))
    owner = Database(url.render_as_string())
    with owner.engine.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE somebody LOGIN")
        connection.exec_driver_sql("GRANT ALL ON SCHEMA public TO somebody")
    owner.close()
    database = Database(url.set(username="somebody").render_as_string())
    with pytest.raises(RequestError) as refused:
        migrate.upgrade(database)
    found = stored(database)
    database.close()
    assert (refused.value.code, found) == ("EXTENSION_MISSING", None)
