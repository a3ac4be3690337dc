"""Statements straight on the driver, for the few that are run for every request: what SQLAlchemy makes about each result (a
description of its columns, a cursor of its own) takes longer than a row takes to be read.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def rows(connection: Connection, sql: str, values: Any = ()) -> tuple[Sequence[Any], Any]:  # noqa: ANN401  as the driver has it
    """All rows as the driver gives them, and its cursor, which can describe them. Whoever listens to the engine hears of it; a
    fault is the one that SQLAlchemy would raise, and leaves a connection that is lost marked as such.
    """
    dialect, driver = connection.dialect, connection.connection
    cursor = driver.cursor()
    for hear in connection.dispatch.before_cursor_execute:
        hear(connection, cursor, sql, values, None, False)  # noqa: FBT003  as SQLAlchemy calls it
    try:
        cursor.execute(sql, values)
        return cursor.fetchall(), cursor
    except dialect.loaded_dbapi.Error as error:
        lost = dialect.is_disconnect(error, driver, cursor)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql, values, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
        ) from error
