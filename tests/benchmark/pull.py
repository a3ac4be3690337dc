"""Pulls 25,000 entries from five simulated platforms into SQLite: everything, then nothing new, then 100 changes.

`python tests/benchmark/pull.py [--total 250000] [--pulls-only]`. The platforms run in a process of their own. Time is wall
time from the first request to the last commit, and beside it the processor time of the hub and of the process that maps
beside it, which is what to compare by on a machine that does other things as well. Memory is the peak resident set of
these two. Judging is what follows a pull: every clause for every entry that changed. The bound, measured in the same run:
the same bytes fetched by the same transport and decoded, but neither validated, mapped nor stored.
"""

import argparse
import asyncio
import gc
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
from pydantic import SecretStr

from adapters.registry import regions
from adapters.source import Position
from adapters.transport import open_transport
from sync import migrate
from sync.database import Database
from sync.pull import Puller
from sync.settings import PlatformSettings, Settings

EDITS = 100


class Spent:
    """Wall time, and the processor time of this process and of those it has ended."""

    def __init__(self) -> None:
        self._start = (time.perf_counter(), _cpu(resource.RUSAGE_SELF), _cpu(resource.RUSAGE_CHILDREN))

    def stop(self) -> None:
        now = (time.perf_counter(), _cpu(resource.RUSAGE_SELF), _cpu(resource.RUSAGE_CHILDREN))
        self.wall, self.own, self.beside = (after - before for after, before in zip(now, self._start, strict=True))

    def line(self, name: str, rows: int, more: str = "") -> str:
        rate = f"{rows / self.wall:9,.0f} rows/s"
        return f"{name:13} {self.wall:8.2f} s {rate}   processor {self.own:.2f} + {self.beside:.2f} s   {more}"


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Beside:
    """Watches the memory of the processes that we start to map. What wait(2) tells is no use: of a process just forked it
    counts all of its parent's.
    """

    def __init__(self, platforms: int) -> None:
        self.most = 0.0
        self._platforms = platforms
        Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(0.2)
            with suppress(OSError):  # a process may end while it is looked at
                self.most = max(self.most, sum(map(self._peak, self._children())))

    def _children(self) -> set[int]:
        """Those of any of our threads."""
        listed = [file.read_text().split() for file in Path("/proc/self/task").glob("*/children")]
        return {int(each) for part in listed for each in part} - {self._platforms}

    def _peak(self, process: int) -> float:
        if b"preparing_process" not in Path(f"/proc/{process}/cmdline").read_bytes():
            return 0  # it is still a copy of ours
        line = next(line for line in Path(f"/proc/{process}/status").read_text().splitlines() if "VmHWM" in line)
        return int(line.split()[1]) / 1024


async def _bound(settings: Settings) -> int:
    """Fetch and decode everything, region by region side by side, and throw it away; the rows seen."""

    async def one(slug: str) -> int:
        adapter = next(each for each in regions().values() if each.manifest.slug == slug)
        source = adapter.source(settings.platforms[slug].endpoint(), adapter.manifest)
        async with open_transport() as transport:
            return sum([len(page.rows) async for page in source.pages(transport, Position())])

    return sum(await asyncio.gather(*(one(slug) for slug in settings.platforms)))


@contextmanager
def _platforms(total: int) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, PlatformSettings]]]:
    command = [sys.executable, "-m", "adapters.sandbox", "--total", str(total), "--seed", "7", "--edits", str(EDITS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            endpoints: dict[str, dict[str, Any]] = orjson.loads(process.stdout.readline())
            yield (
                process,
                {
                    slug: PlatformSettings(url=each["url"], key_id=each["key_id"], secret=SecretStr(each["secret"]))
                    for slug, each in endpoints.items()
                },
            )
        finally:
            process.terminate()


def _edited(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    process.send_signal(signal.SIGUSR1)
    assert orjson.loads(process.stdout.readline()) == {"edited": EDITS}


class Pulls:
    """Pulls of all regions, with what each took; judged afterwards as always, or left to the next run."""

    def __init__(self, puller: Puller, total: int, *, judged: bool) -> None:
        self._puller, self._total, self._judged = puller, total, judged

    def run(self, name: str, *, full: bool = False) -> Spent:
        """One of each region; prints what it took. Rates count all entries that a platform holds: one that says in a word
        that nothing has changed says so of all of them.
        """
        pulling, judging = Spent(), Spent()

        async def work() -> list[Any]:
            nonlocal judging
            rows = await asyncio.gather(
                *(self._puller.run(each, "benchmark", full=full) for each in regions().values())
            )
            pulling.stop()
            judging = Spent()
            if self._judged:
                await self._puller.judge()
            judging.stop()
            return rows

        rows = asyncio.run(work())
        assert not any(row.problems for row in rows)
        read, new, changed = (sum(getattr(row, key) for row in rows) for key in ("rows_read", "created", "changed"))
        print(
            pulling.line(
                name,
                self._total,
                f"read {read:,} new {new:,} changed {changed:,}; judging {judging.wall:.2f} s; peak {_peak():.0f} MB",
            )
        )
        return pulling


def main(total: int, *, judged: bool) -> None:
    """Measure and print, with the collector set as the command line sets it."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    with tempfile.TemporaryDirectory() as folder, _platforms(total) as (process, settings_of):
        url = f"sqlite:///{folder}/bench.sqlite3"
        settings = Settings(database_url=url, token_key=SecretStr("b" * 64), platforms=settings_of)
        database = Database(settings.database_url)
        migrate.upgrade(database)
        beside_us = Beside(process.pid)
        pulls = Pulls(Puller(database, settings, settings.tokeniser()), total, judged=judged)
        asyncio.run(_bound(settings))  # the platforms' own first answers, and our imports, are not the subject
        bare = Spent()
        rows = asyncio.run(_bound(settings))
        bare.stop()
        print(bare.line("bare fetch", rows, "fetch and decode only"))
        first, second = pulls.run("first pull"), pulls.run("second pull")
        pulls.run("the same again", full=True)
        _edited(process)
        third = pulls.run(f"{EDITS} changes")
        print(
            f"first / second {first.wall / second.wall:.1f}   first / bare {first.wall / bare.wall:.1f}, "
            f"by processor time {(first.own + first.beside) / bare.own:.1f}   {EDITS} changes {third.wall:.2f} s"
        )
        own, beside = _peak(), beside_us.most
        size = Path(folder, "bench.sqlite3").stat().st_size / 2**20
        print(f"peak memory {own:.0f} + {beside:.0f} = {own + beside:.0f} MB   database {size:.0f} MB")
        database.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--total", type=int, default=25_000, help="entries in all")
    parser.add_argument("--pulls-only", action="store_true", help="leave what was pulled unjudged")
    given = parser.parse_args()
    main(given.total, judged=not given.pulls_only)
