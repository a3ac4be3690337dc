"""kill -9 at any moment of a pull: nothing is lost and nothing stored twice.

Rounds of pulls that are killed at random moments, while entries come, change, go and return on the platforms. After each
round one run is left in peace, and the database must equal one that has only ever seen runs left in peace.
"""

import asyncio
import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from adapters.sandbox.registrations import Corpus, Registration
from adapters.sandbox.serve import corpus, even_sizes, platforms, serving
from schema.provenance import CHINA
from schema.vocabulary import PullStatus
from sync.database import Database
from sync.repository.jobs import JobStore
from sync.repository.pulls import PullStore
from sync.scope import EVERYTHING

ROUNDS = 5
KILLS = 21  # in each round
LEASE = 10  # seconds: a run in peace must not lose it on a busy machine, and what the killed leave is ended below
SIZE = 60  # entries over all regions, half of them there from the beginning
LEAVES = 2  # in a round and region, which is within every guard
RENAMES = 6  # as above


class Region:
    """Life on one platform. What is `touched` has a version in this round that a killed run may or may not have stored:
    it must not leave before the round is over, or the two databases would rightly remember different last words of it.
    """

    def __init__(self, site, made: list[Registration], chance: random.Random) -> None:
        self.site = site
        self.chance = chance
        self.coming = made[len(made) // 2 :]
        self.there = {each.native_id: each for each in made[: len(made) // 2] if each.flaw is None}
        self.away: list[Registration] = []
        self.spoilt: list[Registration] = []
        self.touched = set(self.there)  # in the first round nothing is stored yet that could leave
        self.leaves, self.renames = LEAVES, RENAMES

    def begin_round(self) -> None:
        self.touched = set()
        self.leaves, self.renames = LEAVES, RENAMES

    def happen(self, now: datetime) -> None:
        """One thing."""
        self.chance.choice(
            (self.come, self.come, self.change, self.change, self.rename, self.leave, self.back, self.spoil)
        )(now)

    def come(self, now: datetime) -> None:
        if self.coming:
            self._put(self.coming.pop(), now)

    def change(self, now: datetime) -> None:
        made = self.chance.choice(list(self.there.values()))
        self._put(replace(made, summary=f"{now:%m%d%H%M}，{made.summary}"[:400]), now)

    def rename(self, now: datetime) -> None:
        if self.renames:
            self.renames -= 1
            made = self.chance.choice(list(self.there.values()))
            self._put(replace(made, title=f"{now:%m%d%H%M}，{made.title}"[:40]), now)

    def leave(self, now: datetime) -> None:
        if self.leaves and (made := self._untouched()):
            self.leaves -= 1
            self.away.append(made)
            self.site.cancel(made.native_id, now)

    def back(self, now: datetime) -> None:
        if self.away:
            self._put(self.away.pop(self.chance.randrange(len(self.away))), now)

    def spoil(self, now: datetime) -> None:
        """An entry's row goes bad, or a bad one is mended."""
        if self.spoilt:
            self._put(self.spoilt.pop(), now)
        elif made := self._untouched():
            self.spoilt.append(made)
            self.site.put(replace(made, updated_at=now, flaw="unknown_stage"))

    def _put(self, made: Registration, now: datetime) -> None:
        made = replace(made, updated_at=now)
        self.touched.add(made.native_id)
        if made.flaw is None:
            self.there[made.native_id] = made
        self.site.put(made)

    def _untouched(self) -> Registration | None:
        """An entry that did nothing yet in this round, taken off those that are there."""
        free = sorted(self.there.keys() - self.touched)
        return self.there.pop(self.chance.choice(free)) if free else None


class Season:
    """Life on all platforms, a minute between two things."""

    def __init__(self, content: Corpus, chance: random.Random) -> None:
        self.sites = platforms(
            replace(content, registrations={k: v[: len(v) // 2] for k, v in content.registrations.items()})
        )
        self.chance = chance
        self.regions = [Region(site, content.registrations[site.adapter.manifest.slug], chance) for site in self.sites]
        self.now = datetime(2025, 10, 1, 9, 30, tzinfo=CHINA)  # later than any change of the corpus

    def begin_round(self) -> None:
        for region in self.regions:
            region.begin_round()

    def go_on(self) -> None:
        """One to three things in every region."""
        for region in self.regions:
            for _ in range(self.chance.randint(1, 3)):
                self.now += timedelta(minutes=1)
                region.happen(self.now)

    def end_round(self) -> None:
        """A last thing in every region, so that the newest row of each is one that counts for its watermark."""
        for region in self.regions:
            self.now += timedelta(minutes=1)
            region.change(self.now)


def running(database: Database) -> set[str]:
    """Runs that never said how they ended."""
    with database.engine.connect() as connection:
        return set(connection.scalars(text("SELECT id FROM pull WHERE status = 'RUNNING'")))


def last_end(database: Database) -> datetime:
    """When the last run ended."""
    with database.read() as session:
        return max(row.finished_at for row in PullStore(session).runs(EVERYTHING, (), 100) if row.finished_at)


def let_leases_end(database: Database) -> None:
    """What time does to the claims that a killed run leaves behind; we need not wait for it."""
    with database.write() as session:
        session.execute(text("UPDATE job SET lease_until = started_at WHERE holder IS NOT NULL"))


def loose_ends(database: Database) -> tuple[set[str], list[str], list[str]]:
    """Runs that are stored as under way, runs that are shown as under way, jobs that are held."""
    with database.read() as session:
        shown = [row.id for row in PullStore(session).runs(EVERYTHING, (), 10_000) if row.status == PullStatus.RUNNING]
        held = [job.name for job in JobStore(session).all() if job.holder or job.lease_until]
    return running(database), shown, held


async def test_pulls_killed_at_any_moment_lose_nothing_and_store_nothing_twice(backend, forks, contents) -> None:
    seed = random.getrandbits(32)  # told below, so that a failure can be had again
    chance = random.Random(seed)
    season = Season(corpus(even_sizes(SIZE), seed), chance)
    struck, spared, trial = (Database(backend.new("empty")) for _ in range(3))
    kills, hits = 0, 0
    async with serving(season.sites) as endpoints:

        async def start(database: Database, *, full: bool) -> int:
            url = database.url.render_as_string(hide_password=False)
            return await forks.start("pull", url, endpoints, lease=LEASE, full=full)

        async def in_peace(database: Database, *, full: bool) -> float:
            """The seconds that a run takes which nobody disturbs."""
            process, began = await start(database, full=full), time.monotonic()
            assert await forks.end(process) == 0, f"seed {seed}"
            return time.monotonic() - began

        for number in range(ROUNDS):
            full = number % 2 == 1
            season.go_on()
            whole = await in_peace(trial, full=full)
            while kills < (number + 1) * KILLS:
                season.go_on()
                before = running(struck)
                process, began = await start(struck, full=full), datetime.now(UTC)
                await asyncio.sleep(chance.uniform(0, 1.2 * whole))
                if await forks.kill(process) < 0:
                    kills += 1
                    hits += bool(running(struck) - before)
                else:  # it was through before, so a whole run takes less than was thought
                    whole = (last_end(struck) - began).total_seconds()
                let_leases_end(struck)
            season.end_round()
            await in_peace(struck, full=full)
            await in_peace(spared, full=full)
            report = f"seed {seed}, round {number}, {kills} kills, {hits} of them within a run of some {whole:.2f} s"
            print(report)  # noqa: T201  for whoever runs it with -s
            assert (contents(struck), loose_ends(struck)) == (contents(spared), (set(), [], [])), report
            season.begin_round()
    assert (kills >= 100, hits > kills / 2) == (True, True), report
    for database in (struck, spared, trial):
        database.close()
