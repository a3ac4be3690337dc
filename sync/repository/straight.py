"""Statements straight on the driver, for the few that are run for every request: what SQLAlchemy makes about each result (a
description of its columns, a cursor of its own) takes longer than a row takes to be read.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_CURSOR: Final = "cursor of straight statements"
_AS_TEXT: Final = ("timestamptz", "json")
_MANY: Final = 100  # rows; a cursor keeps the last that it read


def rows(connection: Connection, sql: str, values: Any = ()) -> Sequence[tuple[Any, ...]]:  # noqa: ANN401  as the driver has it
    """All rows as the driver gives them, but moments and JSON as the text that the database tells them in: most go out as text
    again. Whoever listens to the engine hears of it; a fault is the one that SQLAlchemy would raise, and leaves a connection that is
    lost marked as such.
    """
    dialect, driver = connection.dialect, connection.connection
    cursor = driver.cursor() if dialect.name == "sqlite" else _lasting(driver)
    for hear in connection.dispatch.before_cursor_execute:
        hear(connection, cursor, sql, values, None, False)  # noqa: FBT003  as SQLAlchemy calls it
    try:
        cursor.execute(sql, values)
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
    except dialect.loaded_dbapi.Error as error:
        lost = dialect.is_disconnect(error, driver, cursor)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql, values, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
        ) from error
    if len(found) > _MANY:
        cursor.close()
    return found


def _lasting(driver: Any) -> Any:  # noqa: ANN401  SQLAlchemy's connection to psycopg, and psycopg's cursor
    """A connection's own cursor, with which statements begin sooner than with a new one."""
    known = driver.info.get(_CURSOR)
    if known is None or known.closed or known.connection is not driver.dbapi_connection:
        known = driver.info[_CURSOR] = as_text(driver.cursor())
    return known


def as_text(given: Any) -> Any:  # noqa: ANN401  psycopg's cursor or connection
    """The same, which tells moments and JSON as text from now on."""
    from psycopg.types.string import TextLoader  # noqa: PLC0415  who has SQLite alone needs no other driver

    for kind in _AS_TEXT:
        given.adapters.register_loader(kind, TextLoader)
    return given
