"""What a second worker adds, and what a pull takes away: Q1 made anew, over one PostgreSQL.

`python tests/benchmark/graphql/pressure.py [--entries 25000] [--database URL] [--seconds 6] [--connections 16] [--pulled 5000]`. First
one worker and then two, each with its own half of the connections: requests a second together, and the processor time of workers and
database for one request, as on a machine with few cores the database and what loads it need them too. Then one worker while nothing
else happens, and while a process of its own pulls so many new entries again and again from five platforms: median and 99 % of what Q1 takes.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

from filled import filled
from questions import questions
from servers import Server, database_cpu, peers, postmaster_of, serving

from adapters.sandbox.serve import corpus, even_sizes, platforms
from adapters.sandbox.serve import serving as platforms_serving
from gateway.auth import create_key
from schema.vocabulary import PullStatus, Role
from sync.database import Database
from sync.repository.pulls import PullStore
from sync.scope import EVERYTHING

WARM = 2  # seconds
Figures = dict[str, Any]


def loaded(servers: list[Server], bodies: list[Any], connections: int, seconds: int) -> list[Figures]:
    """What each of the servers tells while all of them are loaded at the same time."""
    with ThreadPoolExecutor(len(servers)) as beside:
        return list(beside.map(lambda server: server.load(bodies, connections // len(servers), seconds), servers))


def workers(servers: list[Server], bodies: list[Any], connections: int, seconds: int, postmaster: int) -> float:
    """Requests a second of these workers together."""
    loaded(servers, bodies, connections, WARM)
    before = sum(server.cpu() for server in servers), database_cpu(postmaster)
    found = loaded(servers, bodies, connections, seconds)
    rate = sum(each["rate"] for each in found)
    after = sum(server.cpu() for server in servers), database_cpu(postmaster)
    own, database = (1e6 * (now - then) / (rate * seconds) for now, then in zip(after, before, strict=True))
    print(
        f"{len(servers)} worker(s): {rate:,.0f} requests/s, {own:,.0f} µs of theirs and {database:,.0f} of the database's "
        f"processor time a request; {servers[0].megabytes():.0f} MB each",
        flush=True,
    )
    return rate


@contextmanager
def pulling(url: str, entries: int) -> Iterator[None]:
    """While it lasts, a process of its own pulls again and again what five platforms hold, from the beginning each time."""
    stop, ready, told = threading.Event(), threading.Event(), dict[str, str]()

    async def serve() -> None:
        async with platforms_serving(platforms(corpus(even_sizes(entries), seed=11))) as endpoints:
            for slug, each in endpoints.items():
                known = {"URL": each.url, "KEY_ID": each.key_id, "SECRET": each.secret}
                told.update({f"DEXHUB_PLATFORMS__{slug.upper()}__{name}": value or "" for name, value in known.items()})
            ready.set()
            await asyncio.to_thread(stop.wait)

    def pull() -> None:
        given = {"DEXHUB_DATABASE_URL": url, "DEXHUB_TOKEN_KEY": "t" * 64, "DEXHUB_CONFIG": "none", **told}
        command = [sys.executable, "-m", "gateway.cli", "pull", "--full", "--json"]
        while not stop.is_set():
            subprocess.run(
                command, env={**os.environ, **given}, stdout=subprocess.DEVNULL, check=False
            )  # a guard may stop it

    platform = threading.Thread(target=lambda: asyncio.run(serve()))
    platform.start()
    ready.wait()
    puller = threading.Thread(target=pull)
    puller.start()
    database = Database(url)
    try:
        while not _is_running(database):
            time.sleep(0.1)
        yield
    finally:
        stop.set()
        puller.join()
        platform.join()
        database.close()


def _is_running(database: Database) -> bool:
    with database.read() as session:
        return any(run.status == PullStatus.RUNNING for run in PullStore(session).runs(EVERYTHING, (), 20))


def main() -> None:
    """Fill, serve, load, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=25_000)
    parser.add_argument("--database", help="one on this machine that is filled already; the pull adds to it")
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--pulled", type=int, default=5000)
    options = parser.parse_args()
    cache = peers()
    with filled(options.database, options.entries) as url, ExitStack() as stack:
        database = Database(url)
        key = create_key(database, "benchmark", Role.NATIONAL)
        database.close()
        bodies = questions([])["Q1"]["ours"]
        load = options.connections, options.seconds
        servers = [stack.enter_context(serving("ours", url, key, cache)) for _ in range(2)]
        one, two = (workers(servers[:number], bodies, *load, postmaster_of(url)) for number in (1, 2))
        print(f"two workers answer {two / one:.2f} times as many", flush=True)
        (quiet,) = loaded(servers[:1], bodies, *load)
        with pulling(url, options.pulled):
            (busy,) = loaded(servers[:1], bodies, *load)
        for name, each in (("quiet", quiet), ("during a pull", busy)):
            print(f"{name}: {each['rate']:,.0f} requests/s, median {each['p50']:.0f} ms, 99 % {each['p99']:.0f} ms")
        print(f"99 % during a pull: {busy['p99'] / quiet['p99']:.2f} times the quiet value")


if __name__ == "__main__":
    main()
