"""What only a province knows of its entries, asked of its platform when somebody wants to read it.

All entries of a page are asked for together: by their numbers where the platform takes numbers, else by its whole listing,
of which only the native fields are kept. What was answered is good for a short while. A platform that is silent, down or
answers nonsense costs no more than the time limit, and after two such faults in a row it is left alone for some seconds
(`adapters.circuit`); its entries then come with the reason in place of their fields.
"""

import asyncio
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from adapters.base import Adapter, Page
from adapters.circuit import Circuits
from adapters.source import NumberedSource, Position
from adapters.transport import Endpoint, Limits, Transport, open_transport
from schema.errors import DexhubError, Problem
from schema.identity import Tokeniser
from schema.records import Entry

_MOST_KEPT: Final = 20_000  # entries of one province; the largest has 1,500
_FAULTS: Final = 2
_PAUSE: Final = 15.0  # seconds that a platform is left alone; readers wait, so a recovery should show soon
_BODY: Final = 64 * 1024 * 1024  # bytes of one answer


@dataclass(frozen=True, slots=True)
class Native:
    """The native fields of one entry, by the names of its GraphQL type; empty where `problems` says why."""

    fields: Mapping[str, JsonValue] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


class NativeReader:
    """Reads the native fields of one province's entries. One per process and province: it remembers what was answered
    and whether the platform is to be left alone. `seconds` is the most that a reader waits, `keep` how many seconds an
    answer is good for.
    """

    def __init__(
        self, adapter: Adapter, endpoint: Endpoint | None, *, seconds: float = 3.0, keep: float = 30.0
    ) -> None:
        self._adapter = adapter
        self._endpoint = endpoint
        self._seconds = seconds
        self._keep = keep
        self._limits = Limits(connect=seconds, silence=seconds, total=seconds, body=_BODY, attempts=1)
        self._circuits = Circuits(faults=_FAULTS, pause=_PAUSE)
        # Tokens of people are no native fields: a key that nobody knows will do, and dies with the process.
        self._context = adapter.context(Tokeniser(secrets.token_bytes(32)))
        self._kept: dict[str, tuple[float, Native]] = {}
        self._listing = _Listing()
        self._listed_at = float("-inf")
        self._one_listing = asyncio.Lock()

    async def read(self, entries: Iterable[str]) -> dict[str, Native]:
        """What is known of each of these entries, by the hub's id. Raises nothing for what a platform may do."""
        wanted = dict.fromkeys(entries)
        now = time.monotonic()
        found = {entry: kept[1] for entry in wanted if (kept := self._kept.get(entry)) and kept[0] > now}
        due = [entry for entry in wanted if entry not in found]
        return found | await self._asked(due) if due else found

    async def _asked(self, entries: Sequence[str]) -> dict[str, Native]:
        if self._endpoint is None:
            return dict.fromkeys(entries, Native(problems=(self._unconfigured(),)))
        try:
            # The transport's own limit comes first, so that the fault is counted; this one bounds several requests.
            async with asyncio.timeout(self._seconds + 0.5), open_transport(self._limits, self._circuits) as transport:
                found = await self._from_platform(transport, self._endpoint, entries)
        except DexhubError as error:
            return dict.fromkeys(entries, Native(problems=error.problems))
        except TimeoutError:
            return dict.fromkeys(entries, Native(problems=(self._late(),)))
        result = {entry: found.get(entry) or Native(problems=(self._unknown(entry),)) for entry in entries}
        self._remember(result)
        return result

    async def _from_platform(
        self, transport: Transport, endpoint: Endpoint, entries: Sequence[str]
    ) -> Mapping[str, Native]:
        source = self._adapter.source_at(endpoint)
        if not isinstance(source, NumberedSource):
            return await self._listed(transport, endpoint)
        size = source.capabilities.entries_by_number
        numbers = [entry.partition(":")[2] for entry in entries]
        parts = [numbers[start : start + size] for start in range(0, len(numbers), size)]
        pages = await asyncio.gather(*(source.numbered(transport, part) for part in parts))
        found: dict[str, Native] = {}
        for raw in pages:
            found |= self._natives(self._adapter.map_page(raw, self._context, {}))
        return found

    async def _listed(self, transport: Transport, endpoint: Endpoint) -> Mapping[str, Native]:
        """The whole listing, read once by however many wait for it, and again when what was read is no longer good."""
        async with self._one_listing:
            if self._listed_at + self._keep < time.monotonic():
                before, after = self._listing, _Listing(cursor=self._listing.cursor)
                complete = self._adapter.source_at(endpoint).complete_listing
                position = Position(cursor=before.cursor)
                pull = self._adapter.pull(transport, endpoint, position, self._context.tokens, before.known)
                async for page in pull:
                    if page.not_modified or not complete:
                        after.take_over(before)
                    for entry in page.unchanged:
                        after.found[entry] = before.found[entry]
                    after.found |= self._natives(page)
                    after.known |= {row.fingerprint: row.record.id for row in page.mapped}
                    after.cursor = page.cursor or after.cursor
                after.known |= {print_: entry for print_, entry in before.known.items() if entry in after.found}
                self._listing, self._listed_at = after, time.monotonic()
            return self._listing.found

    def _natives(self, page: Page) -> dict[str, Native]:
        """Of one mapped page; a withdrawn entry has no fields and no problem."""
        code = self._adapter.manifest.code
        found = {
            row.record.id: Native(row.record.native if isinstance(row.record, Entry) else {}) for row in page.mapped
        }
        return found | {f"{code}:{row.key}": Native(problems=row.problems) for row in page.rejected}

    def _remember(self, found: Mapping[str, Native]) -> None:
        now = time.monotonic()
        if len(self._kept) + len(found) > _MOST_KEPT:
            self._kept = {entry: kept for entry, kept in self._kept.items() if kept[0] > now}
        if len(self._kept) + len(found) <= _MOST_KEPT:
            self._kept |= {entry: (now + self._keep, native) for entry, native in found.items()}

    def _unconfigured(self) -> Problem:
        slug = self._adapter.manifest.slug.upper()
        return Problem(
            "PLATFORM_NOT_CONFIGURED",
            f"DEXHUB_PLATFORMS__{slug}__URL",
            zh="未配置该省平台的地址",
            en="no address of this province's platform is configured",
            remedy_zh=f"设置 DEXHUB_PLATFORMS__{slug}__URL",
            remedy_en=f"set DEXHUB_PLATFORMS__{slug}__URL",
        )

    def _late(self) -> Problem:
        return Problem(
            "PLATFORM_UNREACHABLE",
            self._adapter.manifest.slug,
            zh=f"平台 {self._seconds:g} 秒内未答完",
            en=f"the platform did not finish within {self._seconds:g} s",
            remedy_zh="稍后再查询；若持续，请联系省平台",
            remedy_en="ask again later; if it lasts, call the province",
        )

    def _unknown(self, entry: str) -> Problem:
        return Problem(
            "NATIVE_ENTRY_UNKNOWN",
            "id",
            value=entry[:80],
            zh="省平台没有这个项目（可能已撤回）",
            en="the province's platform has no such entry; it may have been withdrawn",
            remedy_zh="重新拉取该省后再查询",
            remedy_en="pull the region again, then ask again",
        )


@dataclass(slots=True)
class _Listing:
    """A listing as last read: native fields by entry, entries by the fingerprints of their rows, the source's cursor."""

    found: dict[str, Native] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    cursor: str | None = None

    def take_over(self, before: "_Listing") -> None:
        """Keep what stood in the listing before, where this one only says what changed."""
        self.found = {**before.found, **self.found}
