"""Waivers: granted, revoked, never removed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.repository.keyset import Listing, keys
from sync.scope import Scope
from sync.tables import WaiverRow


class WaiverStore:
    """Reads and writes of waivers within one scope; a region sees those of its own entries."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def of_entries(self, ids: Sequence[str]) -> list[WaiverRow]:
        """Every waiver of these entries, oldest first."""
        query = select(WaiverRow).where(col(WaiverRow.entry_id).in_(ids)).order_by(col(WaiverRow.granted_at))
        return [row for row in self._session.scalars(query) if self._scope.covers(row.entry_id[:2])]

    def holding(self, now: datetime) -> list[WaiverRow]:
        """Waivers that are neither revoked nor over at this moment."""
        query = select(WaiverRow).where(col(WaiverRow.revoked_at).is_(None), col(WaiverRow.expires_at) > now)
        return [row for row in self._session.scalars(query) if self._scope.covers(row.entry_id[:2])]

    def listing(self, clauses: Sequence[str]) -> Listing[WaiverRow]:
        """Waivers of these clauses, newest first."""
        query = select(WaiverRow).where(col(WaiverRow.clause_id).in_(clauses))
        if self._scope.region is not None:
            query = query.where(col(WaiverRow.entry_id).startswith(f"{self._scope.region}:"))
        return Listing(self._session, query, keys(WaiverRow, "granted_at", "id", descending=True))

    def get(self, identifier: str) -> WaiverRow | None:
        """One waiver, where the scope covers its entry."""
        row = self._session.get(WaiverRow, identifier)
        return row if row is not None and self._scope.covers(row.entry_id[:2]) else None

    def save(self, row: WaiverRow) -> None:
        """Insert or update one."""
        self._session.merge(row)
