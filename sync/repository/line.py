"""A connection to PostgreSQL that an event loop reads for itself: statements go out one behind the other, each a transaction of its own,
and nobody waits for them in a thread. Handing a statement that takes 50 µs to a thread, and what it found back, takes several times that
as soon as both threads want the interpreter.
"""

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any, Final

from psycopg import abc
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from sync.database import Database
from sync.repository import straight
from sync.scope import Scope

_PREPARED: Final = 100  # statements that the database keeps ready for a line
_LONGEST: Final = 1000  # milliseconds that the database works on one; whoever comes after it waits so long
_PATIENCE: Final = 5.0  # seconds in which something comes of it
_log: Final = logging.getLogger("dexhub.database")
_numbers: Final = count(1)  # of lines of this process
Rows = Sequence[tuple[Any, ...]]
Found = Callable[[], Rows]  # what came of a statement: its rows, or a DatabaseFault


def connected(database: Database) -> Connection:
    """A connection for a line. What waits there for a lock would keep all others waiting, so it is given up."""
    made = database.without_transactions()
    made.exec_driver_sql(f"SET statement_timeout = {_LONGEST}")
    return made


class Line:
    """For use by the loop's thread alone. A line on which anything goes wrong, or nothing comes for as long as `patience` (seconds),
    is lost: whoever waits is told a fault, and a new line has to be opened.
    """

    def __init__(self, connection: Connection, loop: asyncio.AbstractEventLoop, patience: float = _PATIENCE) -> None:
        self.number = next(_numbers)
        self.is_lost = False
        self.lost = asyncio.Event()
        self._connection, self._loop, self._patience = connection, loop, patience
        self._driver: Any = straight.as_text(connection.connection.dbapi_connection)
        self._pg = self._driver.pgconn
        self._socket: int = self._pg.socket
        self._prepared: OrderedDict[str, _Statement] = OrderedDict()
        self._names = count(1)
        self._waiting: deque[_Waiting] = deque()
        self._watch: asyncio.TimerHandle | None = None
        self._result: PGresult | None = None  # of the statement that has been answered, until its end is told
        self._error: Exception | None = None
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        loop.add_reader(self._socket, self._read)

    def ask(self, sql: str, values: Sequence[Any], then: Callable[[Found], None]) -> None:
        """Have a statement run that is quick, as others wait for it; its parameters are written $1, $2 … `then` is called by the loop,
        once. Rows are as `straight` gives them, and whoever listens to the engine hears of it as there.
        """
        for hear in self._connection.dispatch.before_cursor_execute:
            hear(self._connection, None, sql, values, None, False)  # noqa: FBT003  as SQLAlchemy calls it
        statement = self._prepared.get(sql) or _Statement(sql, f"line{next(self._names)}".encode(), self._driver)
        try:
            given = statement.given(values)
        except Exception as error:  # noqa: BLE001  a text with a character that the database has not, in whichever words
            self._loop.call_soon(then, _failing(sql, error))
            return
        self._waiting.append(_Waiting(statement, then, time.monotonic()))
        self._guarded(partial(self._send, statement, given))
        if self._watch is None and not self.is_lost:
            self._watch = self._loop.call_later(self._patience, self._look_after)

    def place(self, scope: Scope) -> tuple[str, Scope]:
        """For what a statement that is asked here serves."""
        return self._connection.dialect.name, scope

    def close(self) -> None:
        """Whoever waits is told a fault."""
        self._lose(ConnectionError("the line was closed"), is_wanted=True)

    def _send(self, statement: "_Statement", given: Sequence[Any] | None) -> None:
        if statement.sql not in self._prepared:
            self._prepare(statement)
        self._prepared.move_to_end(statement.sql)
        self._pg.send_query_prepared(statement.name, given)
        self._pg.pipeline_sync()
        self._flush()

    def _prepare(self, statement: "_Statement") -> None:
        self._prepared[statement.sql] = statement
        self._pg.send_prepare(statement.name, statement.sql.encode())
        if len(self._prepared) > _PREPARED:
            _, oldest = self._prepared.popitem(last=False)
            self._pg.send_query_params(b"DEALLOCATE %b" % oldest.name, None)

    def _flush(self) -> None:
        """Send what there is; what the socket does not take now, when it can. Then libpq reads as well, so there may be something."""
        if self._pg.flush():
            self._loop.add_writer(self._socket, self._write)
            self._loop.call_soon(self._read)

    def _write(self) -> None:
        self._loop.remove_writer(self._socket)
        self._guarded(self._flush)

    def _read(self) -> None:
        if not self.is_lost:
            self._guarded(self._take)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  whatever it is, nobody may wait for ever
            self._lose(error)

    def _take(self) -> None:
        self._pg.consume_input()
        while self._waiting and not self._pg.is_busy():
            result = self._pg.get_result()
            if result is None:  # the end of one of those that were sent together
                if self._pg.status != ConnStatus.OK:
                    raise self._error or ConnectionError("the connection is out of step")
                continue
            if result.status == ExecStatus.PIPELINE_SYNC:
                if self._error is not None:
                    raise self._error
                self._tell(self._waiting[0].statement.rows(self._result))
            elif result.status == ExecStatus.TUPLES_OK:
                self._result = result
            elif result.status != ExecStatus.COMMAND_OK and self._error is None:
                self._error = error_from_result(result)

    def _tell(self, rows: Rows) -> None:
        self._result = None
        self._loop.call_soon(self._waiting.popleft().then, lambda: rows)

    def _look_after(self) -> None:
        self._watch = None
        if not self._waiting:
            return
        left = self._waiting[0].since + self._patience - time.monotonic()
        if left > 0:
            self._watch = self._loop.call_later(left, self._look_after)
        else:
            self._lose(TimeoutError(f"nothing came of a statement for {self._patience:g} s"))

    def _lose(self, error: Exception, *, is_wanted: bool = False) -> None:
        waiting, self._waiting = self._waiting, deque()
        for each in waiting:
            self._loop.call_soon(each.then, _failing(each.statement.sql, error))
        if self._watch is not None:
            self._watch.cancel()
        if self.is_lost:
            return
        self.is_lost = True
        self.lost.set()
        if not is_wanted:
            _log.warning("a line to the database was lost: %s", error)
        for remove in (self._loop.remove_reader, self._loop.remove_writer):
            with suppress(OSError):  # of a socket that libpq has closed
                remove(self._socket)
        self._driver.close()
        self._connection.invalidate()  # or it would be told to roll back
        self._connection.close()


class _Statement:
    """One that the database knows by a name, and how its values and rows are read."""

    def __init__(self, sql: str, name: bytes, context: Any) -> None:  # noqa: ANN401  psycopg's connection
        self.sql, self.name = sql, name
        self._transformer: abc.Transformer = Transformer(context)
        self._is_known = False  # what its columns are

    def given(self, values: Sequence[Any]) -> Sequence[Any] | None:
        """The values as they are sent."""
        return self._transformer.dump_sequence(values, [PyFormat.TEXT] * len(values)) if values else None

    def rows(self, result: PGresult | None) -> Rows:
        """What is in a result."""
        self._transformer.set_pgresult(result, set_loaders=not self._is_known)
        self._is_known = True
        found: Rows = self._transformer.load_rows(0, result.ntuples if result else 0, tuple)
        self._transformer.set_pgresult(None, set_loaders=False)  # or it would be held until the next
        return found


class _Waiting:
    """Who asked for a statement, and when."""

    __slots__ = ("since", "statement", "then")

    def __init__(self, statement: _Statement, then: Callable[[Found], None], since: float) -> None:
        self.statement, self.then, self.since = statement, then, since


def _failing(sql: str, error: Exception) -> Found:
    def fail() -> Rows:
        raise DBAPIError(sql, (), error) from error

    return fail
