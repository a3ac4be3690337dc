"""Follows what happens, whoever commits it: this process, a scheduler, a command. Nothing is queued for a follower, who reads
on from where it stands when it is ready; so a slow one costs no memory, and nothing is lost or told twice.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from gateway.offloading import in_thread
from schema.errors import Problem, RequestError
from sync.database import Database, DatabaseFault
from sync.repository.changes import ChangeStore
from sync.tables import ChangeRow

EVERY: Final = 0.25  # seconds between two looks at the database, of a process that has followers
MOST_BEHIND: Final = 5000  # changes that a follower may fall behind once it had caught up
MOST_SUBSCRIPTIONS: Final = 20  # of one viewer at a time, in one process
_BATCH: Final = 100
_log = logging.getLogger("dexhub.gateway")


class Feed:
    """One per process, used on one event loop. It looks at the database only while somebody follows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._newest = 0
        self._news = asyncio.Condition()
        self._watcher: asyncio.Task[None] | None = None
        self._followers: Counter[object] = Counter()

    async def follow(self, viewer: object, topic: str, after: str | None) -> AsyncGenerator[ChangeRow]:
        """What happens from now on, or happened since the cursor `after`, in order, without end.

        RequestError where the cursor is none of ours or reaches back too far, where this viewer follows too much already,
        and where it has fallen too far behind.
        """
        async with self._place(viewer):
            position, caught_up = await self._start(after), False
            while True:
                seen = self._newest
                if caught_up and seen - position > MOST_BEHIND:
                    raise _too_slow(position)
                rows = await in_thread(partial(self._read, position, topic))
                for row in rows:
                    position = row.sequence
                    yield row
                if not rows:
                    position, caught_up = max(position, seen), True
                    async with self._news:
                        while self._newest <= seen:
                            await self._news.wait()

    async def _start(self, after: str | None) -> int:
        kept, newest = await in_thread(self._bounds)
        self._newest = max(self._newest, newest)
        if after is None:
            return newest
        position = int(after) if after.isascii() and after.isdigit() and len(after) < 16 else -1
        if not 0 <= position <= newest:
            raise _no_cursor(after)
        if position < kept:
            raise _expired(after)
        return position

    @asynccontextmanager
    async def _place(self, viewer: object) -> AsyncIterator[None]:
        """Watch while there are followers, of whom one viewer has only so many places."""
        if self._followers[viewer] >= MOST_SUBSCRIPTIONS:
            raise _too_many()
        self._followers[viewer] += 1
        if self._watcher is None:
            self._watcher = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            self._followers[viewer] -= 1
            self._followers += Counter()  # those who follow nothing any more are forgotten
            if not self._followers and self._watcher is not None:
                watcher, self._watcher = self._watcher, None
                watcher.cancel()
                await asyncio.wait([watcher])

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                newest = await in_thread(self._look)
            except DatabaseFault:  # followers wait until it is back
                _log.warning("the database does not say what has changed")
                continue
            if newest > self._newest:
                async with self._news:
                    self._newest = newest
                    self._news.notify_all()

    def _look(self) -> int:
        with self._database.read() as session:
            return ChangeStore(session).newest()

    def _bounds(self) -> tuple[int, int]:
        with self._database.read() as session:
            return ChangeStore(session).bounds()

    def _read(self, position: int, topic: str) -> list[ChangeRow]:
        with self._database.read() as session:
            return list(ChangeStore(session).after(position, topic, _BATCH))


def _no_cursor(after: str) -> RequestError:
    return RequestError(
        Problem(
            "CURSOR_INVALID", "after", "游标无效", "the cursor is not one of ours", after[:80],
            "使用上一条消息的 cursor 或 changeCursor", "use the cursor of the last message, or changeCursor",
        )
    )  # fmt: skip


def _expired(after: str) -> RequestError:
    return RequestError(
        Problem(
            "CURSOR_EXPIRED", "after", "游标太旧，其后的变化已不全", "what happened since is no longer kept in full", after,
            "重新查询现状，再从 changeCursor 订阅", "query how things stand, then subscribe from changeCursor",
        )
    )  # fmt: skip


def _too_many() -> RequestError:
    return RequestError(
        Problem(
            "SUBSCRIPTIONS_EXCEEDED", "Authorization", f"同一密钥至多同时订阅 {MOST_SUBSCRIPTIONS} 项",
            f"a key has at most {MOST_SUBSCRIPTIONS} subscriptions at a time",
            remedy_zh="先结束其他订阅", remedy_en="end others first",
        ),
        status=429,
    )  # fmt: skip


def _too_slow(position: int) -> RequestError:
    return RequestError(
        Problem(
            "SUBSCRIBER_TOO_SLOW", "after", "接收太慢，订阅已终止", "this subscriber took too long and was ended",
            str(position), "以所示游标续订", "subscribe again after the cursor shown",
        )
    )  # fmt: skip
