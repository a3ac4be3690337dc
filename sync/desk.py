"""Maps the rows of a page and makes them ready to store. Knows neither a database nor a network, nor any library of one: a process
that does nothing else stands sooner and is smaller without.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from adapters.base import Adapter, Fresh, Rejected
from adapters.registry import regions
from adapters.source import RawPage
from schema.identity import Tokeniser
from schema.records import Entry
from sync.repository.prepared import Prepared, prepare_all
from sync.row_layout import Layouts


@dataclass(slots=True)
class PreparedPage:
    """One page, ready to store. `gone` are the ids of entries that their platform says are gone."""

    prepared: list[Prepared] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    total: int | None = None
    cursor: str | None = None
    not_modified: bool = False

    def append(self, other: "PreparedPage") -> None:
        """Take in a page that follows this one, or rows that belong to it."""
        self.prepared += other.prepared
        self.gone += other.gone
        self.unchanged += other.unchanged
        self.rejected += other.rejected
        self.total = other.total if other.total is not None else self.total
        self.cursor = other.cursor or self.cursor
        self.not_modified = self.not_modified or other.not_modified

    def rows(self) -> int:
        """How many rows of the platform it stands for."""
        return len(self.prepared) + len(self.gone) + len(self.unchanged) + len(self.rejected)

    def ids(self) -> list[str]:
        """The ids of all that was understood."""
        return [*(item.id for item in self.prepared), *self.gone]


@dataclass(frozen=True, slots=True)
class Task:
    """Rows of one page that are not known yet. `origin` is the page without its rows."""

    region: str
    origin: RawPage
    fresh: Sequence[Fresh]


@dataclass(frozen=True, slots=True)
class Desk:
    """Prepares rows for one kind of database, under one key for tokens."""

    tokens: Tokeniser
    layouts: Layouts

    def ready(self) -> None:
        """Read the facts of all regions, before the first task waits for them."""
        regions()

    def done(self, task: Task) -> PreparedPage:
        """As `prepare`, for an installed region."""
        return self.prepare(regions()[task.region], task)

    def prepare(self, adapter: Adapter, task: Task) -> PreparedPage:
        """Map the rows and make them ready. Pure but for the clock."""
        mapped, rejected = adapter.map_fresh(task.origin, task.fresh, adapter.context(self.tokens))
        part = PreparedPage(rejected=rejected)
        known: list[tuple[Entry, str, bytes]] = []
        for item in mapped:
            if isinstance(item.record, Entry):
                known.append((item.record, item.fingerprint, item.payload))
            else:
                part.gone.append(item.record.id)
        version, now = adapter.manifest.mapping_version, datetime.now(UTC)
        part.prepared = prepare_all(known, self.layouts, mapping_version=version, now=now)
        return part
