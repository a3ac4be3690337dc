"""The line of a process to its database: it stands while the application is served, and is opened again when it was lost."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from gateway.offloading import in_thread
from sync.database import Database

if TYPE_CHECKING:
    from sync.repository.line import Line

_PAUSE: Final = 1.0  # seconds until it is opened again; twice as many each time that it did not last
_LONGEST: Final = 60.0
_log: Final = logging.getLogger("dexhub.database")


class StandingLine:
    """One for an application. Where there is none, because the database is SQLite or does not answer, threads do its work."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._line: Line | None = None

    def now(self) -> "Line | None":
        """The line, if there is one now."""
        return self._line if self._line is not None and not self._line.is_lost else None

    @asynccontextmanager
    async def standing(self) -> AsyncIterator[None]:
        """While it lasts, there is a line for the running loop, most of the time."""
        if self._database.is_sqlite:
            yield
            return
        tried = asyncio.Event()
        keeping = asyncio.create_task(self._keep(tried))
        await tried.wait()
        try:
            yield
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping
            if self._line is not None:
                self._line.close()

    async def _keep(self, tried: asyncio.Event) -> None:
        pause = _PAUSE
        while True:
            began = time.monotonic()
            try:
                line = self._line = await self._opened()
                tried.set()
                await line.lost.wait()
            except Exception:  # noqa: BLE001  whatever it is, the next time it may go well
                _log.warning("no line to the database could be opened", exc_info=True)
                tried.set()
            pause = _PAUSE if time.monotonic() - began > _LONGEST else min(2 * pause, _LONGEST)
            await asyncio.sleep(pause)

    async def _opened(self) -> "Line":
        from sync.repository.line import Line, connected  # noqa: PLC0415  who has SQLite alone needs no other driver

        made: list[Any] = []  # a connection, also where whoever waits for it is cancelled meanwhile
        try:
            await in_thread(lambda: made.append(connected(self._database)))
            return Line(made[0], asyncio.get_running_loop())
        except BaseException:
            for connection in made:
                connection.close()
            raise
