"""Keeps a claim alive while work goes on, and stops the work when the claim is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sync.database import DatabaseFault
from sync.lease import Claim, LeaseLostError, Leases


@asynccontextmanager
async def beating(leases: Leases, claim: Claim) -> AsyncIterator[None]:
    """Renew `claim` at a third of its length. A lost claim cancels the work inside, which ends with LeaseLostError; a
    database that does not answer is the next renewal's business, until the lease runs out.
    """
    work = asyncio.current_task()
    lost: list[LeaseLostError] = []

    async def beat() -> None:
        while True:
            await asyncio.sleep(leases.heartbeat)
            try:
                await asyncio.to_thread(leases.renew, claim)
            except LeaseLostError as error:
                lost.append(error)
                if work is not None:
                    work.cancel()
                return
            except DatabaseFault:
                continue

    task = asyncio.create_task(beat())
    try:
        yield
    except asyncio.CancelledError:
        if lost:
            if work is not None:
                work.uncancel()
            raise lost[0] from None
        raise
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
