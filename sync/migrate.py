"""Brings a database to the newest revision, and says whether it is there."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

import sync.tables  # noqa: F401  fills the metadata
from schema.errors import Problem, RequestError
from sync.database import Database

SEARCH = "entry_search_"  # the indices of text search, which differ by database and stand in their migration alone
Unreachable = OperationalError  # what any use of a database that does not answer raises


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(database: Database) -> str:
    """Apply all revisions that are missing; the revision reached."""
    config = _config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return revision(database) or ""


def revision(database: Database) -> str | None:
    """The database's revision, or None where it has none."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def newest() -> str | None:
    """The revision the code needs. It is part of the code, and reading every migration takes tens of milliseconds."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def ready(database: Database) -> None:
    """Make an empty database ready; refuse one of another revision, saying what to type."""
    found = revision(database)
    if found is None and database.is_empty():
        upgrade(database)
        return
    if found != newest():
        raise RequestError(
            Problem(
                "DATABASE_OUTDATED",
                database.url.render_as_string(hide_password=True),
                value=found,
                zh=f"数据库版本为 {found}，程序需要 {newest()}",
                en=f"the database is at revision {found}, the program needs {newest()}",
                remedy_zh="先备份，再运行 dexhub db upgrade",
                remedy_en="back it up, then run dexhub db upgrade",
            ),
            status=503,
        )


def differences(database: Database) -> list[object]:
    """What the tables in the code have that the migrated database has not; empty when they agree."""

    def is_told_by_the_code(name: str | None, kind: str, parents: object) -> bool:
        del parents
        return kind not in ("table", "index") or name is None or not name.startswith(SEARCH)

    with database.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": is_told_by_the_code}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, SQLModel.metadata))
