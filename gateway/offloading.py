"""Work that blocks, off the event loop, never left behind."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Final, TypeVar

_T = TypeVar("_T")
_ASIDE: Final = ThreadPoolExecutor(1, "aside")


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


async def aside(work: Callable[[], _T]) -> _T:
    """What `work` gives, which takes long and waits for nothing: one at a time, so that requests share the processor with no more
    than one of them. Whoever is cancelled leaves it to its end.
    """
    return await asyncio.get_running_loop().run_in_executor(_ASIDE, work)
