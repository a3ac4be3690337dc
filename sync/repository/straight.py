"""Statements straight on the driver, for the few that are run for every request: what SQLAlchemy makes about each result (a
description of its columns, a cursor of its own) takes longer than a row takes to be read.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
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
    driver = connection.connection
    cursor = driver.cursor() if connection.dialect.name == "sqlite" else _lasting(driver)
    with _faults_of(connection, cursor, sql, values):
        cursor.execute(sql, values)
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
    if len(found) > _MANY:
        cursor.close()
    return found


class Result:
    """The rows of one statement, which the driver holds until they are taken: as it got them, where it is PostgreSQL's, which takes a
    third of the memory of rows. The connection may be used for other statements meanwhile. As `rows` in all else.
    """

    def __init__(self, connection: Connection, sql: str, values: Any = ()) -> None:  # noqa: ANN401  as above
        is_sqlite = connection.dialect.name == "sqlite"
        self._cursor: Any = connection.connection.cursor()
        if not is_sqlite:
            as_text(self._cursor)
        with _faults_of(connection, self._cursor, sql, values):
            self._cursor.execute(sql, values)
            self._rows: Sequence[tuple[Any, ...]] | None = self._cursor.fetchall() if is_sqlite else None

    def last(self) -> tuple[Any, ...] | None:
        """The last row; None where there is none."""
        if self._rows is not None:
            return self._rows[-1] if self._rows else None
        if self._cursor.rowcount == 0:
            return None
        self._cursor.scroll(self._cursor.rowcount - 1, "absolute")
        found: tuple[Any, ...] = self._cursor.fetchone()
        self._cursor.scroll(0, "absolute")
        return found

    def parts(self, size: int) -> Iterator[Sequence[tuple[Any, ...]]]:
        """All rows, so many at a time; once."""
        if self._rows is not None:
            yield from (self._rows[at : at + size] for at in range(0, len(self._rows), size))
            return
        with closing(self._cursor):
            while part := self._cursor.fetchmany(size):
                yield part


@contextmanager
def _faults_of(connection: Connection, cursor: Any, sql: str, values: Any) -> Iterator[None]:  # noqa: ANN401  as above
    dialect, driver = connection.dialect, connection.connection
    for hear in connection.dispatch.before_cursor_execute:
        hear(connection, cursor, sql, values, None, False)  # noqa: FBT003  as SQLAlchemy calls it
    try:
        yield
    except dialect.loaded_dbapi.Error as error:
        lost = dialect.is_disconnect(error, driver, cursor)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql, values, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
        ) from error


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
