"""A platform that does not answer costs its own region and no other."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.registry import region_named, regions
from adapters.sandbox.registrations import Corpus
from adapters.sandbox.serve import corpus, even_sizes, platforms, serving
from adapters.transport import Limits
from sync.database import Database
from sync.pull import Puller
from sync.repository.pulls import PullStore
from sync.scope import EVERYTHING
from sync.settings import Settings

SLUGS = tuple(adapter.manifest.slug for adapter in regions().values())
SIZE = 20  # entries a region


@pytest.fixture(scope="session")
def few() -> Corpus:
    return corpus(even_sizes(SIZE * len(regions())), seed=5)


@pytest.fixture
def store(sqlite_backend) -> Database:
    made = Database(sqlite_backend.new("empty"))
    yield made
    made.close()


@pytest.fixture(params=SLUGS)
async def one_hangs(request, few, store, gate) -> AsyncIterator[tuple]:
    """Settings, the code of the region whose platform does not answer, and the gate before it."""
    sites = platforms(few)
    adapter = region_named(request.param)
    closed = gate(free=0)
    next(site for site in sites if site.adapter is adapter).fault = closed
    async with serving(sites) as endpoints:
        reached = {slug: {"url": e.url, "key_id": e.key_id, "secret": e.secret} for slug, e in endpoints.items()}
        settings = Settings(token_key="t" * 64, platforms=reached)
        yield settings, adapter.manifest.code, closed
        closed.open.set()


def statuses(store: Database) -> dict[str, str]:
    """How the last run of each region stands."""
    with store.read() as session:
        return {row.region: row.status for row in PullStore(session).runs(EVERYTHING, (), 10)}


def expected(hanging: str, status: str) -> dict[str, str]:
    return {code: status if code == hanging else "SUCCEEDED" for code in regions()}


async def test_a_region_that_hangs_delays_no_other(one_hangs, store, until) -> None:
    settings, hanging, closed = one_hangs
    puller = Puller(store, settings, settings.tokeniser())
    work = asyncio.create_task(puller.pull_all(list(regions().values()), "test"))
    await until(lambda: statuses(store) == expected(hanging, "RUNNING"))
    waiting = (closed.reached.is_set(), closed.open.is_set(), work.done())
    closed.open.set()
    rows = await work
    assert (waiting, [row.problems for row in rows]) == ((True, False, False), [[]] * len(regions()))


async def test_a_region_that_never_answers_fails_alone(one_hangs, store) -> None:
    settings, hanging, _ = one_hangs
    limits = Limits(total=1, attempts=1)
    await Puller(store, settings, settings.tokeniser(), limits).pull_all(list(regions().values()), "test")
    assert statuses(store) == expected(hanging, "FAILED")
