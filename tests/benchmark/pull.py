"""Pulls 25,000 entries from five simulated platforms into SQLite, twice: `python tests/benchmark/pull.py [TOTAL]`.

The platforms run in a process of their own. Time is wall time from the first request to the last commit; memory is the
peak resident set of this process, which holds the hub and nothing of the platforms, nor the process that maps beside it.
Judging is what follows a pull: every clause for every entry that changed. The bound, measured in the same run:
the same bytes fetched by the same transport and decoded, but neither validated, mapped nor stored.
"""

import asyncio
import gc
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson
from pydantic import SecretStr

from adapters.registry import regions
from adapters.source import Position
from adapters.transport import open_transport
from sync import migrate
from sync.database import Database
from sync.pull import Puller
from sync.settings import PlatformSettings, Settings


async def _bound(settings: Settings) -> int:
    """Fetch and decode everything, region by region side by side, and throw it away; the rows seen."""

    async def one(slug: str) -> int:
        adapter = next(each for each in regions().values() if each.manifest.slug == slug)
        source = adapter.source(settings.platforms[slug].endpoint(), adapter.manifest)
        async with open_transport() as transport:
            return sum([len(page.rows) async for page in source.pages(transport, Position())])

    return sum(await asyncio.gather(*(one(slug) for slug in settings.platforms)))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(total: int) -> None:
    """Measure and print, with the collector set as the command line sets it."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    command = [sys.executable, "-m", "adapters.sandbox", "--total", str(total), "--seed", "7"]
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            endpoints = orjson.loads(process.stdout.readline())
            settings = Settings(
                database_url=f"sqlite:///{folder}/bench.sqlite3",
                token_key=SecretStr("b" * 64),
                platforms={
                    slug: PlatformSettings(url=each["url"], key_id=each["key_id"], secret=SecretStr(each["secret"]))
                    for slug, each in endpoints.items()
                },
            )
            database = Database(settings.database_url)
            migrate.upgrade(database)
            puller = Puller(database, settings, settings.tokeniser())
            seconds, judging = [], []
            asyncio.run(_bound(settings))  # the platforms' own first answers, and our imports, are not the subject
            start = time.perf_counter()
            rows = asyncio.run(_bound(settings))
            bound = time.perf_counter() - start
            counts = []
            for _ in range(2):
                start = time.perf_counter()
                runs = asyncio.run(puller.pull_all(list(regions().values()), "benchmark"))
                ended = max(run.finished_at for run in runs) - min(run.started_at for run in runs)
                seconds.append(ended.total_seconds())
                judging.append(time.perf_counter() - start - seconds[-1])
                counts.append((sum(run.created for run in runs), sum(run.changed for run in runs)))
                assert not any(run.problems for run in runs)
            size = Path(folder, "bench.sqlite3").stat().st_size / 2**20
            database.close()
        finally:
            process.terminate()
    print(f"rows {rows}")
    print(f"first pull    {seconds[0]:7.2f} s  {rows / seconds[0]:9,.0f} entries/s  new {counts[0][0]}")
    print(
        f"second pull   {seconds[1]:7.2f} s  {rows / seconds[1]:9,.0f} entries/s  new {counts[1][0]} changed {counts[1][1]}"
    )
    print(f"judging after {judging[0]:7.2f} s and {judging[1]:.2f} s")
    print(f"bare fetch    {bound:7.2f} s  {rows / bound:9,.0f} rows/s (fetch and decode only)")
    print(f"first / second {seconds[0] / seconds[1]:.1f}   first / bare {seconds[0] / bound:.1f}")
    print(f"peak memory   {_peak():7.0f} MB   database {size:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25_000)
