"""Looking at a whole database, whatever its tables, and making one for a moment beside it."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Engine, func, inspect, select, table, text
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.tables import RepresentativeRow

_STEP: Final = 500  # rows at a time


def row_counts(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    names = inspect(session.connection()).get_table_names()
    return {name: session.scalar(select(func.count()).select_from(table(name))) or 0 for name in sorted(names)}


def every_value(session: Session) -> Iterator[tuple[str, Any]]:
    """Every value there is, with its table and column."""
    for name in inspect(session.connection()).get_table_names():
        for row in session.execute(text(f'SELECT * FROM "{name}"')).yield_per(_STEP).mappings():  # noqa: S608  a table's own name
            yield from ((f"{name}.{column}", value) for column, value in row.items())


def token_of_another_key(session: Session, key_id: str) -> str | None:
    """A stored token that another key than this one made; None where there is none."""
    token = col(RepresentativeRow.id_token)
    return session.scalar(select(token).where(token.is_not(None), ~token.startswith(f"{key_id}.")).limit(1))


def make_beside(engine: Engine, name: str) -> None:
    """An empty database on the same server."""
    _administer(engine, f'CREATE DATABASE "{name}" TEMPLATE template0')


def remove_beside(engine: Engine, name: str) -> None:
    """It is gone, whoever still looks at it."""
    _administer(engine, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(engine: Engine, words: str) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(words))
