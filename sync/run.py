"""What one run of one region has seen so far."""

from dataclasses import dataclass, field
from datetime import datetime

from adapters.source import Position
from sync.desk import PreparedPage
from sync.drift import Drift
from sync.guard import Held
from sync.lease import Claim
from sync.repository.entries import Delta
from sync.tables import PullRow


@dataclass(slots=True)
class Run:
    """Kept in memory until the run's last transaction, which needs it to tell what is gone and how far it has read."""

    row: PullRow
    claim: Claim
    position: Position
    held: Held
    overridden: bool
    complete: bool = False  # whether this run lists all there is, so that what is absent is gone
    newest: datetime | None = None
    cursor: str | None = None
    not_modified: bool = False
    seen: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)
    drift: Drift = field(default_factory=Drift)

    def add(self, page: PreparedPage, delta: Delta) -> None:
        """A page that was stored, and what storing it did."""
        self.held.add(delta.rewritten, page.gone)
        self.row.created += len(delta.new)
        self.row.changed += len(delta.changed)
        self.row.unchanged += len(delta.same) + len(page.unchanged)
        self.row.quarantined += len(page.rejected)
        self.seen.update(page.ids())
        self.seen.update(page.unchanged)
        self.rejected.update(f"{self.row.region}:{item.key}" for item in page.rejected)
        self.drift.add(page.rejected)
        moments = [item.updated_at for item in page.prepared]
        self.newest = max([*moments, *([self.newest] if self.newest else [])], default=None)
        self.cursor = page.cursor or self.cursor
        self.not_modified = self.not_modified or page.not_modified
