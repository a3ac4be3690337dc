"""Maps the rows of a page and makes them ready to store: here, or beside us in processes when there are many.

Mapping is pure and costs more than anything else in a pull, so a large first pull is worth more than one core. Rows are
laid out in portions; whoever is free takes one, the processes and the pull itself, so no core waits while another works.
The processes are started when the runs under way have seen `_MANY` new rows and end with the last of them. Without them
the answer is the same, only later.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from queue import SimpleQueue
from threading import Lock
from typing import Final, Self

from adapters.base import Adapter, Fresh, Rejected
from adapters.registry import regions
from adapters.source import RawPage
from schema.identity import Tokeniser
from schema.records import Entry
from sync.preparing_process import PreparingProcess
from sync.repository.prepared import Prepared, prepare

_MANY: Final = 1000  # new rows after which a process is worth the second of work it takes to start
_PORTION: Final = 100  # rows; sending fewer costs as much as mapping them
_AHEAD: Final = 3  # pages of a region that wait while one is stored
_MOST: Final = 3  # processes; the one process that stores cannot use more


@dataclass(slots=True)
class PreparedPage:
    """One page, ready to store. `gone` are the ids of entries that their platform says are gone."""

    prepared: list[Prepared] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unchanged: Sequence[str] = ()
    rejected: list[Rejected] = field(default_factory=list)
    total: int | None = None
    cursor: str | None = None
    not_modified: bool = False

    def keys(self) -> list[str]:
        """The ids of all that was understood."""
        return [*(item.id for item in self.prepared), *self.gone]


@dataclass(frozen=True, slots=True)
class Task:
    """Rows of one page that are not known yet. `origin` is the page without its rows."""

    region: str
    origin: RawPage
    fresh: Sequence[Fresh]


@dataclass(frozen=True, slots=True)
class Desk:
    """Prepares rows for one kind of database (by SQLAlchemy's name), under one key for tokens."""

    tokens: Tokeniser
    database: str

    def ready(self) -> None:
        """Read the facts of all regions, before the first task waits for them."""
        regions()

    def done(self, task: Task) -> PreparedPage:
        """As `prepare`, for an installed region."""
        return self.prepare(regions()[task.region], task)

    def prepare(self, adapter: Adapter, task: Task) -> PreparedPage:
        """Map the rows and make them ready. Pure but for the clock."""
        mapped, rejected = adapter.map_fresh(task.origin, task.fresh, adapter.context(self.tokens))
        part = PreparedPage(rejected=rejected)
        version, now = adapter.manifest.mapping_version, datetime.now(UTC)
        for item in mapped:
            record = item.record
            if isinstance(record, Entry):
                made = prepare(
                    record, item.fingerprint, item.payload, mapping_version=version, now=now, database=self.database
                )
                part.prepared.append(made)
            else:
                part.gone.append(record.id)
        return part


class Portion:
    """A task that one taker does, and the wait for its result. The result is None where the taker could not do it."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.result: asyncio.Future[PreparedPage | None] = asyncio.get_running_loop().create_future()
        self._free = Lock()

    def take(self) -> bool:
        """Whether the caller is the one to do it. For any thread."""
        return self._free.acquire(blocking=False)

    def settle(self, page: PreparedPage | None) -> None:
        """Hand in the result. For any thread."""
        self.result.get_loop().call_soon_threadsafe(self._settle, page)

    def _settle(self, page: PreparedPage | None) -> None:
        if not self.result.done():  # it is, where the run was stopped meanwhile
            self.result.set_result(page)


class Preparer:
    """Prepares pages; each run uses it as a context, so that the processes end with the last run."""

    def __init__(self, tokens: Tokeniser, database: str, processes: int | None = None) -> None:
        """`processes` is how many to use beside this one; None: one for each further core, up to three."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._most = min(cores - 1, _MOST) if processes is None else processes
        self._desk = Desk(tokens, database)
        self._runs = 0
        self._seen = 0
        self._portions: SimpleQueue[Portion | None] = SimpleQueue()
        self._processes: list[PreparingProcess] = []

    async def __aenter__(self) -> Self:
        self._runs += 1
        return self

    async def __aexit__(self, *failure: object) -> None:
        self._runs -= 1
        if self._runs == 0:
            for process in self._processes:
                process.stop()
            self._processes, self._portions, self._seen = [], SimpleQueue(), 0

    async def pages(
        self, adapter: Adapter, raw_pages: AsyncIterator[RawPage], known: Mapping[str, str]
    ) -> AsyncGenerator[PreparedPage, None]:
        """The pages in order, without the rows that are `known` by their fingerprints (see `Adapter.recognise`). While
        one is stored the next are fetched and laid out, `_AHEAD` of them at most.
        """
        laid: asyncio.Queue[_Laid | None] = asyncio.Queue(_AHEAD)

        async def lay_out() -> None:
            try:
                async for raw in raw_pages:
                    await laid.put(self._laid_out(adapter, raw, known))
            finally:
                await laid.put(None)

        reader = asyncio.create_task(lay_out())
        try:
            while (each := await laid.get()) is not None:
                yield await self._finished(adapter, each)
            await reader  # raises what ended the reading before its time
        finally:
            reader.cancel()
            await asyncio.wait([reader])

    def _laid_out(self, adapter: Adapter, raw: RawPage, known: Mapping[str, str]) -> "_Laid":
        unchanged, fresh = adapter.recognise(raw, self._desk.tokens, known)
        page = PreparedPage(unchanged=unchanged, total=raw.total, cursor=raw.cursor, not_modified=raw.not_modified)
        code, origin = adapter.manifest.code, replace(raw, rows=())
        portions = [
            Portion(Task(code, origin, fresh[start : start + _PORTION])) for start in range(0, len(fresh), _PORTION)
        ]
        self._seen += len(fresh)
        if self._seen >= _MANY and len(fresh) >= _PORTION and regions().get(code) is adapter:  # they know no others
            while len(self._processes) < self._most:
                self._processes.append(PreparingProcess(self._desk, self._portions))
            for portion in portions:
                self._portions.put(portion)
        return _Laid(page, portions)

    async def _finished(self, adapter: Adapter, laid: "_Laid") -> PreparedPage:
        for portion in reversed(laid.portions):  # from the other end than the processes take them
            if portion.take():
                portion.settle(self._desk.prepare(adapter, portion.task))
                await asyncio.sleep(0)
        for portion in laid.portions:
            # What a process could not do is done here: it then succeeds, or fails where its cause can be seen.
            part = await portion.result or self._desk.prepare(adapter, portion.task)
            laid.page.prepared += part.prepared
            laid.page.gone += part.gone
            laid.page.rejected += part.rejected
        return laid.page


@dataclass(frozen=True, slots=True)
class _Laid:
    """A page laid out in portions: what is known of it at once, and what is still to be prepared."""

    page: PreparedPage
    portions: Sequence[Portion]
