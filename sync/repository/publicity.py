"""Publicity windows and the objections against what they show."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from schema.list_life import COUNTED
from schema.publicity import ObjectionStatus
from sync.repository.keyset import Listing, Slice, keys
from sync.scope import Scope
from sync.tables import ListEventRow, ListRow, ObjectionRow, PublicityRow


class PublicityStore:
    """Reads and writes of windows, which are public and have no scope, and of objections, which a region sees where they
    are about its own entries.
    """

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def windows(self, first: int | None = 1000) -> list[PublicityRow]:
        """Windows, newest first; all of them where no number is given."""
        return self.window_listing().rows(Slice(first))

    def window_listing(self) -> Listing[PublicityRow]:
        """The same, to be paged."""
        return Listing(self._session, select(PublicityRow), keys(PublicityRow, "opened_at", "id", descending=True))

    def window(self, identifier: str) -> PublicityRow | None:
        """One window."""
        return self._session.get(PublicityRow, identifier)

    def of_lists(self, receipts: Sequence[str]) -> dict[str, PublicityRow]:
        """The windows of these lists, by receipt."""
        query = select(PublicityRow).where(col(PublicityRow.receipt).in_(receipts))
        return {row.receipt: row for row in self._session.scalars(query)}

    def gave_way(self, receipts: Sequence[str]) -> dict[str, datetime]:
        """When lists that counted ceased to (returned, withdrawn, superseded), by receipt; of those that did."""
        event = ListEventRow
        query = (
            select(col(event.receipt), func.min(col(event.at)))
            .where(
                col(event.receipt).in_(receipts), col(event.before).in_(COUNTED), col(event.after).not_in(COUNTED)
            )
            .group_by(col(event.receipt))
        )  # fmt: skip
        return dict(self._session.execute(query).all())

    def open_window(self, row: PublicityRow) -> None:
        """Store a window; one of this list that exists already is an error of the database."""
        self._session.add(row)
        self._session.flush()

    def objections(
        self, windows: Sequence[str] | None = None, statuses: Sequence[str] = (), first: int | None = None
    ) -> list[ObjectionRow]:
        """Objections within the scope, newest first."""
        return self.objection_listing(windows, statuses).rows(Slice(first))

    def objection_listing(
        self, windows: Sequence[str] | None = None, statuses: Sequence[str] = ()
    ) -> Listing[ObjectionRow]:
        """The same, to be paged."""
        query = select(ObjectionRow)
        if self._scope.region is not None:
            query = query.where(col(ObjectionRow.entry_id).startswith(f"{self._scope.region}:"))
        if windows is not None:
            query = query.where(col(ObjectionRow.window_id).in_(windows))
        if statuses:
            query = query.where(col(ObjectionRow.status).in_(statuses))
        return Listing(self._session, query, keys(ObjectionRow, "filed_at", "id", descending=True))

    def objection(self, identifier: str) -> ObjectionRow | None:
        """One objection, where the scope covers its entry; nobody else decides it until the commit."""
        row = self._session.get(ObjectionRow, identifier, with_for_update=True)
        return row if row is not None and self._scope.covers(row.entry_id[:2]) else None

    def undecided(self, window: str) -> int:
        """How many objections of a window wait."""
        wanted = (col(ObjectionRow.window_id) == window, col(ObjectionRow.status) == ObjectionStatus.RECEIVED)
        return self._session.scalar(select(func.count()).select_from(ObjectionRow).where(*wanted)) or 0

    def waiting(self) -> dict[str, int]:
        """How many objections wait against any version of an issuer's list, by issuer; of those against whom any does."""
        query = (
            select(col(ListRow.issuer), func.count())
            .select_from(ObjectionRow)
            .join(PublicityRow, col(PublicityRow.id) == col(ObjectionRow.window_id))
            .join(ListRow, col(ListRow.receipt) == col(PublicityRow.receipt))
            .where(col(ObjectionRow.status) == ObjectionStatus.RECEIVED)
            .group_by(col(ListRow.issuer))
        )
        return dict(self._session.execute(query).all())

    def add(self, row: ObjectionRow) -> None:
        """Store an objection."""
        self._session.add(row)
        self._session.flush()
