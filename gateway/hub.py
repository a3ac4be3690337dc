"""The running hub: its settings and database, and the pulls it has under way."""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from adapters.base import Adapter
from adapters.native import NativeReader
from gateway.feed import Feed
from gateway.key_use import KeyUses
from gateway.known_keys import KnownKeys
from gateway.limits.rates import Rates
from gateway.native import native_readers
from gateway.observing import Figures
from sync.database import Database
from sync.eligibility import pending_sizes
from sync.pull import Puller
from sync.repository.data_version import AtVersion, DataVersion
from sync.scope import EVERYTHING
from sync.settings import Settings
from sync.tables import PullRow

if TYPE_CHECKING:
    from gateway.oidc import Tokens

UPLOADS: Final = 4  # at a time


class Hub:
    """One per process. Pulls started here run in the background, on a loop of their own so that answers do not wait for
    them, and are stopped with the hub.
    """

    def __init__(
        self, settings: Settings, database: Database, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.settings = settings
        self.database = database
        self.now = clock  # the time by which windows of publicity open and close
        self.uploads = threading.BoundedSemaphore(UPLOADS)  # places for those who hand in a table
        self.rates = Rates(settings.limits)
        self.uses = KeyUses()
        self.keys = KnownKeys()
        self.version = DataVersion(database)
        self.to_judge = AtVersion(self.version, self._to_judge)
        self.figures = Figures()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pulls", daemon=True)
        self._pulls: set[Future[PullRow]] = set()
        self._running: set[str] = set()  # codes of the regions that are being pulled

    @cached_property
    def puller(self) -> Puller:
        """One for all pulls, so that it remembers which platforms are left alone; RequestError without a token key."""
        return Puller(self.database, self.settings, self.settings.tokeniser())

    @cached_property
    def feed(self) -> Feed:
        """One for all subscriptions of the process."""
        return Feed(self.database)

    @cached_property
    def tokens(self) -> "Tokens | None":
        """Who believes tokens of an identity provider; None where none is configured."""
        if self.settings.oidc is None:
            return None
        from gateway.oidc import Tokens  # noqa: PLC0415  it says who asks, which is told by a module above this one

        return Tokens(self.settings.oidc)

    @cached_property
    def native_readers(self) -> dict[str, NativeReader]:
        """One a region for all requests, so that they share what was answered and which platforms are left alone."""
        return native_readers(self.settings)

    def _to_judge(self) -> Mapping[str, int]:
        """Entries that wait to be judged, by region; it rests on registers, which no region reads."""
        with self.database.read(EVERYTHING) as session:
            return pending_sizes(session)

    def start_pulls(self, adapters: Sequence[Adapter], started_by: str, *, full: bool) -> tuple[list[str], list[str]]:
        """Start a pull for each region that has none under way; the codes started and those already running."""
        puller, started, running = self.puller, [], []
        if not self._thread.is_alive():
            self._thread.start()
        for adapter in adapters:
            code = adapter.manifest.code
            if code in self._running:
                running.append(code)
                continue
            self._running.add(code)
            pull = asyncio.run_coroutine_threadsafe(self._pull(puller, adapter, started_by, full=full), self._loop)
            self._pulls.add(pull)
            pull.add_done_callback(self._pulls.discard)
            started.append(code)
        return started, running

    async def _pull(self, puller: Puller, adapter: Adapter, started_by: str, *, full: bool) -> PullRow:
        """While what it brought is judged, the region may be pulled again."""
        try:
            row = await puller.run(adapter, started_by, full=full)
        finally:
            self._running.discard(adapter.manifest.code)
        await puller.judge()
        return row

    def stop(self) -> None:
        """Stop what runs, wait for it to say so, and close the database. Whoever serves the hub and whoever opened it may
        both say so; the second time nothing is left to do.
        """
        if self._loop.is_closed():
            return
        for pull in tuple(self._pulls):
            pull.cancel()
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(_ended(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()
        self.version.close()
        self.database.close()


async def _ended() -> None:
    """Let every cancelled pull write down that it was stopped."""
    await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)
