"""Which revision a database is at and which the code needs, without what brings it there: Alembic and what it loads take seven
megabytes, and few processes need them.
"""

from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from schema.errors import Problem, RequestError
from sync.database import Database

Unreachable: Final = OperationalError  # what any use of a database that does not answer raises
_TABLE: Final = "alembic_version"
_VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"


def stored(database: Database) -> str | None:
    """The database's revision, or None where it has none."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table(_TABLE):
            return None
        found: str | None = connection.scalar(text(f"SELECT version_num FROM {_TABLE}"))  # noqa: S608  a name of ours
        return found


@cache
def needed() -> str:
    """The revision the code needs: migrations are numbered in their order, each in the name of its file."""
    return max(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py"))


def ready(database: Database) -> None:
    """Make an empty database ready; refuse one of another revision, saying what to type."""
    found = stored(database)
    if found is None and database.is_empty():
        from sync.migrate import upgrade  # noqa: PLC0415  for the first start alone

        upgrade(database)
        return
    if found != needed():
        raise RequestError(
            Problem(
                "DATABASE_OUTDATED",
                database.url.render_as_string(hide_password=True),
                value=found,
                zh=f"数据库版本为 {found}，程序需要 {needed()}",
                en=f"the database is at revision {found}, the program needs {needed()}",
                remedy_zh="先备份，再运行 dexhub db upgrade",
                remedy_en="back it up, then run dexhub db upgrade",
            ),
            status=503,
        )
