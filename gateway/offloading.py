"""Work that blocks, off the event loop, never left behind.

asyncio's own way hands what comes of it through two futures, each with a lock, which takes the processor half as long again. Here a
thread tells the loop that it has ended, and that is all.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import cache
from queue import SimpleQueue
from typing import Final, TypeVar

_T = TypeVar("_T")
_Task = Callable[[], None]
_THREADS: Final = min(32, (os.cpu_count() or 1) + 4)  # as many as asyncio would have
_ASIDE: Final = ThreadPoolExecutor(1, "aside")


async def in_thread(work: Callable[[], _T]) -> _T:
    """What `work` gives. Whoever is cancelled meanwhile waits until it has ended: a thread that still used the database after
    its socket is gone would meet one that is closed.
    """
    loop, context = asyncio.get_running_loop(), copy_context()
    waiting: asyncio.Future[None] = loop.create_future()
    found: list[_T] = []
    failed: list[BaseException] = []
    over = False

    def run() -> None:
        try:
            found.append(context.run(work))
        except BaseException as error:  # noqa: BLE001  it is raised where it is waited for
            failed.append(error)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(tell)

    def tell() -> None:
        nonlocal over
        over = True
        if not waiting.done():
            waiting.set_result(None)

    _tasks().put(run)
    try:
        await waiting
    except asyncio.CancelledError:
        if not over:
            waiting = loop.create_future()
            await waiting
        raise
    if failed:
        raise failed.pop()
    return found[0]


async def aside(work: Callable[[], _T]) -> _T:
    """What `work` gives, which takes long and waits for nothing: one at a time, so that requests share the processor with no more
    than one of them. Whoever is cancelled leaves it to its end.
    """
    return await asyncio.get_running_loop().run_in_executor(_ASIDE, work)


@cache
def _tasks() -> "SimpleQueue[_Task]":
    """What waits for a thread, and the threads, which last as long as the process."""
    made: SimpleQueue[_Task] = SimpleQueue()
    for number in range(_THREADS):
        threading.Thread(target=_work, args=(made,), name=f"work {number + 1}", daemon=True).start()
    return made


def _work(tasks: "SimpleQueue[_Task]") -> None:
    while True:
        tasks.get()()
