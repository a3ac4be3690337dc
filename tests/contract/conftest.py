"""One corpus for all tests of this folder, and a platform per test that holds one region's part of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from adapters import registry
from adapters.base import Adapter, Mapped, Page, Rejected
from adapters.sandbox.platform import Platform
from adapters.sandbox.registrations import Corpus
from adapters.sandbox.serve import corpus, serving
from adapters.source import Position
from adapters.transport import Endpoint, Limits, open_transport
from schema.identity import Tokeniser

SEED = 2025
SIZE = 150
TOKENS = Tokeniser(b"a key for the tests of contracts, k1")
ADAPTERS = {adapter.manifest.slug: adapter for adapter in registry.regions().values()}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `adapter` runs once a region."""
    if "adapter" in metafunc.fixturenames:
        metafunc.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS, scope="session")


@dataclass(frozen=True)
class Pulled:
    """All pages of one pull."""

    pages: tuple[Page, ...]

    @property
    def mapped(self) -> list[Mapped]:
        return [row for page in self.pages for row in page.mapped]

    @property
    def rejected(self) -> list[Rejected]:
        return [row for page in self.pages for row in page.rejected]

    @property
    def unchanged(self) -> list[str]:
        return [entry for page in self.pages for entry in page.unchanged]

    @property
    def ids(self) -> list[str]:
        """Of all entries that the platform listed and that were understood, in the order given."""
        return [row.record.id for row in self.mapped] + self.unchanged

    @property
    def cursor(self) -> str | None:
        return next((page.cursor for page in reversed(self.pages) if page.cursor is not None), None)

    @property
    def known(self) -> dict[str, str]:
        return {row.fingerprint: row.record.id for row in self.mapped}


Pull = Callable[..., Awaitable[Pulled]]


async def pulled(
    adapter: Adapter,
    endpoint: Endpoint,
    position: Position | None = None,
    known: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> Pulled:
    async with open_transport(limits) as transport:
        pages = adapter.pull(transport, endpoint, position or Position(), TOKENS, known or {})
        return Pulled(tuple([page async for page in pages]))


@pytest.fixture
def pull() -> Pull:
    """Pull once, over real HTTP."""
    return pulled


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
            return await pulled(adapter, address)

    async def each(adapters: Iterable[Adapter]) -> dict[str, Pulled]:
        return {adapter.manifest.slug: await one(adapter) for adapter in adapters}

    with asyncio.Runner() as runner:
        return runner.run(each(ADAPTERS.values()))
