"""Pages are made ready ahead of whoever stores them, and nothing goes on once nobody does."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.registry import regions
from adapters.source import RawPage, Row
from sync import preparing_process
from sync.preparing import Preparer
from sync.settings import Settings

SETTINGS = Settings(token_key=SecretStr("t" * 64))


async def pages_without_end() -> AsyncIterator[RawPage]:
    while True:
        yield RawPage("http://localhost/", datetime.now(UTC), "", ())
        await asyncio.sleep(0)


@pytest.mark.parametrize("adapter", regions().values(), ids=lambda adapter: adapter.manifest.slug)
async def test_reading_ahead_ends_with_whoever_stores(adapter) -> None:
    async with asyncio.timeout(10), Preparer(SETTINGS.tokeniser(), "sqlite", 0) as preparer:
        async with aclosing(preparer.pages(adapter, pages_without_end(), {})) as pages:
            async for _ in pages:
                await asyncio.sleep(0.01)  # the next ones are ready and wait
                break
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert left == []


async def pages_of(*sizes: int) -> AsyncIterator[RawPage]:
    for size in sizes:
        rows = [Row(str(number), f"row {number}", {}) for number in range(size)]
        yield RawPage("http://localhost/", datetime.now(UTC), "", rows)


@pytest.mark.parametrize(
    ("sizes", "stored"),
    [
        ((1,) * 40, [40]),
        ((300, 300, 300), [600, 300]),
        ((400, 400, 400), [400, 400, 400]),
        ((1300,), [600, 600, 100]),
        ((0,), [0]),
        ((), []),
    ],
)
async def test_what_is_read_while_others_are_stored_is_stored_together_up_to_a_bound(sizes, stored) -> None:
    async with Preparer(SETTINGS.tokeniser(), "sqlite", 0) as preparer:
        adapter = next(iter(regions().values()))
        assert [page.rows() async for page in preparer.pages(adapter, pages_of(*sizes), {})] == stored


def test_a_process_that_maps_loads_no_library_of_a_database_or_a_network() -> None:
    loaded = "import sys, sync.preparing_process, sync.desk; from adapters.registry import regions; regions(); "
    asked = "print(*sorted({'sqlalchemy', 'aiohttp', 'numpy', 'strawberry'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", loaded + asked], capture_output=True, text=True, check=True)
    assert said.stdout == "\n"


async def test_what_a_process_leaves_when_it_is_killed_is_prepared_all_the_same(monkeypatch) -> None:
    monkeypatch.setattr(preparing_process, "_UNDER_WAY", 1)  # so that some wait for it when it ends
    adapter = next(iter(regions().values()))
    async with asyncio.timeout(30), Preparer(SETTINGS.tokeniser(), "sqlite", 1) as preparer:
        number, stopped = 0, False
        async for page in preparer.pages(adapter, pages_of(*[600] * 40), {}):
            number += page.rows()
            if not stopped and (children := mapping_processes()):
                stopped = True
                await asyncio.sleep(1.5)  # it stands, and has done all there was
                for child in children:
                    os.kill(child, signal.SIGSTOP)  # so that the next ones wait for it
                    asyncio.get_running_loop().call_later(0.5, os.kill, child, signal.SIGKILL)
    assert number == 600 * 40


def mapping_processes() -> list[int]:
    """Ours, by process id."""
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(each) for each in found if b"preparing_process" in Path(f"/proc/{each}/cmdline").read_bytes()]
