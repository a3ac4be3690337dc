"""The line of a process to its database: it stands while the application is served, and is opened again when it was lost."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from gateway.offloading import in_thread
from sync.database import Database, DatabaseFault

if TYPE_CHECKING:
    from sync.repository.line import Line

_PAUSE: Final = 1.0  # seconds between two times that it is opened


class StandingLine:
    """One for an application. Where there is none, because the database is SQLite or does not answer, threads do its work."""

    def __init__(self, database: Database, patience: float) -> None:
        self._database, self._patience = database, patience
        self._line: Line | None = None
        self._opening: asyncio.Task[None] | None = None
        self._stands = False
        self._opened = -_PAUSE

    @asynccontextmanager
    async def standing(self) -> AsyncIterator[None]:
        """While it lasts, there is a line for the running loop, most of the time."""
        if self._database.is_sqlite:
            yield
            return
        self._stands = True
        await self._open()
        try:
            yield
        finally:
            self._stands = False
            if self._opening is not None:
                await self._opening
            if self._line is not None:
                self._line.close()

    def now(self) -> "Line | None":
        """The line, if there is one now."""
        if self._line is not None and not self._line.is_lost:
            return self._line
        if self._stands and self._opening is None and time.monotonic() - self._opened > _PAUSE:
            self._opening = asyncio.get_running_loop().create_task(self._open())
        return None

    async def _open(self) -> None:
        from sync.repository.line import Line  # noqa: PLC0415  who has SQLite alone needs no other driver

        self._opened = time.monotonic()
        with suppress(DatabaseFault):
            connection = await in_thread(self._database.without_transactions)
            self._line = Line(connection, asyncio.get_running_loop(), self._patience)
        self._opening = None
