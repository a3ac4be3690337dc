"""Work that blocks, off the event loop, never left behind."""

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from typing import TypeVar

_T = TypeVar("_T")


async def in_thread(work: Callable[[], _T]) -> _T:
    """What `work` gives. Whoever is cancelled meanwhile waits until it has ended: a thread that still used the database after
    its socket is gone would meet one that is closed.
    """
    running = asyncio.get_running_loop().run_in_executor(None, copy_context().run, work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
