"""kill -9 while a process maps beside a pull: that process ends by itself, and nothing is lost or stored twice."""

import asyncio
import random
import time
from pathlib import Path

from sqlalchemy import text

from adapters.registry import regions
from adapters.sandbox.serve import corpus, platforms, serving
from sync.database import Database

KILLS = 6
LEASE = 10  # seconds: a run in peace must not lose it on a busy machine, and what the killed leave is ended below
MANY = 1200  # entries of one region: more than those for which a process is started
FEW = 20  # entries of each other region


def sizes() -> dict[str, int]:
    """One region with many entries, and some of every other."""
    first, *others = (adapter.manifest.slug for adapter in regions().values())
    return {first: MANY} | dict.fromkeys(others, FEW)


def children(process: int) -> set[int]:
    """The processes that it has started and that are alive."""
    return {int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()}


def alive(process: int) -> bool:
    """Whether it still does anything; one that has ended may stand in the table until somebody asks how."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def forget(database: Database) -> None:
    """What time does to the claims of a killed run, and a new version of the mapping to the rows that were recognised."""
    with database.write() as session:
        session.execute(text("UPDATE job SET lease_until = started_at WHERE holder IS NOT NULL"))
        session.execute(text("UPDATE entry SET fingerprint = ''"))


async def test_pulls_killed_beside_a_process_that_maps_leave_neither_it_nor_half_a_pull(
    backend, forks, contents, until
) -> None:
    seed = random.getrandbits(32)  # told below, so that a failure can be had again
    chance = random.Random(seed)
    struck, spared = (Database(backend.new("empty")) for _ in range(2))
    orphans: set[int] = set()
    kills, helped = 0, 0
    async with serving(platforms(corpus(sizes(), seed))) as endpoints:

        async def start(database: Database) -> int:
            url = database.url.render_as_string(hide_password=False)
            return await forks.start("pull", url, endpoints, lease=LEASE, full=True, helped=True)

        began = time.monotonic()
        assert await forks.end(await start(spared)) == 0, f"seed {seed}"
        whole = time.monotonic() - began
        while kills < KILLS:
            process = await start(struck)
            await asyncio.sleep(chance.uniform(0, whole))
            helpers = children(process)
            if await forks.kill(process) < 0:
                kills += 1
                helped += bool(helpers)
                orphans |= helpers
            else:  # it was through before, so a whole run takes less than was thought
                whole *= 0.9
            forget(struck)
        assert await forks.end(await start(struck)) == 0, f"seed {seed}"
    await until(lambda: not any(map(alive, orphans)))
    report = f"seed {seed}, {kills} kills, {helped} of them beside a process"
    print(report)  # noqa: T201  for whoever runs it with -s
    assert (contents(struck) == contents(spared), helped > kills / 2) == (True, True), report
    for database in (struck, spared):
        database.close()
