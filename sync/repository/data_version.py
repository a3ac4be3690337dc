"""Which state the database is in: as long as nobody has committed anything, the version stays the same.

PostgreSQL tells the snapshot a query sees: two that are equal see the same transactions. It also changes with what others do in the
same cluster, and while a transaction is under way, which costs an answer made anew and never shows an old one. SQLite tells one
connection whether any other has committed.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from sync.database import Database
from sync.repository import straight

if TYPE_CHECKING:
    from sync.repository.line import Line

_T = TypeVar("_T")
_SQLITE: Final = "PRAGMA data_version"
_POSTGRESQL: Final = "SELECT pg_current_snapshot()::text"


class DataVersion:
    """Looks at one database, over a connection of its own. It may be used from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_near = database.is_sqlite  # a look waits for nobody and takes a few µs
        self._sql = _SQLITE if database.is_sqlite else _POSTGRESQL
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._opened = 0

    def look(self) -> str:
        """The version now; a fault of the database, after which the next look begins with a new connection."""
        with self._lock:
            if self._connection is None:
                self._connection = self._database.without_transactions()
                self._opened += 1
            try:
                ((found,),) = straight.rows(self._connection, self._sql)
            except DBAPIError:
                self._connection.invalidate()
                self._close()
                raise
        return f"{self._opened} {found}"  # what SQLite tells means nothing to another connection

    def ask(self, line: "Line", then: Callable[[Callable[[], str]], None]) -> None:
        """The same over a line: `then` is called with what gives it."""
        line.ask(self._sql, (), lambda rows: then(lambda: f"line {line.number} {rows()[0][0]}"))

    def close(self) -> None:
        """Give back the connection."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class AtVersion(Generic[_T]):
    """What was worked out of the data, for as long as nobody has committed anything since. It may be used from any thread."""

    def __init__(self, version: DataVersion, work: Callable[[], _T]) -> None:
        self._version = version
        self._work = work
        self._known: tuple[str, _T] | None = None

    def get(self) -> _T:
        """As it is now; a fault of the database."""
        before, known = self._version.look(), self._known
        if known is None or known[0] != before:
            known = self._known = before, self._work()
        return known[1]
