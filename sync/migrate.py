"""Brings a database to the newest revision; see `sync.revision`."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

import sync.tables  # noqa: F401  fills the metadata
from sync import revision
from sync.database import Database

SEARCH = "entry_search_"  # the indices of text search, which differ by database and stand in their migration alone


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
    return revision.stored(database) or ""


def differences(database: Database) -> list[object]:
    """What the tables in the code have that the migrated database has not; empty when they agree."""

    def is_told_by_the_code(name: str | None, kind: str, parents: object) -> bool:
        del parents
        return kind not in ("table", "index") or name is None or not name.startswith(SEARCH)

    with database.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": is_told_by_the_code}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, SQLModel.metadata))
