"""What one request costs: µs of processor time, of all threads of the process, with no sockets between. The application is called
with scopes made by hand, sixteen at a time as a server would, over PostgreSQL; beside it the limit, called in the same way.

`python tests/benchmark/graphql/request.py [--entries 25000] [--database URL] [--requests 3000] [--profile QUESTION]`. The best of
five rounds is told. `kept` is an answer that is kept, `304` one by GET that the client still has; Q1 and Q4 are asked as in
`questions`, made anew each time. `next page` is Q1's page with a cursor that nobody asked with before, one region's pages in turn.
The database's own time and the parsing of HTTP are not in it.
"""

import argparse
import asyncio
import cProfile
import gc
import os
import pstats
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import orjson
import uvloop
from filled import filled
from questions import PAGE, questions

from adapters.registry import regions
from gateway import observing
from gateway.app import create_app
from gateway.auth import create_key
from gateway.hub import Hub
from schema.vocabulary import Role
from sync.database import Database
from sync.settings import LimitSettings, Settings

AT_A_TIME: Final = 16
ROUNDS: Final = 5
LIMITS: Final = LimitSettings(cost_per_minute=10**12)
App = Callable[..., Any]
Asked = tuple[Mapping[str, Any], bytes]  # a scope and a body


def scope(method: str, path: str, query: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """A request's, as uvicorn makes it."""
    raw = {"host": "127.0.0.1:8000", "connection": "keep-alive", **headers}
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in raw.items()],
        "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip


async def answered(app: App, asked: Asked) -> list[dict[str, Any]]:
    """The messages of one answer."""
    made, body = asked
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app({**made, "state": {}}, receive, send)
    return sent


async def spent(app: App, asked: Sequence[Asked], requests: int) -> float:
    """µs of processor time a request."""
    left = islice(cycle(asked), requests)

    async def ask() -> None:
        for each in left:
            await answered(app, each)

    began = time.process_time()
    await asyncio.gather(*(ask() for _ in range(AT_A_TIME)))
    return 1e6 * (time.process_time() - began) / requests


async def measured(app: App, asked: Sequence[Asked], requests: int, status: int = 200) -> float:
    """The best of the rounds, once every question was answered as it must be."""
    for _ in range(2):
        for each in asked:
            assert (await answered(app, each))[0]["status"] in (200, status)
    assert (await answered(app, asked[0]))[0]["status"] == status
    return min([await spent(app, asked, requests) for _ in range(ROUNDS)])


async def next_page(app: App, headers: Mapping[str, str], regions: Sequence[str]) -> float:
    """µs of processor time a page, of each region's pages one after the other; the best region."""
    query = f"query P($f: EntryFilterInput, $a: String) {{ entries(first: 50, filter: $f, after: $a) {{ pageInfo {{ endCursor }} {PAGE} }} }}"
    best = float("inf")
    for region in regions:
        after, pages, began = None, 0, time.process_time()
        while pages == 0 or after:
            variables = {"f": {"regions": [region]}, "a": after}
            body = orjson.dumps({"query": query, "variables": variables})
            _, told = await answered(app, (scope("POST", "/graphql", "", headers), body))
            after, pages = orjson.loads(told["body"])["data"]["entries"]["pageInfo"]["endCursor"], pages + 1
        best = min(best, 1e6 * (time.process_time() - began) / pages)
    return best


async def run(url: str, requests: int, profiled: str | None) -> None:
    """Ask, and tell."""
    os.environ["LIMIT_DATABASE"] = url.replace("postgresql+psycopg", "postgresql")
    from limit import app as limit  # noqa: PLC0415  it reads where the database is

    database = Database(url)
    key = create_key(database, "benchmark", Role.NATIONAL)
    with database.read() as session:
        ids = [row[0] for row in session.connection().exec_driver_sql("SELECT id FROM entry ORDER BY id LIMIT 500")]
    hubs = [Hub(Settings(limits=LIMITS, token_key="t" * 64, kept_answers=size), database) for size in (16, 0)]
    kept, anew = map(create_app, hubs)
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json", "accept": "application/json"}
    all_asked = questions(ids)

    def posts(question: str) -> list[Asked]:
        bodies = map(orjson.dumps, all_asked[question]["ours"])
        return [(scope("POST", "/graphql", "", {**headers, "content-length": str(len(body))}), body) for body in bodies]

    def limits(question: str) -> list[Asked]:
        return [(scope("GET", *each.split("?"), {}), b"") for each in all_asked[question]["limit"]]

    first = all_asked["Q1"]["ours"][0]
    query = urlencode({"query": first["query"], "variables": orjson.dumps(first["variables"])})
    got = scope("GET", "/graphql", query, headers)
    await answered(kept, posts("Q1")[0])
    tag = dict((await answered(kept, (got, b"")))[0]["headers"])[b"etag"].decode()
    unchanged = scope("GET", "/graphql", query, {**headers, "if-none-match": tag})
    wanted: dict[str, tuple[App, list[Asked], int]] = {
        "Q1 kept": (kept, posts("Q1"), 200),
        "Q1 304": (kept, [(unchanged, b"")], 304),
        "Q1 anew": (anew, posts("Q1"), 200),
        "Q1 limit": (limit, limits("Q1"), 200),
        "Q4 anew": (anew, posts("Q4"), 200),
        "Q4 limit": (limit, limits("Q4"), 200),
    }
    if profiled:
        app, asked, status = wanted[profiled]
        await measured(app, asked, requests, status)
        with cProfile.Profile() as profile:
            await spent(app, asked, requests)
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    else:
        for name, (app, asked, status) in wanted.items():
            print(f"{name}: {await measured(app, asked, requests, status):,.0f} µs", flush=True)
        print(f"next page: {await next_page(anew, headers, list(regions())):,.0f} µs")
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
    with filled(options.database, options.entries) as url, Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        observing.configure("INFO", nowhere)
        gc.freeze()  # as `dexhub` begins
        gc.set_threshold(50_000, 20, 50)
        uvloop.run(run(url, options.requests, options.profile))


if __name__ == "__main__":
    main()
