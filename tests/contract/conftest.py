"""One corpus for all tests of this folder, and a platform per test that holds one region's part of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

import pytest

from adapters import registry
from adapters.base import Adapter
from adapters.conformance.subject import Pulled
from adapters.conformance.subject import pull as pull_once
from adapters.sandbox.platform import Platform
from adapters.sandbox.registrations import Corpus
from adapters.sandbox.serve import corpus, serving
from adapters.transport import Endpoint

SEED = 2025
SIZE = 150
ADAPTERS = {adapter.manifest.slug: adapter for adapter in registry.regions().values()}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `adapter` runs once a region."""
    if "adapter" in metafunc.fixturenames:
        metafunc.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS, scope="session")


Pull = Callable[..., Awaitable[Pulled]]


@pytest.fixture
def pull() -> Pull:
    """Pull once, over real HTTP."""
    return pull_once


@pytest.fixture(scope="session")
def content() -> Corpus:
    """150 entries a region."""
    return corpus(dict.fromkeys(ADAPTERS, SIZE), SEED)


@pytest.fixture
def platform(adapter: Adapter, content: Corpus) -> Platform:
    """The region's platform, not yet served; a test may change it."""
    return sandbox(adapter, content)


def sandbox(adapter: Adapter, content: Corpus) -> Platform:
    slug = adapter.manifest.slug
    site: Platform = registry.sandbox(slug).SandboxPlatform(adapter, content.registrations[slug], SEED)
    return site


@asynccontextmanager
async def open_site(site: Platform) -> AsyncIterator[Endpoint]:
    async with serving([site]) as endpoints:
        yield endpoints[site.adapter.manifest.slug]


@pytest.fixture
async def endpoint(platform: Platform) -> AsyncIterator[Endpoint]:
    """Where `platform` is served while the test lasts."""
    async with open_site(platform) as address:
        yield address


@pytest.fixture(scope="session")
def first_pulls(content: Corpus) -> Mapping[str, Pulled]:
    """One full pull of every region, by slug, for all tests that only look at its outcome."""

    async def one(adapter: Adapter) -> Pulled:
        async with open_site(sandbox(adapter, content)) as address:
            return await pull_once(adapter, address)

    async def each(adapters: Iterable[Adapter]) -> dict[str, Pulled]:
        return {adapter.manifest.slug: await one(adapter) for adapter in adapters}

    with asyncio.Runner() as runner:
        return runner.run(each(ADAPTERS.values()))
