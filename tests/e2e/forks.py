"""Does the hub's work in processes that may be killed or frozen: imports everything once, then forks a child for each.

A line of JSON on standard input asks for `{"work": "pull" or "schedule", …}` and is answered with the child's process id;
`{"wait": process id}` is answered with how that child ended, as wait(2) tells it. A child stays a zombie until then, so
its id never comes to mean another process.
"""

import asyncio
import os
import sys
import traceback
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from adapters.base import Adapter
from adapters.registry import regions
from sync.database import Database
from sync.pull import Puller
from sync.scheduler import Clock
from sync.settings import Settings

_PAGE = 10  # rows, so that every run has many transactions to be struck in


def in_small_pages(adapter: Adapter) -> Adapter:
    """The region, asked for a few rows at a time."""
    capabilities = adapter.manifest.capabilities.model_copy(update={"page_size": _PAGE})
    return replace(adapter, manifest=adapter.manifest.model_copy(update={"capabilities": capabilities}))


async def pull(puller: Puller, *, full: bool) -> None:
    """Pull every region once. What a killed run before has claimed is waited for until its lease is over."""
    waiting = ADAPTERS
    while waiting:
        rows = await puller.pull_all(waiting, "test", full=full)
        codes = {row.region: {problem["code"] for problem in row.problems} for row in rows}
        waiting = [each for each in waiting if codes[each.manifest.code] == {"ALREADY_RUNNING"}]
        wrong = [row.problems for row in rows if codes[row.region] - {"ALREADY_RUNNING"}]
        assert wrong == []
        await asyncio.sleep(0.02)


async def schedule(database: Database, settings: Settings, puller: Puller) -> None:
    """A scheduler, for ever."""
    Clock(database, settings, puller, ADAPTERS, look_every=0.2).start()
    await asyncio.Event().wait()


def work(order: Mapping[str, Any]) -> None:
    """What a child does."""
    settings = Settings(token_key="t" * 64, **order["settings"])
    database = Database(settings.database_url)
    puller = Puller(database, settings, settings.tokeniser())
    if order["work"] == "pull":
        asyncio.run(pull(puller, full=order["full"]))
    else:
        asyncio.run(schedule(database, settings, puller))


def answer(order: Mapping[str, Any]) -> int:
    """The line that answers an order."""
    if "wait" in order:
        return os.waitpid(order["wait"], 0)[1]
    child = os.fork()
    if child:
        return child
    try:
        work(order)
    except BaseException:  # noqa: BLE001  a child must never go on as its parent
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


ADAPTERS = [in_small_pages(each) for each in regions().values()]

if __name__ == "__main__":
    for line in sys.stdin.buffer:
        sys.stdout.write(f"{answer(orjson.loads(line))}\n")
        sys.stdout.flush()
