"""A process that freezes while it writes loses its claim like any other, wherever in its transaction it stands."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.database import Database
from sync.lease import Leases

ROOT = Path(__file__).parents[2]
LEASE = 0.5  # seconds
JOB = "pull 41"
ENDED = (
    b"OperationalError",
    b"IdleInTransactionSessionTimeout",
)  # the second where the server's last word is read before its end


@pytest.fixture
def database(postgres_backend):
    made = Database(postgres_backend.new("empty"))
    yield made
    made.close()


@pytest.fixture(params=["before", "within", "after"])
async def frozen(request, database: Database) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that is frozen there."""
    url = database.url.render_as_string(hide_password=False)
    command = (sys.executable, "-m", "tests.e2e.frozen", url, str(LEASE), request.param)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stderr=asyncio.subprocess.PIPE)
    await asyncio.to_thread(os.waitid, os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
    yield process
    if process.returncode is None:
        process.kill()
        await process.wait()


@pytest.mark.usefixtures("frozen")
async def test_another_takes_over_from_a_process_that_froze_while_it_wrote(database: Database, until) -> None:
    other = Leases(database, "other", LEASE)
    claims = []

    def claimed() -> bool:
        claims.append(other.claim(JOB))
        return claims[-1] is not None

    await until(claimed)
    assert (claims[-1].token, stored(database)) == (2, 0)


async def test_what_wakes_after_another_took_over_has_written_nothing(frozen, database: Database, until) -> None:
    other = Leases(database, "other", LEASE)
    await until(lambda: other.claim(JOB) is not None)
    os.kill(frozen.pid, signal.SIGCONT)
    _, told = await frozen.communicate()
    is_ended = any(each in told for each in ENDED)
    assert (frozen.returncode, is_ended, stored(database)) == (1, True, 0), told


async def test_a_transaction_that_is_at_work_for_longer_than_a_lease_is_left_alone(database: Database, until) -> None:
    first, other = Leases(database, "first", LEASE), Leases(database, "other", LEASE)
    claim = first.claim(JOB)
    assert claim is not None
    slept = threading.Event()

    def work() -> None:
        with database.write() as session:
            first.confirm(session, claim)
            session.execute(text(f"SELECT pg_sleep({3 * LEASE})"))
            slept.set()
            first.confirm(session, claim)

    working = asyncio.create_task(asyncio.to_thread(work))
    tried = []

    def done() -> bool:
        given = other.claim(JOB)
        if not slept.is_set():  # or the work may have ended since, and its lease after it
            tried.append(given)
        return working.done()

    await until(done)
    await working
    assert set(tried) == {None}


def stored(database: Database) -> int:
    with database.read() as session:
        return session.execute(text("SELECT count(*) FROM payload")).scalar_one()
