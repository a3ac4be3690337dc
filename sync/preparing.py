"""Has the rows of pages mapped and made ready to store: here, or beside us in processes when there are many.

Mapping is pure and costs more than anything else in a pull, so a large first pull is worth more than one core. Rows are
laid out in portions. Processes are started when the runs under way have seen `_MANY` new rows and end with the last of them;
until one stands the pull maps itself, from then on it has enough to do with storing. Without them the answer is the same, only
later.
"""

import asyncio
import os
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, Self

from adapters.base import Adapter
from adapters.registry import regions
from adapters.source import RawPage
from schema.identity import Tokeniser
from sync.desk import Desk, PreparedPage, Task
from sync.preparing_process import PreparingProcess, unpacked
from sync.repository.statements import statements

_MANY: Final = 1000  # new rows after which a process is worth the half second of work it takes to start
_PORTION: Final = 125  # rows; sending fewer costs as much as mapping them
_TOGETHER: Final = 600  # rows of a region that wait while others are stored, and are then stored in one transaction
_MOST: Final = 3  # processes; the one process that stores cannot use more


class Portion:
    """A task that one taker does, and the wait for its result."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._result: asyncio.Future[PreparedPage | bytes | None] = asyncio.get_running_loop().create_future()

    def settle(self, result: PreparedPage | bytes | None) -> None:
        """Hand in the result, or the answer of a process that holds it."""
        if not self._result.done():  # it is, where the run was stopped meanwhile
            self._result.set_result(result)

    async def settled(self) -> None:
        """Wait until somebody has done it, or could not."""
        await self._result

    def page(self) -> PreparedPage | None:
        """The result, once it is settled; None where the taker could not do it."""
        result = self._result.result()
        return unpacked(result) if isinstance(result, bytes) else result


class Portions:
    """Those that nobody has taken yet. What is taken is forgotten here, or results would pile up with it."""

    def __init__(self) -> None:
        self._processes = 0
        self._free: deque[Portion] = deque()
        self._some = asyncio.Event()

    @contextmanager
    def standing(self) -> Iterator[None]:
        """While a process stands and takes them. Those that the last one leaves are for whoever waits for them."""
        self._processes += 1
        try:
            yield
        finally:
            self._processes -= 1
            while self._free and not self._processes:
                self._free.popleft().settle(None)

    def add(self, portion: Portion) -> None:
        """Offer one."""
        self._free.append(portion)
        self._some.set()

    def take(self, portion: Portion) -> bool:
        """Take this one; False where another was faster, or a process will do it."""
        if self._processes:
            return False
        try:
            self._free.remove(portion)
        except ValueError:
            return False
        return True

    async def first(self, *, wait: bool) -> Portion | None:
        """Take the one that was offered first; None where there is none and it is not to be waited for."""
        while wait and not self._free:
            self._some.clear()
            await self._some.wait()
        return self._free.popleft() if self._free else None


class Preparer:
    """Prepares pages; each run uses it as a context, so that the processes end with the last run."""

    def __init__(self, tokens: Tokeniser, database: str, processes: int | None = None) -> None:
        """`processes` is how many to use beside this one; None: one for each further core, up to three."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._most = min(cores - 1, _MOST) if processes is None else processes
        self._desk = Desk(tokens, statements(database).layouts)
        self._runs = 0
        self._begin()

    def _begin(self) -> None:
        self._seen = 0
        self._portions = Portions()
        self._helping = asyncio.Lock()
        self._processes: list[PreparingProcess] = []

    async def __aenter__(self) -> Self:
        self._runs += 1
        return self

    async def __aexit__(self, *failure: object) -> None:
        self._runs -= 1
        if self._runs == 0:
            processes = self._processes
            self._begin()
            for process in processes:
                await process.stop()

    async def pages(
        self, adapter: Adapter, raw_pages: AsyncIterator[RawPage], known: Mapping[str, str]
    ) -> AsyncGenerator[PreparedPage, None]:
        """The pages in order, without the rows that are `known` by their fingerprints (see `Adapter.recognise`). While
        one is stored the next are fetched and laid out, up to `_TOGETHER` rows; all that are laid out come as one.
        """
        waiting = _Waiting()

        async def lay_out() -> None:
            try:
                async for raw in raw_pages:
                    for each in self._laid_out(adapter, raw, known):
                        await waiting.put(each)
            finally:
                waiting.end()

        reader = asyncio.create_task(lay_out())
        try:
            while together := await waiting.take():
                for one in together:
                    await self._settled(adapter, one)
                # Unpacked for whoever stores it, and kept by nobody afterwards: five regions' last pages are 50 MB.
                yield self._joined(adapter, together)
                del together, one
            await reader  # raises what ended the reading before its time
        finally:
            reader.cancel()
            await asyncio.wait([reader])

    def _laid_out(self, adapter: Adapter, raw: RawPage, known: Mapping[str, str]) -> Iterator["_Laid"]:
        """The page, or a long one in parts: a whole file may be one, and would wait in memory until all of it is ready."""
        unchanged, fresh = adapter.recognise(raw, self._desk.tokens, known)
        code, origin = adapter.manifest.code, replace(raw, rows=())
        self._seen += len(fresh)
        coming = self._seen if unchanged else max(self._seen, raw.total or 0)  # all new so far, so the rest will be
        helped = coming >= _MANY and regions().get(code) is adapter  # processes know no other adapters
        while helped and len(self._processes) < self._most:
            self._processes.append(PreparingProcess(self._desk, self._portions))
        for start in range(0, max(1, len(fresh)), _TOGETHER):
            part = fresh[start : start + _TOGETHER]
            portions = [Portion(Task(code, origin, part[at : at + _PORTION])) for at in range(0, len(part), _PORTION)]
            for portion in portions if helped else ():
                self._portions.add(portion)
            page = PreparedPage(unchanged=unchanged, total=raw.total, cursor=raw.cursor, not_modified=raw.not_modified)
            unchanged = []
            yield _Laid(page, portions, helped)

    async def _settled(self, adapter: Adapter, laid: "_Laid") -> None:
        """Take whatever no process has taken or will take, and wait for the rest."""
        for portion in reversed(laid.portions):  # from the other end than the processes take them
            async with self._helping:  # one at a time, so that what others have ready is stored in between
                await asyncio.sleep(0)
                if not laid.helped or self._portions.take(portion):
                    portion.settle(self._desk.prepare(adapter, portion.task))
        for portion in laid.portions:
            await portion.settled()

    def _joined(self, adapter: Adapter, together: Iterable["_Laid"]) -> PreparedPage:
        page = PreparedPage()
        for laid in together:
            page.append(laid.page)
            for portion in laid.portions:
                # What a process could not do is done here: it then succeeds, or fails where its cause can be seen.
                page.append(portion.page() or self._desk.prepare(adapter, portion.task))
        return page


@dataclass(frozen=True, slots=True)
class _Laid:
    """A page laid out in portions: what is known of it at once, and what is still to be prepared, with help or without."""

    page: PreparedPage
    portions: Sequence[Portion]
    helped: bool

    def rows(self) -> int:
        """How many rows are to be prepared."""
        return sum(len(portion.task.fresh) for portion in self.portions)


class _Waiting:
    """Pages laid out for whoever stores them; whoever lays out more than enough rows waits in turn."""

    def __init__(self) -> None:
        self._pages: deque[_Laid] = deque()
        self._rows = 0
        self._ended = False
        self._moved = asyncio.Event()

    async def put(self, page: _Laid) -> None:
        """Add one, when there is room."""
        while self._pages and self._rows + page.rows() > _TOGETHER:
            await self._movement()
        self._pages.append(page)
        self._rows += max(1, page.rows())
        self._moved.set()

    def end(self) -> None:
        """Say that there will be no more."""
        self._ended = True
        self._moved.set()

    async def take(self) -> list[_Laid]:
        """All that wait, and at least one; none at the end."""
        while not self._pages and not self._ended:
            await self._movement()
        taken = list(self._pages)
        self._pages.clear()
        self._rows = 0
        self._moved.set()
        return taken

    async def _movement(self) -> None:
        self._moved.clear()
        await self._moved.wait()
