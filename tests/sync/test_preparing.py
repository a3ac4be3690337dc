"""Pages are made ready ahead of whoever stores them, and nothing goes on once nobody does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from adapters.registry import regions
from adapters.source import RawPage, Row
from sync.preparing import Preparer
from sync.settings import Settings


async def pages_without_end() -> AsyncIterator[RawPage]:
    while True:
        yield RawPage("http://localhost/", datetime.now(UTC), "", ())
        await asyncio.sleep(0)


@pytest.mark.parametrize("adapter", regions().values(), ids=lambda adapter: adapter.manifest.slug)
async def test_reading_ahead_ends_with_whoever_stores(adapter) -> None:
    tokens = Settings(token_key=SecretStr("t" * 64)).tokeniser()
    async with asyncio.timeout(10), Preparer(tokens, "sqlite", 0) as preparer:
        async with aclosing(preparer.pages(adapter, pages_without_end(), {})) as pages:
            async for _ in pages:
                await asyncio.sleep(0.01)  # the next ones are ready and wait
                break
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert left == []


async def pages_of(*sizes: int) -> AsyncIterator[RawPage]:
    for size in sizes:
        rows = [Row(str(number), f"row {number}", {}) for number in range(size)]
        yield RawPage("http://localhost/", datetime.now(UTC), "", rows)


@pytest.mark.parametrize(
    ("sizes", "stored"),
    [
        ((1,) * 40, [40]),
        ((300, 300, 300), [600, 300]),
        ((400, 400, 400), [400, 400, 400]),
        ((1300,), [600, 600, 100]),
        ((0,), [0]),
        ((), []),
    ],
)
async def test_what_is_read_while_others_are_stored_is_stored_together_up_to_a_bound(sizes, stored) -> None:
    tokens = Settings(token_key=SecretStr("t" * 64)).tokeniser()
    async with Preparer(tokens, "sqlite", 0) as preparer:
        adapter = next(iter(regions().values()))
        assert [page.rows() async for page in preparer.pages(adapter, pages_of(*sizes), {})] == stored
