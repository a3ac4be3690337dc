"""Runs that were paused, and the overrides that were given."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.repository.keyset import Listing, Slice, keys
from sync.scope import Scope
from sync.tables import GuardStopRow


class GuardStopStore:
    """Reads and writes of guard stops within one scope."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add(self, row: GuardStopRow) -> None:
        """Store a stop."""
        self._session.add(row)

    def get(self, run_id: str) -> GuardStopRow | None:
        """The stop of a run, where the scope covers it."""
        row = self._session.get(GuardStopRow, run_id)
        return row if row is not None and self._scope.covers(row.region) else None

    def all(self, limit: int) -> list[GuardStopRow]:
        """Stops, newest first."""
        return self.listing().rows(Slice(limit))

    def listing(self) -> Listing[GuardStopRow]:
        """The same, to be paged."""
        query = select(GuardStopRow)
        if self._scope.region is not None:
            query = query.where(col(GuardStopRow.region) == self._scope.region)
        return Listing(self._session, query, keys(GuardStopRow, "stopped_at", "run_id", descending=True))

    def pending_override(self, region: str) -> GuardStopRow | None:
        """An override of this region that was given and not yet used."""
        given = (col(GuardStopRow.overridden_at).is_not(None), col(GuardStopRow.used_at).is_(None))
        query = select(GuardStopRow).where(col(GuardStopRow.region) == region, *given)
        return self._session.scalar(query.order_by(col(GuardStopRow.stopped_at)).limit(1))
