"""What is checked: a region's folder, and its platform: simulated and obedient, or a real one that is only read from."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

from adapters import registry
from adapters.base import Adapter, Mapped, Page, Rejected
from adapters.sandbox.corpus import generate
from adapters.sandbox.platform import Platform
from adapters.sandbox.registrations import Registration
from adapters.sandbox.serve import serving
from adapters.source import Position
from adapters.transport import Endpoint, Limits, open_transport
from schema.errors import DexhubError, Problem
from schema.identity import Tokeniser

SEED: Final = 2025
TOKENS: Final = Tokeniser(b"a key for checks of conformance, k1")
SIZE: Final = 24  # entries of the simulated platform, where a rule needs no other number
STEP: Final = timedelta(hours=7)  # between two changes: several a day, and several days
LIMITS: Final = Limits(connect=5, silence=10, total=10, attempts=2, pause=0.01)
_MOST_PAGES: Final = 200


@dataclass(frozen=True)
class Pulled:
    """All pages of one pull."""

    pages: tuple[Page, ...]

    @property
    def mapped(self) -> list[Mapped]:
        """Every row that was understood."""
        return [row for page in self.pages for row in page.mapped]

    @property
    def rejected(self) -> list[Rejected]:
        """Every row that was set aside."""
        return [row for page in self.pages for row in page.rejected]

    @property
    def unchanged(self) -> list[str]:
        """The entries whose rows were recognised."""
        return [entry for page in self.pages for entry in page.unchanged]

    @property
    def cursor(self) -> str | None:
        """What the source wants to be told next time."""
        return next((page.cursor for page in reversed(self.pages) if page.cursor is not None), None)

    @property
    def ids(self) -> list[str]:
        """Of all entries listed and understood, in the order given."""
        return [row.record.id for row in self.mapped] + self.unchanged

    @property
    def known(self) -> dict[str, str]:
        """Fingerprints of the rows and the entries they became."""
        return {row.fingerprint: row.record.id for row in self.mapped}


@dataclass(frozen=True)
class Subject:
    """A folder, and the endpoint of a real platform where one is to be asked instead of the sandbox."""

    folder: Path
    endpoint: Endpoint | None = None
    _kept: dict[str, str] = field(default_factory=dict, compare=False)

    @cached_property
    def adapter(self) -> Adapter:
        """The adapter that the folder makes. Raises FactsError, or whatever its modules raise."""
        return registry.read(self.folder)

    @cached_property
    def everything(self) -> tuple[Registration, ...]:
        """Entries as they come in life: also late ones, those with too many people, those of closed topics."""
        profile = registry.sandbox(self.folder.name).SandboxPlatform.profile(self.adapter)
        made = generate([profile], {self.folder.name: 5 * SIZE}, SEED).registrations[self.folder.name]
        return tuple(one for one in made if one.flaw is None)

    @cached_property
    def entries(self) -> tuple[Registration, ...]:
        """Some that keep the contest's rules, each changed at a time of its own."""
        plain = [one for one in self.everything if len(one.people) <= 5 and one.topic.open][:SIZE]
        start = datetime.fromisoformat("2025-06-02T08:00:00+08:00")
        return tuple(
            replace(one, submitted_at=start - STEP, updated_at=start + index * STEP) for index, one in enumerate(plain)
        )

    def site(self, entries: Sequence[Registration] | None = None) -> Platform:
        """A simulated platform that holds these entries, by default `entries`; not yet served."""
        made: Platform = registry.sandbox(self.folder.name).SandboxPlatform(
            self.adapter, self.entries if entries is None else entries, SEED
        )
        return made

    @asynccontextmanager
    async def served(self, site: Platform) -> AsyncIterator[Endpoint]:
        """Where `site` is served over HTTP."""
        async with serving([site]) as endpoints:
            yield endpoints[site.adapter.manifest.slug]

    @asynccontextmanager
    async def platform(self) -> AsyncIterator[Endpoint]:
        """The real platform where there is one, else a simulated one with everything on it."""
        if self.endpoint is not None:
            yield self.endpoint
        else:
            async with self.served(self.site(self.everything)) as endpoint:
                yield endpoint

    async def undisturbed(self) -> dict[str, str]:
        """What the records of `entries` are when nothing goes wrong; asked for once."""
        if not self._kept:
            async with self.served(self.site()) as endpoint:
                self._kept.update(hashes(await pull(self.adapter, endpoint)))
        return self._kept

    def with_capabilities(self, **changed: int) -> Adapter:
        """The adapter with another page size or overlap."""
        manifest = self.adapter.manifest
        capabilities = manifest.capabilities.model_copy(update=changed)
        return replace(self.adapter, manifest=manifest.model_copy(update={"capabilities": capabilities}))


class EndlessPullError(DexhubError):
    """A source that goes on asking."""


async def pull(
    adapter: Adapter,
    endpoint: Endpoint,
    position: Position | None = None,
    known: Mapping[str, str] | None = None,
    limits: Limits = LIMITS,
) -> Pulled:
    """One pull to its end; EndlessPullError where it has none."""
    pages = []
    async with open_transport(limits) as transport:
        stream = adapter.pull(transport, endpoint, position or Position(), TOKENS, known or {})
        async for page in stream:
            pages.append(page)
            if len(pages) > _MOST_PAGES:
                raise EndlessPullError(
                    Problem(
                        "ENDLESS_PULL",
                        endpoint.url,
                        zh=f"超过 {_MOST_PAGES} 页仍未结束",
                        en=f"no end after {_MOST_PAGES} pages",
                        remedy_zh="在 source.py 中识别重复的游标或页面并停止",
                        remedy_en="have source.py notice a cursor or page that repeats, and stop",
                    )
                )
    return Pulled(tuple(pages))


def hashes(pulled: Pulled) -> dict[str, str]:
    """What each row became, by entry, without where and when it was read."""
    return {row.record.id: row.record.model_dump_json(exclude={"source"}) for row in pulled.mapped}


def later(entries: Sequence[Registration], days: float = 3) -> datetime:
    """A time after every change, further than any overlap reaches."""
    return max(one.updated_at for one in entries) + timedelta(days=days)
