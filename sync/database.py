"""Opens the database. SQLite: WAL, foreign keys, write units begin IMMEDIATE, one writer at a time within a process.
PostgreSQL: as it is. Sessions are short; a write unit is one transaction and commits when its block ends.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from sync.row_layout import json_text
from sync.scope import EVERYTHING, Scope

__all__ = ["Database", "DatabaseFault", "Session", "at_the_end"]

DatabaseFault = DBAPIError  # the database did not do what it was asked: connection lost, locked, full

# `set_config(…, true)` and `SET LOCAL` end with the transaction, so a connection goes back to the pool as it was.
_AS_REGION = text("SELECT set_config('role', 'dexhub_region', true), set_config('dexhub.region', :region, true)")
_CONNECTING = 10  # seconds
_WRITE = {"dexhub_write": True}
_LAST = "work for the end of this transaction"


def at_the_end(session: Session, work: Callable[[Session], None]) -> None:
    """Have `work` done as the last thing of this write transaction: for what locks out others, which then wait for no more
    than the commit.
    """
    session.info.setdefault(_LAST, []).append(work)


class Database:
    """An engine and the two ways to use it."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(
            self.url,
            json_serializer=json_text,
            json_deserializer=orjson.loads,
            connect_args={"timeout": 30, "check_same_thread": False} if self.is_sqlite else self._patience(),
            pool_size=10,
            pool_pre_ping=not self.is_sqlite,
        )
        self._writer = self._engine.execution_options(**_WRITE)
        self._ended = threading.Condition()
        self._sessions = 0
        self._own = threading.local()
        self._glancing: list[Connection] = []  # of every thread that ever glanced
        self._one_writer = threading.Lock() if self.is_sqlite else nullcontext()
        if self.is_sqlite:
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        else:
            event.listen(self._engine, "connect", _prepare_postgresql)

    def _patience(self) -> dict[str, int]:
        """With a server that accepts and says nothing: psycopg would wait for two minutes."""
        return {} if "connect_timeout" in self.url.query else {"connect_timeout": _CONNECTING}

    @property
    def name(self) -> str:
        """Which kind of database this is, by SQLAlchemy's name: sqlite or postgresql."""
        return self._engine.dialect.name

    @property
    def engine(self) -> Engine:
        """The engine, for migrations."""
        return self._engine

    def without_transactions(self) -> Connection:
        """A connection on which each statement stands alone, as it is at that moment. It is not the pool's: whoever asked for
        it closes it.
        """
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()
        return connection

    @contextmanager
    def read(self, scope: Scope = EVERYTHING) -> Iterator[Session]:
        """A session for reading; what it would change is lost. For a region PostgreSQL itself shows nothing else: the
        session takes on a role that owns no table, and names the region, for the length of its transaction.
        """
        with self._counted(), Session(self._engine, expire_on_commit=False) as session:
            if scope.region is not None and not self.is_sqlite:
                session.execute(_AS_REGION, {"region": scope.region})
            yield session

    @contextmanager
    def glance(self, scope: Scope = EVERYTHING) -> Iterator[Session]:
        """A session for a few quick queries, each as things are at its moment. Where nothing has to be said to the database
        beforehand it is the thread's own and stays: taking a connection and opening a transaction costs more than a query. For threads
        that last as long as the process.
        """
        if scope.region is not None:
            with self.read(scope) as session:
                yield session
            return
        with self._counted():
            connection, session = self._lasting()
            try:
                yield session
            finally:
                if session.identity_map:
                    session.expunge_all()  # or whoever keeps an object would be given it again as it was
                if connection.invalidated:  # it was lost, whatever whoever asked made of that
                    self._own.lasting = None

    def _lasting(self) -> tuple[Connection, Session]:
        lasting: tuple[Connection, Session] | None = getattr(self._own, "lasting", None)
        if lasting is None:
            connection = self.without_transactions()
            lasting = self._own.lasting = connection, Session(connection, expire_on_commit=False)
            self._glancing.append(connection)
        return lasting

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one write transaction: commits at the end of the block, or leaves nothing behind."""
        with (
            self._counted(),
            self._one_writer,
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session
            for work in session.info.pop(_LAST, ()):
                work(session)

    def is_empty(self) -> bool:
        """Whether nothing was ever made here."""
        return not inspect(self._engine).get_table_names()

    def close(self) -> None:
        """Give back all connections, when the sessions that threads still have open have ended, or after ten seconds."""
        with self._ended:
            self._ended.wait_for(lambda: self._sessions == 0, timeout=10)
        while self._glancing:
            self._glancing.pop().close()
        self._own = threading.local()
        self._engine.dispose()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._ended:
            self._sessions += 1
        try:
            yield
        finally:
            with self._ended:
                self._sessions -= 1
                self._ended.notify_all()


def _prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ANN401  a DBAPI connection has no type
    del record
    connection.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
    for pragma in (
        "page_size=8192",  # bytes, of a database that is made now; a fifth smaller than with 4096, as rows have 2 kB
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "cache_size=-16384",  # KiB; with the default 2 MB a large pull reads its indices again and again
        "wal_autocheckpoint=8000",  # pages; a large pull writes the same ones again and again before they need to go home
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: Any, record: object) -> None:  # noqa: ANN401  a DBAPI connection has no type
    """Where moments are read as text, they are told in UTC, whatever the server's own zone is."""
    del record
    connection.execute("SET TIME ZONE 'UTC'")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("dexhub_write", False) else "BEGIN")
