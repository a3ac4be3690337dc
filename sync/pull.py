"""Pulls a region: asks its adapter for what changed, stores it page by page, and moves the watermark at the end.

Every page is one transaction, begun by confirming the claim under which the run was started. The watermark moves in the
last one, so a run that dies is simply repeated: what was stored is recognised, nothing is stored twice. It never passes
the start of the run. Regions are pulled side by side; one that fails costs its own freshness and nothing else.

Storing runs on the event loop itself: it is work, not waiting, and threads only made it fight with mapping for the
interpreter. So pulls have a loop of their own, apart from a server's; mapping goes to processes where there is much of it
(see `sync.preparing`).
"""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from functools import partial
from traceback import format_tb
from typing import Final
from uuid import uuid4

from adapters.base import Adapter
from adapters.circuit import Circuits
from adapters.source import Position
from adapters.transport import Endpoint, Limits, open_transport
from schema.errors import Problem, SourceError, redact
from schema.identity import Tokeniser
from schema.vocabulary import PullStatus
from sync import guard, run_problems
from sync.database import Database, DatabaseFault
from sync.desk import PreparedPage
from sync.eligibility import catch_up
from sync.guard import Held
from sync.heartbeat import beating
from sync.lease import Claim, LeaseLostError, Leases
from sync.preparing import Preparer
from sync.repository.entries import EntryStore
from sync.repository.guard_stops import GuardStopStore
from sync.repository.jobs import JobStore
from sync.repository.payloads import PayloadStore
from sync.repository.pulls import PullStore, problems_as_json
from sync.run import Run
from sync.scope import EVERYTHING
from sync.settings import Settings
from sync.tables import PullRow

_log = logging.getLogger("dexhub.pull")

# Region code, rows read so far, rows in all where known. When all are stored: JUDGING, entries judged, entries to judge.
Progress = Callable[[str, int, int | None], None]
JUDGING: Final = "judging"

_AGAIN = timedelta(minutes=5)  # until a failed pull is tried again


def silent(region: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""
    del region, done, total


class Puller:
    """Pulls regions into one database, as one holder of leases."""

    def __init__(self, database: Database, settings: Settings, tokens: Tokeniser, limits: Limits | None = None) -> None:
        self._database = database
        self._settings = settings
        self._preparer = Preparer(tokens, database.name, settings.mapping_processes)
        self._limits = limits
        self._circuits = Circuits()
        holder = f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}"
        self.leases = Leases(database, holder, settings.lease_seconds)

    async def pull_all(
        self, adapters: Sequence[Adapter], started_by: str, progress: Progress = silent, *, full: bool = False
    ) -> list[PullRow]:
        """Pull these regions side by side; their runs, in the same order."""
        runs = (self.run(adapter, started_by, progress, full=full) for adapter in adapters)
        rows = list(await asyncio.gather(*runs))
        await self.judge(progress)
        return rows

    async def pull(
        self,
        adapter: Adapter,
        started_by: str,
        progress: Progress = silent,
        *,
        full: bool = False,
        claim: Claim | None = None,
    ) -> PullRow:
        """Pull one region, judge what changed, and say how it went; never raises for what a platform, a database or
        another process does.

        `full` asks from the beginning and withdraws what is no longer there. A `claim` may have been had before; else
        the region's job is claimed here, and a run that is under way elsewhere is told as a problem.
        """
        row = await self.run(adapter, started_by, progress, full=full, claim=claim)
        await self.judge(progress)
        return row

    async def judge(self, progress: Progress = silent) -> None:
        """Judge what runs have changed, beside the loop, which must go on, for other runs to keep their leases."""
        await asyncio.to_thread(catch_up, self._database, partial(progress, JUDGING))

    async def run(
        self,
        adapter: Adapter,
        started_by: str,
        progress: Progress = silent,
        *,
        full: bool,
        claim: Claim | None = None,
    ) -> PullRow:
        """As `pull`, and leave what changed to be judged."""
        region = adapter.manifest.code
        row = PullRow(
            id=uuid4().hex, region=region, status=PullStatus.RUNNING, started_by=started_by,
            started_at=datetime.now(UTC), problems=[], drift=[],
        )  # fmt: skip
        try:
            claim = claim or self.leases.claim(job_name(region))
        except DatabaseFault as error:
            return _ended(row, PullStatus.FAILED, [run_problems.database_lost(region, error)])
        if claim is None:
            return _ended(row, PullStatus.FAILED, [run_problems.already_running(job_name(region))])
        row.token = claim.token
        try:
            async with beating(self.leases, claim):
                status, problems = await self._read(adapter, row, claim, progress, full=full)
                self._end(adapter, row, claim, status, problems)
        except LeaseLostError as error:
            return _ended(row, PullStatus.FAILED, error.problems)  # whoever took the job over has ended the stored row
        except asyncio.CancelledError:
            self._end(adapter, row, claim, PullStatus.FAILED, [run_problems.stopped(region)])
            raise
        except DatabaseFault as error:
            return _ended(
                row, PullStatus.FAILED, [run_problems.database_lost(region, error)]
            )  # the next claim ends the stored row
        except Exception as error:  # noqa: BLE001  a defect of ours in one region must not end the others' pulls
            # The trace without the message as it came, which may hold what a platform sent.
            trace = "".join(format_tb(error.__traceback__))
            _log.error("pull %s: %s: %s\n%s", region, type(error).__name__, redact(error), trace)
            self._end(adapter, row, claim, PullStatus.FAILED, [run_problems.defect(region, error)])
        return row

    async def _read(
        self, adapter: Adapter, row: PullRow, claim: Claim, progress: Progress, *, full: bool
    ) -> tuple[PullStatus, Sequence[Problem]]:
        run, known = self._begin(adapter, row, claim, full=full)
        try:
            endpoint = self._endpoint(adapter.manifest.slug)
            source = adapter.source_at(endpoint)
            run.complete = run.position.since is None or source.complete_listing
            async with open_transport(self._limits, self._circuits) as transport, self._preparer as preparer:
                raw_pages = source.pages(transport, run.position)
                async with aclosing(preparer.pages(adapter, raw_pages, known)) as pages:
                    async for page in pages:
                        self._store(run, page)
                        progress(row.region, row.rows_read, page.total)
                        del page  # or it would wait with us for the next one
            stopped = self._finish(adapter, run)
        except SourceError as error:
            return PullStatus.FAILED, error.problems
        finally:
            row.drift = run.drift.found()
        return (PullStatus.PAUSED, [stopped]) if stopped else (PullStatus.SUCCEEDED, [])

    def _endpoint(self, slug: str) -> Endpoint:
        platform = self._settings.platforms.get(slug)
        if platform is None:
            raise SourceError(run_problems.not_configured(slug))
        return platform.endpoint()

    def _begin(self, adapter: Adapter, row: PullRow, claim: Claim, *, full: bool) -> tuple[Run, Mapping[str, str]]:
        manifest = adapter.manifest
        with self._database.write() as session:
            self.leases.confirm(session, claim)
            store = PullStore(session)
            store.reap(manifest.code, claim.token, row.started_at)
            store.save(row)
            state = store.state(manifest.code)
            overridden = GuardStopStore(session, EVERYTHING).pending_override(manifest.code) is not None
            # The cursor says "as it was then", which stops being true with the first page that is stored: a run that dies
            # in between must not leave it behind. The end of the run sets it again.
            cursor, state.cursor = state.cursor, None
            store.save(state)
        with self._database.read() as session:
            known, active = EntryStore(session).standing(manifest.code)
        position = Position()
        if not full and state.mapping_version == manifest.mapping_version:
            overlap = timedelta(minutes=manifest.capabilities.overlap_minutes)
            asks = state.watermark is not None and manifest.capabilities.changes == "since"
            position = Position(state.watermark - overlap if asks and state.watermark else None, cursor)
        return Run(row, claim, position, Held(manifest.guard.rewrites.of(active)), overridden), known

    def _store(self, run: Run, page: PreparedPage) -> None:
        """Store one page: what is new or merely changed at once; rewrites and withdrawals are held back."""
        now, row = datetime.now(UTC), run.row
        row.rows_read += page.rows()
        row.rows_total = page.total
        with self._database.write() as session:
            self.leases.confirm(session, run.claim)
            store, pulls = EntryStore(session), PullStore(session)
            delta = store.compare(page.prepared)
            if run.overridden:
                delta.changed, delta.rewritten = [*delta.changed, *delta.rewritten], []
            store.add(delta.new)
            store.replace(delta.changed, row.id)
            store.touch(delta.same)
            PayloadStore(session).keep([*delta.new, *delta.changed, *delta.same])
            pulls.quarantine(row.region, page.rejected, now)
            pulls.release(row.region, [key.partition(":")[2] for key in page.ids()])
            pulls.progress(row.id, row.rows_read, row.rows_total)
        run.add(page, delta)

    def _finish(self, adapter: Adapter, run: Run) -> Problem | None:
        """Apply what was held back, within bounds, and move the watermark, in one transaction; or stop, and do neither."""
        manifest, row, now = adapter.manifest, run.row, datetime.now(UTC)
        complete = run.complete and not run.not_modified
        with self._database.write() as session:
            self.leases.confirm(session, run.claim)
            store, pulls = EntryStore(session), PullStore(session)
            stops = GuardStopStore(session, EVERYTHING)
            active = store.active_ids(manifest.code) if complete or run.held.gone else set()
            absent = active - run.seen - run.rejected if complete else set()
            gone = sorted(absent | (active & set(run.held.gone)))
            stopped = guard.stop(session, manifest.guard, run.held, gone, run_id=row.id, region=manifest.code, now=now)
            given = stops.pending_override(manifest.code) if run.overridden else None
            if stopped is not None and given is None:
                stops.add(stopped)
                return guard.problem(stopped)
            if given is not None:
                given.used_at = now
            store.replace(run.held.rewrites, row.id)
            PayloadStore(session).keep(run.held.rewrites)
            row.changed += len(run.held.rewrites)
            row.withdrawn += store.withdraw(gone, now)
            if complete:
                pulls.forget_unseen(manifest.code, row.started_at)
            state = pulls.state(manifest.code)
            # Rows that were only recognised count as well: an earlier run may have stored them and died.
            newest = store.newest_update(manifest.code) if complete else run.newest
            if newest is not None:
                reached = min(newest, row.started_at)
                state.watermark = max(reached, state.watermark) if state.watermark else reached
            state.cursor = run.cursor or state.cursor
            state.mapping_version = manifest.mapping_version
            state.succeeded_at = now
            pulls.save(state)
        return None

    def _end(
        self, adapter: Adapter, row: PullRow, claim: Claim, status: PullStatus, problems: Sequence[Problem]
    ) -> None:
        """Write down how the run ended and give the claim back, in one transaction."""
        _ended(row, status, problems)
        with self._database.write() as session:
            self.leases.confirm(session, claim)
            PullStore(session).save(row)
            cadence = timedelta(minutes=adapter.manifest.cadence.every_minutes)
            due = row.started_at + (min(cadence, _AGAIN) if status is PullStatus.FAILED else cadence)
            JobStore(session).release(claim.job, claim.token, status, row.problems, due)


def job_name(region: str) -> str:
    """The job under which a region is pulled, whoever pulls it and for what reason."""
    return f"pull {region}"


def _ended(row: PullRow, status: PullStatus, problems: Sequence[Problem]) -> PullRow:
    row.status, row.finished_at, row.problems = status, datetime.now(UTC), problems_as_json(problems)
    return row
