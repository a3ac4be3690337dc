"""What one request costs: µs of processor time, of all threads of the process, with no sockets between. Connections of uvicorn, in the
hub's configuration, are given the bytes of requests, sixteen at a time as a server would be, over PostgreSQL; beside it the limit, asked
in the same way.

`python tests/benchmark/graphql/request.py [--entries 25000] [--database URL] [--requests 3000] [--profile QUESTION]`. The best of
five rounds is told. `kept` is an answer that is kept, `304` one by GET that the client still has; Q1 and Q4 are asked as in
`questions`, made anew each time. `next page` is Q1's page with a cursor that nobody asked with before, one region's pages in turn.
The database's own time and the kernel's are not in it.
"""

import argparse
import asyncio
import cProfile
import gc
import os
import pstats
import time
from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import orjson
import uvicorn
import uvloop
from filled import filled
from questions import PAGE, questions
from uvicorn.server import ServerState

from adapters.registry import regions
from gateway import observing
from gateway.app import create_app
from gateway.auth import create_key
from gateway.hub import Hub
from gateway.serving import configured
from schema.vocabulary import Role
from sync.database import Database
from sync.settings import LimitSettings, Settings

AT_A_TIME: Final = 16
NEXT: Final = "next page"
ROUNDS: Final = 5
LIMITS: Final = LimitSettings(cost_per_minute=10**12)


class Wire(asyncio.Transport):
    """What a connection writes to."""

    def __init__(self) -> None:
        super().__init__({})
        self.answer: asyncio.Future[bytes] | None = None
        self._parts: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """A part of an answer, or all of it."""
        self._parts.append(bytes(data))
        whole = b"".join(self._parts)
        head, end, body = whole.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        chunked = b"chunked" in head
        if end and (body.endswith(b"0\r\n\r\n") if chunked else len(body) == length) and self.answer is not None:
            self._parts.clear()
            self.answer.set_result(whole)

    def is_closing(self) -> bool:
        """Never."""
        return False


class Connection:
    """One, on which a request is asked after the other."""

    def __init__(self, config: uvicorn.Config) -> None:
        if not config.loaded:
            config.load()
        self._wire = Wire()
        self._protocol: Any = config.http_protocol_class(config=config, server_state=ServerState(), app_state={})  # type: ignore[operator]  # a class
        self._protocol.connection_made(self._wire)

    async def ask(self, request: bytes) -> bytes:
        """The answer."""
        self._wire.answer = asyncio.get_running_loop().create_future()
        self._protocol.data_received(request)
        return await self._wire.answer


def told(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """The bytes of a request."""
    length = {"content-length": str(len(body))} if body else {}
    lines = (f"{name}: {value}\r\n" for name, value in {"host": "hub", **headers, **length}.items())
    return f"{method} {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode() + body


async def spent(config: uvicorn.Config, asked: Sequence[bytes], requests: int) -> float:
    """µs of processor time a request."""
    left = islice(cycle(asked), requests)

    async def ask(connection: Connection) -> None:
        for each in left:
            await connection.ask(each)

    connections = [Connection(config) for _ in range(AT_A_TIME)]
    began = time.process_time()
    await asyncio.gather(*map(ask, connections))
    return 1e6 * (time.process_time() - began) / requests


async def measured(config: uvicorn.Config, asked: Sequence[bytes], requests: int, status: int = 200) -> float:
    """The best of the rounds, once every question was answered as it must be."""
    connection = Connection(config)
    for _ in range(2):
        for each in asked:
            assert int((await connection.ask(each)).split()[1]) in (200, status)
    assert int((await connection.ask(asked[0])).split()[1]) == status
    return min([await spent(config, asked, requests) for _ in range(ROUNDS)])


async def next_page(config: uvicorn.Config, headers: Mapping[str, str], regions: Sequence[str]) -> float:
    """µs of processor time a page, of each region's pages one after the other; the best region."""
    query = f"query P($f: EntryFilterInput, $a: String) {{ entries(first: 50, filter: $f, after: $a) {{ pageInfo {{ endCursor }} {PAGE} }} }}"
    best, connection = float("inf"), Connection(config)
    for region in regions:
        after, pages, began = None, 0, time.process_time()
        while pages == 0 or after:
            variables = {"f": {"regions": [region]}, "a": after}
            body = orjson.dumps({"query": query, "variables": variables})
            _, _, page = (await connection.ask(told("POST", "/graphql", headers, body))).partition(b"\r\n\r\n")
            after, pages = orjson.loads(page)["data"]["entries"]["pageInfo"]["endCursor"], pages + 1
        best = min(best, 1e6 * (time.process_time() - began) / pages)
    return best


async def run(url: str, requests: int, profiled: str | None) -> None:
    """Ask, and tell."""
    os.environ["LIMIT_DATABASE"] = url.replace("postgresql+psycopg", "postgresql")
    from limit import app  # noqa: PLC0415  it reads where the database is

    database = Database(url)
    key = create_key(database, "benchmark", Role.NATIONAL)
    with database.read() as session:
        ids = [row[0] for row in session.connection().exec_driver_sql("SELECT id FROM entry ORDER BY id LIMIT 500")]
    hubs = [Hub(Settings(limits=LIMITS, token_key="t" * 64, kept_answers=size), database) for size in (16, 0)]
    kept, anew = (configured(create_app(hub), LIMITS) for hub in hubs)
    limit = uvicorn.Config(app, log_config=None, access_log=False, http="httptools")
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json", "accept": "application/json"}
    all_asked = questions(ids)

    def posts(question: str) -> list[bytes]:
        return [told("POST", "/graphql", headers, orjson.dumps(body)) for body in all_asked[question]["ours"]]

    def limits(question: str) -> list[bytes]:
        return [told("GET", each, {}) for each in all_asked[question]["limit"]]

    first = all_asked["Q1"]["ours"][0]
    query = urlencode({"query": first["query"], "variables": orjson.dumps(first["variables"])})
    await Connection(kept).ask(posts("Q1")[0])
    got = await Connection(kept).ask(told("GET", f"/graphql?{query}", headers))
    tag = got.partition(b"etag: ")[2].partition(b"\r\n")[0].decode()
    unchanged = told("GET", f"/graphql?{query}", {**headers, "if-none-match": tag})
    wanted: dict[str, tuple[uvicorn.Config, list[bytes], int]] = {
        "Q1 kept": (kept, posts("Q1"), 200),
        "Q1 304": (kept, [unchanged], 304),
        "Q1 anew": (anew, posts("Q1"), 200),
        "Q1 limit": (limit, limits("Q1"), 200),
        "Q4 anew": (anew, posts("Q4"), 200),
        "Q4 limit": (limit, limits("Q4"), 200),
    }
    if profiled == NEXT:
        await next_page(anew, headers, list(regions())[:1])
        with cProfile.Profile() as profile:
            await next_page(anew, headers, list(regions())[1:2])
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    elif profiled:
        config, asked, status = wanted[profiled]
        await measured(config, asked, requests, status)
        with cProfile.Profile() as profile:
            await spent(config, asked, requests)
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    else:
        for name, (config, asked, status) in wanted.items():
            print(f"{name}: {await measured(config, asked, requests, status):,.0f} µs", flush=True)
        print(f"{NEXT}: {await next_page(anew, headers, list(regions())):,.0f} µs")
    for hub in hubs:
        hub.stop()


def main() -> None:
    """Fill, unless a database is given, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=25_000)
    parser.add_argument("--database", help="one that is filled already")
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--profile", help="a line of what is told otherwise: where its time goes")
    options = parser.parse_args()
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  what is logged last is written as the process ends
    with filled(options.database, options.entries) as url:
        observing.configure("INFO", nowhere)
        gc.freeze()  # as `dexhub` begins
        gc.set_threshold(50_000, 20, 50)
        uvloop.run(run(url, options.requests, options.profile))


if __name__ == "__main__":
    main()
