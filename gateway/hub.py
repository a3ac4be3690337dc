"""The running hub: its settings and database, and the pulls it has under way."""

import asyncio
from collections.abc import Sequence

from adapters.base import Adapter
from sync.database import Database
from sync.pull import Puller
from sync.settings import Settings


class Hub:
    """One per process. Pulls started here run in the background and are stopped with it."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self._pulls: dict[str, asyncio.Task[object]] = {}

    def start_pulls(self, adapters: Sequence[Adapter], started_by: str, *, full: bool) -> tuple[list[str], list[str]]:
        """Start a pull for each region that has none under way; the codes started and those already running."""
        puller = Puller(self.database, self.settings, self.settings.tokeniser())
        started, running = [], []
        for adapter in adapters:
            code = adapter.manifest.code
            if code in self._pulls:
                running.append(code)
                continue
            task = asyncio.create_task(puller.pull(adapter, started_by, full=full), name=f"pull {code}")
            self._pulls[code] = task
            task.add_done_callback(lambda _, code=code: self._pulls.pop(code, None))  # type: ignore[misc]
            started.append(code)
        return started, running

    async def stop(self) -> None:
        """Stop what runs and close the database."""
        tasks = list(self._pulls.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.database.close()
