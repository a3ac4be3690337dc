"""What a hub holds after its pulls: the small model of it that the rules about later pulls compare with."""

from datetime import UTC, datetime, timedelta

from adapters.base import Adapter
from adapters.conformance.subject import Pulled, hashes, pull
from adapters.source import Position
from adapters.transport import Endpoint
from schema.records import Entry, Tombstone


class Replica:
    """One region's entries, kept as a hub keeps them: watermark, cursor, known rows, deletions by tombstone or absence."""

    def __init__(self, adapter: Adapter) -> None:
        self.entries: dict[str, str] = {}
        self.watermark: datetime | None = None
        self._adapter = adapter
        self._known: dict[str, str] = {}
        self._cursor: str | None = None

    @property
    def position(self) -> Position:
        """Where the next pull starts."""
        capabilities = self._adapter.manifest.capabilities
        overlap = timedelta(minutes=capabilities.overlap_minutes)
        since = self.watermark - overlap if self.watermark and capabilities.changes == "since" else None
        return Position(since, self._cursor)

    async def pull(self, endpoint: Endpoint) -> Pulled:
        """Ask for what changed, and keep it."""
        started = datetime.now(UTC)
        pulled = await pull(self._adapter, endpoint, self.position, self._known)
        self.keep(pulled, started)
        return pulled

    def keep(self, pulled: Pulled, started: datetime) -> None:
        """Take over what a pull brought."""
        for row in pulled.mapped:
            self._known = {mark: entry for mark, entry in self._known.items() if entry != row.record.id}
            self._known[row.fingerprint] = row.record.id
        listed = hashes(pulled)
        gone = {row.record.id for row in pulled.mapped if isinstance(row.record, Tombstone)}
        self.entries = {entry: text for entry, text in {**self.entries, **listed}.items() if entry not in gone}
        capabilities = self._adapter.manifest.capabilities
        complete = capabilities.changes == "full" and not any(page.not_modified for page in pulled.pages)
        if complete and capabilities.deletions == "none":
            self.entries = {entry: text for entry, text in self.entries.items() if entry in set(pulled.ids)}
        moments = [row.record.updated_at for row in pulled.mapped if isinstance(row.record, Entry)]
        if moments:
            reached = min(max(moments), started)
            self.watermark = max(reached, self.watermark) if self.watermark else reached
        self._cursor = pulled.cursor or self._cursor
