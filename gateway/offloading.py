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
from functools import cache, partial
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

_T = TypeVar("_T")
_Task = Callable[[], None]
_FEW: Final = 3
MOST: Final = min(32, (os.cpu_count() or 1) + 4)  # as many as asyncio would have
_HELD_UP: Final = 0.01  # seconds in which none of the few takes anything
_LARGE_HELD_UP: Final = 0.25  # the same of the one for large work, a piece of which takes twenty milliseconds
_ASIDE: Final = ThreadPoolExecutor(1, "aside")


async def in_thread(work: Callable[[], _T], *, is_large: bool = False) -> _T:
    """What `work` gives; large work as `hand_over` has it. Whoever is cancelled meanwhile waits until it has ended: a thread that
    still used the database after its socket is gone would meet one that is closed.
    """
    loop, context = asyncio.get_running_loop(), copy_context()
    waiting: asyncio.Future[None] = loop.create_future()
    ended: list[Outcome[_T]] = []

    def tell(found: "Outcome[_T]") -> None:
        ended.append(found)
        if not waiting.done():
            waiting.set_result(None)

    hand_over(partial(context.run, work), tell, is_large=is_large)
    try:
        await waiting
    except asyncio.CancelledError:
        if not ended:
            waiting = loop.create_future()
            await waiting
        raise
    return ended[0]()


class Outcome(Generic[_T]):
    """What came of some work."""

    __slots__ = ("_failed", "_found")

    def __init__(self, work: Callable[[], _T]) -> None:
        self._failed: BaseException | None = None
        self._found: list[_T] = []
        try:
            self._found.append(work())
        except BaseException as error:  # noqa: BLE001  it is raised where it is asked for
            self._failed = error

    def __call__(self) -> _T:
        """What it gave; what it raised is raised."""
        if self._failed is not None:
            failed, self._failed = self._failed, None  # or it would hold, with its traceback, whoever it is raised to
            raise failed
        return self._found[0]


def hand_over(work: Callable[[], _T], then: Callable[[Outcome[_T]], None], *, is_large: bool = False) -> None:
    """Have `work` done in a thread, and `then` called in the running loop with what came of it. Of work that takes much memory, one
    piece is done at a time unless it takes long: the interpreter would do several no sooner, and hold what all of them need.
    """
    loop = asyncio.get_running_loop()

    def run() -> None:
        outcome = Outcome(work)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(then, outcome)

    threads = _threads(1, _FEW, _LARGE_HELD_UP) if is_large else _threads(_FEW, MOST, _HELD_UP)
    threads.put(run, loop)


async def aside(work: Callable[[], _T]) -> _T:
    """What `work` gives, which takes long and waits for nothing: one at a time, so that requests share the processor with no more
    than one of them. Whoever is cancelled leaves it to its end.
    """
    return await asyncio.get_running_loop().run_in_executor(_ASIDE, work)


class _Threads:
    """A few threads, as more of them would only take the interpreter from each other; and others, up to `most` in all, while all of
    these are held up by what takes long.
    """

    def __init__(self, few: int, most: int, held_up: float) -> None:
        self._held_up = held_up
        self._tasks: SimpleQueue[_Task] = SimpleQueue()
        self._taken = 0  # by the few
        self._calls: SimpleQueue[int] = SimpleQueue()  # for others, with what the few had taken by then
        self._watched_by: asyncio.AbstractEventLoop | None = None
        for number in range(most):
            work = self._work if number < few else self._relieve
            threading.Thread(target=work, name=f"work {number + 1}", daemon=True).start()

    def put(self, task: _Task, loop: asyncio.AbstractEventLoop) -> None:
        """Have it done."""
        self._tasks.put(task)
        if self._watched_by is None or self._watched_by.is_closed():
            self._watched_by = loop
            loop.call_later(self._held_up, self._watch, loop, self._taken)

    def _watch(self, loop: asyncio.AbstractEventLoop, taken: int) -> None:
        if self._tasks.empty():
            self._watched_by = None
            return
        if self._taken == taken and self._calls.empty():
            self._calls.put(taken)
        loop.call_later(self._held_up, self._watch, loop, self._taken)

    def _work(self) -> None:
        while True:
            task = self._tasks.get()
            self._taken += 1
            task()

    def _relieve(self) -> None:
        while True:
            taken = self._calls.get()
            with suppress(Empty):
                while self._taken == taken:
                    self._tasks.get_nowait()()


@cache
def _threads(few: int, most: int, held_up: float) -> _Threads:
    """Of this process, as long as it lasts."""
    return _Threads(few, most, held_up)
