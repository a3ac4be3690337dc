"""The clock: pulls each region at its manifest's cadence and detects duplicates after a pull that changed something.

APScheduler says when; what is done stands in `sync.pull` and `sync.cases`. One instance of a job at a time, missed ticks
run once, starts are spread so that five platforms are not asked in the same second.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from adapters.base import Adapter
from sync.cases import detect
from sync.database import Database
from sync.pull import Puller

_log = logging.getLogger("dexhub.scheduler")
_SPREAD = timedelta(seconds=3)
_JITTER = 30  # seconds
_STARTED_BY = "scheduler"


class Clock:
    """Runs while its event loop does."""

    def __init__(self, database: Database, puller: Puller, adapters: Sequence[Adapter]) -> None:
        self._database = database
        self._puller = puller
        self._detecting = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        for index, adapter in enumerate(adapters):
            self._scheduler.add_job(
                self._pull,
                IntervalTrigger(minutes=adapter.manifest.cadence.every_minutes, jitter=_JITTER, timezone=UTC),
                args=[adapter],
                id=f"pull {adapter.manifest.code}",
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=datetime.now(UTC) + _SPREAD * (index + 1),
            )

    def start(self) -> None:
        """Begin ticking."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; a pull under way is left to end or to be cancelled with the loop."""
        self._scheduler.shutdown(wait=False)

    def next_runs(self) -> dict[str, datetime]:
        """When each job runs next."""
        return {job.id: job.next_run_time for job in self._scheduler.get_jobs()}

    async def _pull(self, adapter: Adapter) -> None:
        row = await self._puller.pull(adapter, _STARTED_BY)
        _log.info("pull %s: %s, %d new, %d changed", adapter.manifest.code, row.status, row.created, row.changed)
        if row.created or row.changed or row.withdrawn:
            async with self._detecting:
                report = await asyncio.to_thread(detect, self._database)
            _log.info("detection: %d cases, %d opened", report.cases, report.opened)
