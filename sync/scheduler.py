"""The clock: does each job when it is due, in whichever process claims it first.

APScheduler says when to look (coalesced, jittered, one instance of each); the database says what is due and who does it
(`sync.lease`). So any number of schedulers may run, and one that dies or freezes is replaced by the next tick of another.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from adapters.base import Adapter
from schema.provenance import CHINA
from schema.vocabulary import PullStatus
from sync import retention, run_problems
from sync.audit import seal
from sync.backup import newest_backup_age
from sync.database import Database, DatabaseFault
from sync.eligibility import evaluate
from sync.heartbeat import beating
from sync.lease import Claim, LeaseLostError
from sync.outbox import send_due
from sync.pull import Puller, job_name
from sync.repository.jobs import JobStore
from sync.repository.pulls import problems_as_json
from sync.roster import Author, renew
from sync.settings import Settings

if TYPE_CHECKING:
    from sync.detector import DetectionReport

_log = logging.getLogger("dexhub.scheduler")
_STARTED_BY = "scheduler"
_NIGHT = time(2, 0)  # Beijing time; clerks are asleep, platforms make their backups at midnight
_AGAIN = timedelta(minutes=5)  # after a failure, or when the region is being pulled already
_BACKUP_AGE = timedelta(hours=26)
_DETECTION = timedelta(hours=1)  # into the night, when the regions have been read in full
_OUTBOX_PAUSE = timedelta(seconds=15)  # how late a province's server may hear of what its inbox shows at once

Work = Callable[[Claim], Awaitable[None]]


def next_night(now: datetime, offset: timedelta = timedelta()) -> datetime:
    """The next night's hour after `now`, plus an offset that spreads the regions."""
    tonight = datetime.combine(now.astimezone(CHINA).date(), _NIGHT, CHINA) + offset
    return tonight if tonight > now else tonight + timedelta(days=1)


class Clock:
    """One process's part in the schedule. `look_every` is how often it looks for due jobs, in seconds."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        puller: Puller,
        adapters: Sequence[Adapter],
        *,
        look_every: float = 15,
    ) -> None:
        self._database = database
        self._settings = settings
        self._puller = puller
        # numpy and scipy take a third of a second and 60 MB; only a clock that runs needs them.
        from sync.detector import Detector  # noqa: PLC0415  see above

        self._detector = Detector(database)
        self._works: dict[str, Work] = {
            "detect": self._detect,
            "aggregate": self._aggregate,
            "backup check": self._backup,
            "outbox": self._outbox,
            "audit seal": self._seal,
            "retention": self._retain,
        }
        now = datetime.now(UTC)
        due = {"detect": next_night(now, _DETECTION), "retention": next_night(now, _DETECTION)}
        due |= dict.fromkeys(("aggregate", "backup check", "outbox", "audit seal"), now)
        for index, adapter in enumerate(adapters):
            code = adapter.manifest.code
            self._works[job_name(code)] = self._pulling(adapter)
            self._works[f"reconcile {code}"] = self._reconciling(adapter, timedelta(minutes=5 * index))
            due[job_name(code)] = now
            due[f"reconcile {code}"] = next_night(now, timedelta(minutes=5 * index))
        with database.write() as session:
            for name, moment in due.items():
                JobStore(session).enter(name, moment)
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        # It warns at every tick that finds a job still at work, which here is the rule and no fault.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
        for name, work in self._works.items():
            self._scheduler.add_job(
                self._look,
                IntervalTrigger(seconds=look_every, jitter=look_every / 5, timezone=UTC),
                args=[name, work],
                id=name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=now,
            )

    def start(self) -> None:
        """Begin looking."""
        self._scheduler.start()

    def stop(self) -> None:
        """Look no more; what is under way ends with the loop."""
        self._scheduler.shutdown(wait=False)

    async def _look(self, name: str, work: Work) -> None:
        """Do a job if it is due and nobody else does it."""
        try:
            claim = await asyncio.to_thread(self._puller.leases.claim, name, only_if_due=True)
            if claim is not None:
                await work(claim)
        except LeaseLostError:
            _log.warning("%s: the lease was lost, another process does it", name)
        except DatabaseFault as error:
            _log.warning(
                "%s: the database did not answer (%s), tried again at the next tick", name, type(error).__name__
            )

    def _pulling(self, adapter: Adapter) -> Work:
        async def work(claim: Claim) -> None:
            row = await self._puller.pull(adapter, _STARTED_BY, claim=claim)
            if row.created or row.changed or row.withdrawn:
                await asyncio.to_thread(self._hasten_detection)

        return work

    def _reconciling(self, adapter: Adapter, offset: timedelta) -> Work:
        async def work(claim: Claim) -> None:
            async with beating(self._puller.leases, claim):
                # Claimed here and not by the pull, which would do so on the loop that all other jobs share.
                job = job_name(adapter.manifest.code)
                held = await asyncio.to_thread(self._puller.leases.claim, job)
                row = await self._puller.pull(adapter, _STARTED_BY, full=True, claim=held) if held else None
            if row is None:
                problems = problems_as_json([run_problems.already_running(job)])
                await self._release(claim, PullStatus.FAILED, _AGAIN, problems)
                return
            now = datetime.now(UTC)
            await self._release(
                claim, row.status, _AGAIN if row.problems else next_night(now, offset) - now, row.problems
            )
            if row.created or row.changed or row.withdrawn:
                await asyncio.to_thread(self._hasten_detection)

        return work

    async def _detect(self, claim: Claim) -> None:
        async with beating(self._puller.leases, claim):
            report = await asyncio.to_thread(self._detected, claim)
            await asyncio.to_thread(evaluate, self._database, report.touched, datetime.now(UTC))
        how = "all" if report.full else f"{report.compared} changed"
        outcome = f"{how} of {report.entries} compared: {report.cases} cases, {report.opened} opened, {report.reopened} reopened"
        now = datetime.now(UTC)
        await self._release(claim, outcome, next_night(now, _DETECTION) - now)

    def _detected(self, claim: Claim) -> "DetectionReport":
        """Compare what changed; everything, where the last time was before the night."""
        snapshot = self._detector.snapshot_at
        return self._detector.run(
            full=snapshot is None or next_night(snapshot, _DETECTION) <= datetime.now(UTC),
            confirm=lambda session: self._puller.leases.confirm(session, claim),
            progress=lambda _, stage, done, total: _log.info("detect: %s %d of %d", stage, done, total),
        )

    async def _aggregate(self, claim: Claim) -> None:
        author = Author(_STARTED_BY, "数据有变化 / data changed", datetime.now(UTC))
        made = await asyncio.to_thread(renew, self._database, author)
        outcome = f"version {made.number}, {made.digest[:12]}" if made else "nothing changed"
        await self._release(claim, outcome, timedelta(hours=1))

    async def _backup(self, claim: Claim) -> None:
        age = newest_backup_age(self._settings.backup_folder, datetime.now(UTC))
        outcome = "no backup folder is configured" if self._settings.backup_folder is None else f"newest is {age} old"
        if age is not None and age > _BACKUP_AGE:
            outcome = f"too old: {outcome}"
        await self._release(claim, outcome, timedelta(hours=6))

    async def _outbox(self, claim: Claim) -> None:
        async with beating(self._puller.leases, claim):
            report = await send_due(self._database, self._settings)
        outcome = f"{report.delivered} delivered, {report.failed} failed"
        await self._release(claim, outcome, _OUTBOX_PAUSE)

    async def _seal(self, claim: Claim) -> None:
        made = await asyncio.to_thread(
            seal, self._database, self._settings.signer_if_any(), self._settings.seals_file, datetime.now(UTC)
        )
        outcome = f"{made.count} records, {made.head[:12]}" if made else "nothing is on record yet"
        await self._release(claim, outcome, timedelta(hours=1))

    async def _retain(self, claim: Claim) -> None:
        days, now = self._settings.retention_days, datetime.now(UTC)
        removed = await asyncio.to_thread(retention.apply, self._database, days, now, "scheduler")
        outcome = f"older than {days} days: {removed.payloads} payloads, {removed.quarantined} rows set aside"
        await self._release(claim, outcome, next_night(now, _DETECTION) - now)

    async def _release(
        self, claim: Claim, outcome: str, pause: timedelta, problems: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        """End a claim; the job is due again after `pause`."""
        due = datetime.now(UTC) + pause
        await asyncio.to_thread(self._puller.leases.release, claim, outcome, problems, due)

    def _hasten_detection(self) -> None:
        with self._database.write() as session:
            JobStore(session).hasten("detect", datetime.now(UTC))
