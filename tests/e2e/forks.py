"""Does the hub's work in processes that may be killed or frozen: imports everything once, then forks a child for each.

A line of JSON on standard input asks for `{"work": "pull" or "schedule", …}` and is answered by the child with its process
id when it begins; `{"wait": process id}` is answered with how that child ended, as wait(2) tells it. A child stays a
zombie until then, so its id never comes to mean another process.
"""

import asyncio
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy.orm import configure_mappers

from adapters.base import Adapter
from adapters.registry import regions
from schema.identity import id_number_doubtful
from sync.database import Database
from sync.pull import Puller
from sync.scheduler import Clock
from sync.searchable_texts import searchable
from sync.settings import Settings

_PAGE = 10  # rows, so that every run has many transactions to be struck in


def in_small_pages(adapter: Adapter) -> Adapter:
    """The region, asked for a few rows at a time."""
    capabilities = adapter.manifest.capabilities.model_copy(update={"page_size": _PAGE})
    return replace(adapter, manifest=adapter.manifest.model_copy(update={"capabilities": capabilities}))


async def pull(puller: Puller, adapters: Sequence[Adapter], *, full: bool) -> None:
    """Pull these regions once. What a killed run before has claimed is waited for until its lease is over."""
    waiting = adapters
    while waiting:
        rows = await puller.pull_all(waiting, "test", full=full)
        codes = {row.region: {problem["code"] for problem in row.problems} for row in rows}
        wrong = [row.problems for row in rows if codes[row.region] - {"ALREADY_RUNNING"}]
        assert wrong == [], wrong
        if waiting := [each for each in waiting if codes[each.manifest.code]]:
            await asyncio.sleep(0.02)


async def schedule(clock: Clock) -> None:
    """Look for what is due, for ever."""
    clock.start()
    await asyncio.Event().wait()


def work(order: Mapping[str, Any]) -> None:
    """What a child does."""
    settings = Settings(token_key="t" * 64, **order["settings"])
    database = Database(settings.database_url)
    puller = Puller(database, settings, settings.tokeniser())
    begun = f"{os.getpid()}\n".encode()
    if order["work"] == "pull":
        os.write(1, begun)
        adapters = INSTALLED if order["helped"] else ADAPTERS
        asyncio.run(pull(puller, adapters, full=order["full"]))
    else:
        clock = Clock(database, settings, puller, ADAPTERS, look_every=0.2)
        os.write(1, begun)
        asyncio.run(schedule(clock))


def fork(order: Mapping[str, Any]) -> None:
    """Do it in a child."""
    if os.fork():
        return
    try:
        work(order)
    except BaseException:  # noqa: BLE001  a child must never go on as its parent
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


INSTALLED = list(regions().values())  # for which alone processes map
ADAPTERS = [in_small_pages(each) for each in INSTALLED]

if __name__ == "__main__":
    # What is read or set up the first time: once here, and not in every child.
    id_number_doubtful("110101199003077475")
    searchable(["體"])
    configure_mappers()
    for line in sys.stdin.buffer:
        asked = orjson.loads(line)
        if "wait" in asked:
            os.write(1, f"{os.waitpid(asked['wait'], 0)[1]}\n".encode())
        else:
            fork(asked)
