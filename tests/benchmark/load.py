"""200 clients at once, three in four honest and one in four hostile, for a minute: honest answers stay quick, nobody gets a
server error, memory stays flat.

Usage: python tests/benchmark/load.py [SECONDS [CLIENTS]]. The quiet value is that of the same honest clients alone. The hostile ones
run in a process of their own, or the honest ones' clock would go on while those are made.
"""

import asyncio
import itertools
import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import httpx
from served import Served, served

HONEST = (
    "{ entries(first: 20) { totalCount edges { node { id title stage leadOrganisation { name } } } } }",
    "{ statistics(groupBy: [REGION, STAGE]) { keys { value } entries } }",
    "{ regions { code name freshness { ageMinutes } } }",
    "{ duplicateCases(first: 10) { nodes { id kind status } } }",
)
_CYCLE = "duplicateCases { entries { entry { "
HOSTILE = (
    "{ entries(first: 1000) { edges { node { " + _CYCLE * 3 + "id" + " } } }" * 3 + " } } } }",
    "{ nationalTracks { " + "id " * 3900 + "} }",
    "{ " + " ".join(f"a{n}: statistics(groupBy: [REGION]) {{ entries }}" for n in range(400)) + " }",
    "{" + "a{" * 1900 + "b" + "}" * 1901,
    "query { __schema { types { fields { type { fields { type { name } } } } } } }",
)
PAUSE = 5.0  # seconds between two questions of an honest client; a hostile one waits a tenth as long
FIRST = 10  # seconds of the run that the memory is given to settle


async def honest(
    client: httpx.AsyncClient, hub: Served, key: str, end: float, seen: Counter[int], times: list[float]
) -> None:
    """Asks, reads and thinks."""
    await asyncio.sleep(random.random() * PAUSE)  # they do not come all at once
    for document in itertools.cycle(HONEST):
        if time.monotonic() > end:
            return
        start = time.perf_counter()
        answer = await client.post(
            f"{hub.url}/graphql", json={"query": document}, headers={"Authorization": f"Bearer {key}"}
        )
        times.append(time.perf_counter() - start)
        seen[answer.status_code] += 1
        await asyncio.sleep(PAUSE)


async def hostile(client: httpx.AsyncClient, url: str, key: str, end: float, seen: Counter[int]) -> None:
    """Asks for too much, without a pause worth the name; every fifth with a wrong key, every seventh with half a body."""
    for number, document in enumerate(itertools.cycle(HOSTILE)):
        if time.monotonic() > end:
            return
        said = {"Authorization": f"Bearer {key if number % 5 else 'dexhub_0_0'}", "Content-Type": "application/json"}
        body = b'{"query": "{ half' if number % 7 == 0 else httpx.Request("POST", url, json={"query": document}).content
        answer = await client.post(f"{url}/graphql", content=body, headers=said)
        seen[answer.status_code] += 1
        await asyncio.sleep(PAUSE / 10)


def attack(url: str, key: str, seconds: float, foes: int) -> Counter[int]:
    """The statuses that hostile clients are answered with."""
    end, seen = time.monotonic() + seconds, Counter[int]()

    async def all_of_them() -> None:
        async with httpx.AsyncClient(timeout=60, trust_env=False, limits=httpx.Limits(max_connections=foes)) as client:
            await asyncio.gather(*(hostile(client, url, key, end, seen) for _ in range(foes)))

    asyncio.run(all_of_them())
    return seen


async def run(hub: Served, seconds: float, kind: int) -> tuple[list[float], Counter[int], list[float]]:
    """Times of honest answers, their statuses, memory second by second."""
    end, seen, times, memory = time.monotonic() + seconds, Counter[int](), list[float](), list[float]()
    limits = httpx.Limits(max_connections=kind)

    async def watch() -> None:
        while time.monotonic() < end:
            memory.append(hub.megabytes())
            await asyncio.sleep(1)

    async with httpx.AsyncClient(timeout=60, trust_env=False, limits=limits) as client:
        keys = itertools.cycle(hub.spare)
        friends = [honest(client, hub, next(keys), end, seen, times) for _ in range(kind)]
        await asyncio.gather(watch(), *friends)
    return times, seen, memory


def part(times: list[float], share: float) -> float:
    """The time within which so many were answered, in milliseconds."""
    return sorted(times)[int(len(times) * share)] * 1000


def main() -> None:
    seconds, clients = (float(sys.argv[1]) if len(sys.argv) > 1 else 60, int(sys.argv[2]) if len(sys.argv) > 2 else 200)
    foes = clients // 4
    with served(1000, spare=clients) as hub, ProcessPoolExecutor(1, get_context("spawn")) as aside:
        aside.submit(time.monotonic).result()  # it is there
        asyncio.run(run(hub, 2 * PAUSE, clients - foes))  # what is made once is made
        quiet, _, _ = asyncio.run(run(hub, seconds / 3, clients - foes))
        struck = aside.submit(attack, hub.url, hub.national, seconds, foes)
        times, seen, memory = asyncio.run(run(hub, seconds, clients - foes))
        seen += struck.result()
    settled = memory[min(FIRST, len(memory) - 1)]
    print(f"quiet: {len(quiet)} answers, median {part(quiet, 0.5):.0f} ms, 99 % {part(quiet, 0.99):.0f} ms")
    print(
        f"under attack: {len(times)} honest answers, median {part(times, 0.5):.0f} ms, 99 % {part(times, 0.99):.0f} ms"
    )
    print(f"ratio of 99 %: {part(times, 0.99) / part(quiet, 0.99):.2f}; statuses {dict(sorted(seen.items()))}")
    print(f"server errors: {sum(number for status, number in seen.items() if status >= 500)}")
    print(f"memory: {settled:.0f} MB after {FIRST} s, {memory[-1]:.0f} MB at the end, {max(memory):.0f} MB at most")


if __name__ == "__main__":
    main()
