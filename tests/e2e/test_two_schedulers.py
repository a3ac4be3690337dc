"""Two scheduler processes on one PostgreSQL: no job is ever done by both, and what one of them drops the other picks up,
also when one is frozen, loses its connections, or is killed. Striking happens where it hurts: between two pages of a
pull, at a gate before the platform, or within a write transaction, at a lock that a trigger waits for.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from adapters.registry import regions
from adapters.sandbox.serve import corpus, even_sizes, platforms, serving
from sync.database import Database
from sync.repository.jobs import JobStore
from sync.repository.pulls import PullStore
from sync.scope import EVERYTHING
from sync.tables import JobRow, PullRow

LEASE = 2.0  # seconds
TURNS = 8
HELD = "41"  # the region whose pull is struck
JOB = f"pull {HELD}"
PULLS = {f"pull {code}" for code in regions()}
LOCK = 20251001  # any number

SLOW_DATABASE = f"""
CREATE FUNCTION wait_at_lock() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_xact_lock_shared({LOCK}); RETURN NEW; END $$;
CREATE TRIGGER wait_at_lock BEFORE UPDATE ON pull FOR EACH ROW WHEN (NEW.region = '{HELD}' AND NEW.rows_read > 0)
EXECUTE FUNCTION wait_at_lock();
"""


class Slow:
    """A platform that takes its time, in the place of a fault; counts the questions it is asked at once."""

    after = 0

    def __init__(self) -> None:
        self.most = self._now = 0

    def used(self) -> "Slow":
        return self

    async def spoilt(self, request, handler, _last: object):
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0.02)
        self._now -= 1
        return await handler(request)


class Stage:
    """Five platforms, a database, and schedulers over them."""

    def __init__(self, database: Database, sites: dict[str, Any], start: Callable, until: Callable) -> None:
        self.database = database
        self.sites = sites
        self.start = start
        self.until = until
        self.schedulers: set[int] = set()

    async def schedulers_begin(self, count: int = 2) -> None:
        self.schedulers = {await self.start("schedule", self.database) for _ in range(count)}

    def jobs(self) -> dict[str, JobRow]:
        with self.database.read() as session:
            return {job.name: job for job in JobStore(session).all()}

    def holder(self) -> int:
        """The process that pulls the held region now."""
        return process_of(self.jobs()[JOB])

    def hasten(self) -> None:
        """Let all that these tests count be due now."""
        with self.database.write() as session:
            for name in (*PULLS, "aggregate"):
                JobStore(session).hasten(name, datetime.now(UTC))

    def runs(self, region: str = HELD) -> list[PullRow]:
        """The region's runs, oldest first."""
        with self.database.read() as session:
            return PullStore(session).runs(EVERYTHING, [region], 1000)[::-1]

    def told(self) -> list[tuple[int, str, list[str]]]:
        """What is shown of each run of the held region."""
        return [(run.token, run.status, [problem["code"] for problem in run.problems]) for run in self.runs()]

    def rows_of_held(self) -> int:
        with self.database.engine.connect() as connection:
            return connection.scalar(text(f"SELECT count(*) FROM entry WHERE region = '{HELD}'"))

    async def until_done(self, names: set[str] = PULLS, token: int = 1) -> None:
        """Wait until nobody does these jobs, none of them is due, and each was claimed so many times."""

        def done() -> bool:
            jobs, now = self.jobs(), datetime.now(UTC)
            return all(
                jobs[name].holder is None and jobs[name].due_at > now and jobs[name].token >= token for name in names
            )

        await self.until(done)

    @contextmanager
    def lock(self):
        """Holds up whoever has stored a page of the held region, before it commits; gives how many wait."""
        with self.database.engine.connect() as connection:
            connection.execute(text(SLOW_DATABASE))
            connection.commit()
            connection.execute(text(f"SELECT pg_advisory_lock({LOCK})"))
            connection.commit()
            waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            yield lambda: connection.scalar(waiting)
            connection.execute(text(f"SELECT pg_advisory_unlock({LOCK})"))
            connection.commit()


def process_of(job: JobRow) -> int:
    assert job.holder is not None
    return int(job.holder.split("/")[1])


@pytest.fixture
async def stage(postgres_backend, forks, until) -> AsyncIterator[Stage]:
    sites = platforms(corpus(even_sizes(30 * len(regions())), seed=31))
    database = Database(postgres_backend.new("empty"))
    async with serving(sites) as endpoints:

        async def start(work: str, where: Database) -> int:
            return await forks.start(work, where.url.render_as_string(hide_password=False), endpoints, lease=LEASE)

        yield Stage(database, {site.adapter.manifest.code: site for site in sites}, start, until)
        await forks.kill_all()
    database.close()


@pytest.fixture
async def undisturbed(stage, postgres_backend, forks, contents) -> Callable:
    """What the database would hold if nothing had happened."""

    async def pull() -> dict:
        other = Database(postgres_backend.new("empty"))
        assert await forks.end(await stage.start("pull", other)) == 0
        found = contents(other)
        other.close()
        return found

    return pull


async def test_two_schedulers_do_every_due_job_exactly_once(stage) -> None:
    slow = {code: Slow() for code in stage.sites}
    for code, site in stage.sites.items():
        site.fault = slow[code]
    await stage.schedulers_begin()
    seen: set[int] = set()

    def done(turns: int) -> bool:
        jobs, now = stage.jobs(), datetime.now(UTC)
        ours = [jobs[name] for name in (*PULLS, "aggregate")]
        seen.update(process_of(job) for job in ours if job.holder)
        return all(job.holder is None and job.due_at > now and job.token >= turns for job in ours)

    turns = 1
    await stage.until(lambda: done(1))
    while turns < TURNS or (len(seen) < 2 and turns < 5 * TURNS):  # whose turn it is, is a matter of luck
        stage.hasten()
        turns += 1
        await stage.until(lambda turns=turns: done(turns))
    runs = {code: stage.runs(code) for code in stage.sites}
    overlaps = [(a.id, b.id) for each in runs.values() for a, b in pairwise(each) if a.finished_at > b.started_at]
    assert (seen, overlaps, [gate.most for gate in slow.values()]) == (stage.schedulers, [], [1] * len(runs))
    assert {code: [(run.token, run.status) for run in each] for code, each in runs.items()} == {
        code: [(number, "SUCCEEDED") for number in range(1, turns + 1)] for code in runs
    }
    assert stage.jobs()["aggregate"].token == turns


async def test_one_that_is_frozen_past_its_lease_writes_nothing_when_it_wakes(
    stage, forks, gate, contents, undisturbed
) -> None:
    stage.sites[HELD].fault = between = gate(free=1)
    await stage.schedulers_begin()
    await stage.until(between.reached.is_set)
    await stage.until_done(PULLS - {JOB})
    frozen, stored = stage.holder(), stage.rows_of_held()
    os.kill(frozen, signal.SIGSTOP)
    between.open.set()
    await stage.until_done(token=2, names={JOB})
    after = contents(stage.database)
    assert stage.told() == [(1, "FAILED", ["RUN_DIED"]), (2, "SUCCEEDED", [])]
    await forks.kill(*(stage.schedulers - {frozen}))
    os.kill(frozen, signal.SIGCONT)
    stage.hasten()
    await stage.until_done(token=3, names={JOB})  # which it begins only when it is through with what it was doing
    assert stage.told()[:2] == [(1, "FAILED", ["RUN_DIED"]), (2, "SUCCEEDED", [])]
    assert (0 < stored < stage.rows_of_held(), contents(stage.database)) == (True, after)
    assert after == await undisturbed()


async def test_one_that_is_frozen_within_a_transaction_holds_nobody_up(stage, forks, contents, undisturbed) -> None:
    with stage.lock() as waiting:
        await stage.schedulers_begin()
        await stage.until(lambda: waiting() == 1)
        await stage.until_done(PULLS - {JOB})
        frozen = stage.holder()
        os.kill(frozen, signal.SIGSTOP)
    await stage.until_done(token=2, names={JOB})
    os.kill(frozen, signal.SIGCONT)
    await forks.kill(*(stage.schedulers - {frozen}))
    stage.hasten()
    await stage.until_done(token=3, names={JOB})
    assert stage.told() == [(1, "FAILED", ["RUN_DIED"]), (2, "SUCCEEDED", []), (3, "SUCCEEDED", [])]
    assert contents(stage.database) == await undisturbed()


async def test_connections_that_are_killed_within_a_transaction_cost_one_run(stage, contents, undisturbed) -> None:
    with stage.lock() as waiting:
        await stage.schedulers_begin()
        await stage.until(lambda: waiting() == 1)
        kill_connections(stage.database, "wait_event = 'advisory'")
    await stage.until_done(token=2, names={JOB})
    assert stage.told() == [(1, "FAILED", ["RUN_DIED"]), (2, "SUCCEEDED", [])]
    await stage.until_done()
    assert contents(stage.database) == await undisturbed()


async def test_connections_that_are_killed_between_two_pages_cost_nothing(stage, gate, contents, undisturbed) -> None:
    stage.sites[HELD].fault = between = gate(free=1)
    await stage.schedulers_begin()
    await stage.until(between.reached.is_set)
    kill_connections(stage.database, "application_name <> 'test'")
    between.open.set()
    await stage.until_done()
    assert [(status, problems) for _, status, problems in stage.told()][-1] == ("SUCCEEDED", [])
    assert contents(stage.database) == await undisturbed()


async def test_what_a_killed_scheduler_did_is_done_by_the_other(stage, forks, gate, contents, undisturbed) -> None:
    stage.sites[HELD].fault = between = gate(free=1)
    await stage.schedulers_begin()
    await stage.until(between.reached.is_set)
    await forks.kill(stage.holder())
    began = time.monotonic()
    between.open.set()
    await stage.until(lambda: stage.jobs()[JOB].token == 2)
    seconds = time.monotonic() - began
    await stage.until_done()
    assert (seconds < 4 * LEASE, stage.told()) == (True, [(1, "FAILED", ["RUN_DIED"]), (2, "SUCCEEDED", [])])
    assert contents(stage.database) == await undisturbed()


def kill_connections(database: Database, which: str) -> None:
    """End the connections of others to this database."""
    with database.engine.connect() as connection:
        mine = "datname = current_database() AND pid <> pg_backend_pid()"
        killed = connection.scalars(
            text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine} AND {which}")
        )
        assert any(killed)
