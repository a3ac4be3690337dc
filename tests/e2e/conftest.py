"""What the tests by violence share: processes to strike, a gate before a platform, and what a database holds."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web
from sqlalchemy import text

from adapters.sandbox.faults import Handler
from adapters.transport import Endpoint
from sync.database import Database

ROOT = Path(__file__).parents[2]
TABLES = ("entry", "entry_organisation", "entry_representative", "quarantine", "payload", "region_state")
# When and where a row was read differs between runs over the same data, and so does a cursor that was come by otherwise.
VOLATILE = {
    "fetched_at", "first_seen_at", "changed_at", "source_url", "source_sha256", "source_locator", "last_seen_at",
    "succeeded_at", "cursor",
}  # fmt: skip


class Forks:
    """The processes of `forks.py`."""

    def __init__(self, server: asyncio.subprocess.Process) -> None:
        self._server = server
        self._alive: set[int] = set()

    async def start(
        self,
        work: str,
        url: str,
        endpoints: Mapping[str, Endpoint],
        *,
        lease: float,
        full: bool = False,
        helped: bool = False,
    ) -> int:
        """Start a pull or a scheduler; its process id. One that is `helped` pulls whole pages, with processes beside it."""
        platforms = {slug: {"url": e.url, "key_id": e.key_id, "secret": e.secret} for slug, e in endpoints.items()}
        settings = {"database_url": url, "platforms": platforms, "lease_seconds": lease, "mapping_processes": 1}
        process = await self._ask({"work": work, "settings": settings, "full": full, "helped": helped})
        self._alive.add(process)
        return process

    async def end(self, process: int) -> int:
        """Wait until a process has ended; what it gave back, or less than 0 for the signal that ended it."""
        self._alive.discard(process)
        return os.waitstatus_to_exitcode(await self._ask({"wait": process}))

    async def kill(self, process: int) -> int:
        """Kill a process, if it has not ended before."""
        os.kill(process, signal.SIGKILL)
        return await self.end(process)

    async def kill_all(self) -> None:
        """Leave nothing behind."""
        for process in tuple(self._alive):
            await self.kill(process)

    async def _ask(self, order: Mapping[str, Any]) -> int:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(orjson.dumps(order) + b"\n")
        async with asyncio.timeout(120):  # a whole pull on a busy machine
            return int(await self._server.stdout.readline())


class Gate:
    """Stands before a platform in the place of a fault: lets `free` questions in, and holds the others until it opens."""

    after = 0

    def __init__(self, free: int) -> None:
        self.reached = asyncio.Event()
        self.open = asyncio.Event()
        self._free = free

    def used(self) -> "Gate":
        """Never used up."""
        return self

    async def spoilt(self, request: web.Request, handler: Handler, _last: object) -> web.StreamResponse:
        """The right answer, in its time."""
        if self._free > 0:
            self._free -= 1
        else:
            self.reached.set()
            await self.open.wait()
        return await handler(request)


@pytest.fixture
async def forks() -> AsyncIterator[Forks]:
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "tests.e2e.forks")
    server = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    made = Forks(server)
    yield made
    await made.kill_all()
    assert server.stdin is not None
    server.stdin.close()
    await server.wait()


@pytest.fixture(scope="session")
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Waits for what happens in other processes."""

    async def wait(holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not holds():  # noqa: ASYNC110  no event reaches us from there
                await asyncio.sleep(0.02)

    return wait


@pytest.fixture(scope="session")
def gate() -> type[Gate]:
    return Gate


@pytest.fixture(scope="session")
def contents() -> Callable[[Database], dict[str, list[tuple[str, ...]]]]:
    """All that pulls leave in a database, without what may differ between equal pulls."""

    def read(database: Database) -> dict[str, list[tuple[str, ...]]]:
        found = {}
        with database.engine.connect() as connection:
            for table in TABLES:
                rows = connection.execute(text(f"SELECT * FROM {table}")).mappings()
                found[table] = sorted(tuple(f"{k}: {v}" for k, v in row.items() if k not in VOLATILE) for row in rows)
        return found

    return read
