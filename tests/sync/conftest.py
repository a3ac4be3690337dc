"""A small world of real platforms that a test may change, and a puller over an empty database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from adapters.registry import regions
from adapters.sandbox.platform import Platform
from adapters.sandbox.registrations import Corpus, Registration
from adapters.sandbox.serve import corpus as make_corpus
from adapters.sandbox.serve import even_sizes, platforms, serving
from adapters.transport import Limits
from sync.database import Database
from sync.pull import Puller
from sync.settings import PlatformSettings, Settings
from sync.tables import PullRow

# What of the stored rows may differ between two pulls of the same data: when and from where it was read.
_VOLATILE = {
    "fetched_at", "first_seen_at", "changed_at", "source_url", "source_sha256", "source_locator", "last_seen_at",
    "succeeded_at", "watermark", "cursor",
}  # fmt: skip


@dataclass
class World:
    """Platforms, what they hold, and the hub that pulls them."""

    content: Corpus
    sites: dict[str, Platform]
    database: Database
    puller: Puller

    async def pull(self, *slugs: str, full: bool = False) -> list[PullRow]:
        """Pull these regions, or all."""
        adapters = [a for a in regions().values() if not slugs or a.manifest.slug in slugs]
        return await self.puller.pull_all(adapters, "test", full=full)

    def sound(self, slug: str) -> list[Registration]:
        """The region's registrations that can be mapped, oldest change first."""
        return [made for made in self.content.registrations[slug] if made.flaw is None]

    def restarted(self, **settings: object) -> "World":
        """The same world with other settings."""
        changed = Settings(**{**self.puller._settings.model_dump(), **settings})
        return World(self.content, self.sites, self.database, Puller(self.database, changed, changed.tokeniser()))

    def rows(self, table: str, where: str = "1=1") -> list[dict[str, object]]:
        """A table's rows without what may differ between equal pulls, in a stable order."""
        with self.database.engine.connect() as connection:
            found = connection.execute(text(f"SELECT * FROM {table} WHERE {where}")).mappings()
            lean = [{k: str(v) for k, v in row.items() if k not in _VOLATILE} for row in found]
        return sorted(lean, key=lambda row: sorted(row.items()))

    def everything(self) -> dict[str, list[dict[str, object]]]:
        """All that a pull stores."""
        names = ("entry", "entry_organisation", "entry_representative", "quarantine", "region_state")
        return {name: self.rows(name) for name in names}

    def status_of(self, entry: str) -> str:
        """An entry's status."""
        return str(self.rows("entry", f"id = '{entry}'")[0]["status"])


@pytest.fixture(scope="session")
def small_corpus() -> Corpus:
    return make_corpus(even_sizes(30 * len(regions())), seed=23)


@pytest.fixture
async def world(database: Database, small_corpus: Corpus) -> AsyncIterator[World]:
    sites = platforms(small_corpus)
    async with serving(sites) as endpoints:
        settings = Settings(
            token_key=SecretStr("t" * 64),
            platforms={
                slug: PlatformSettings(url=each.url, key_id=each.key_id, secret=SecretStr(each.secret))
                for slug, each in endpoints.items()
            },
        )
        limits = Limits(silence=2, total=15, attempts=2)
        puller = Puller(database, settings, settings.tokeniser(), limits)
        yield World(small_corpus, {site.adapter.manifest.slug: site for site in sites}, database, puller)


@pytest.fixture(scope="session")
def code() -> dict[str, str]:
    """Region codes by slug."""
    return {adapter.manifest.slug: code for code, adapter in regions().items()}
