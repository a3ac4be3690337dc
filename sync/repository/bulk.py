"""Writes of many rows at once, for both databases.

A statement is compiled once for each table and set of columns, and rows go straight to the driver: SQLAlchemy's own way
through a statement costs 0.1 ms for each of the wide rows of a pull, three times what the database takes to store it.
Rows may be brought into the driver's form anywhere, also in a process that has no connection.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Boolean, Dialect, Float
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

from sync.row_layout import Layout, Ready, json_text
from sync.tables.columns import table_of


@dataclass(frozen=True, slots=True)
class Statement:
    """An INSERT, and what brings rows into its form."""

    sql: str
    layout: Layout

    def run(self, session: Session, rows: Sequence[Ready]) -> None:
        """Write rows that are ready."""
        if rows:
            session.connection().exec_driver_sql(self.sql, list(rows))


def insert(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows`, which all have the same keys; a primary key that exists is an error."""
    _run(session, table, rows, keep=None)


def insert_missing(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those of `rows` whose primary key does not exist; all have the same keys."""
    _run(session, table, rows, keep=tuple(rows[0]) if rows else ())


def upsert(
    session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]], keep: Sequence[str] = ()
) -> None:
    """Insert `rows`; where the primary key exists, set every other column but those in `keep`."""
    _run(session, table, rows, keep=tuple(keep))


def _run(
    session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]], keep: tuple[str, ...] | None
) -> None:
    if rows:
        made = statement(session.get_bind().dialect.name, table, tuple(rows[0]), keep)
        made.run(session, made.layout.ready(list(map(dict, rows))))


@lru_cache(maxsize=64)
def statement(database: str, table: type[SQLModel], names: tuple[str, ...], keep: tuple[str, ...] | None) -> Statement:
    """The INSERT of these columns for the database of that name. `keep` None: a primary key that exists is an error;
    else every other column but those in `keep` is set.
    """
    dialect, target = _dialect(database), table_of(table)
    clause: Any = (sqlite.insert if database == "sqlite" else postgresql.insert)(target)
    if keep is not None:
        primary = [column.name for column in target.primary_key]
        changed = {name: clause.excluded[name] for name in names if name not in primary and name not in keep}
        clause = (
            clause.on_conflict_do_update(index_elements=primary, set_=changed)
            if changed
            else clause.on_conflict_do_nothing(index_elements=primary)
        )
    compiled = clause.compile(dialect=dialect, column_keys=names)
    conversions = ((name, _conversion(target.c[name].type, dialect)) for name in names)
    ordered = itemgetter(*compiled.positiontup) if compiled.positiontup else None
    return Statement(str(compiled), Layout(ordered, [(name, each) for name, each in conversions if each is not None]))


def _conversion(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What SQLAlchemy would do to a value before it is bound, but none of its own functions, which could not be sent: JSON is
    written by ours, and both drivers take truth and numbers as Python has them.
    """
    if isinstance(kind, JSON):
        return json_text
    return None if isinstance(kind, Boolean | Float) else kind.dialect_impl(dialect).bind_processor(dialect)


@cache
def _dialect(database: str) -> Dialect:
    kind: Any = sqlite.dialect if database == "sqlite" else psycopg.dialect
    made: Dialect = kind()
    return made
