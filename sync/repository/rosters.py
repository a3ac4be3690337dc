"""Versions of the roster, and the organiser's words on entries."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.repository.keyset import Listing, Slice, keys
from sync.tables import RosterDecisionRow, RosterVersionRow


class RosterStore:
    """Reads and writes within one transaction. A roster is one for the whole country, so there is no scope here: whoever
    shows it leaves out what a viewer may not see.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def alone(self) -> None:
        """Let nobody else change the roster until the commit. SQLite has one writer at a time anyway."""
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(text("SELECT pg_advisory_xact_lock(hashtext('dexhub roster'))"))

    def newest(self) -> RosterVersionRow | None:
        """The version that stands; None where there is none yet."""
        return self._session.scalar(select(RosterVersionRow).order_by(col(RosterVersionRow.number).desc()).limit(1))

    def version(self, number: int) -> RosterVersionRow | None:
        """One version."""
        return self._session.get(RosterVersionRow, number)

    def every(self) -> list[RosterVersionRow]:
        """All versions, oldest first."""
        return list(self._session.scalars(select(RosterVersionRow).order_by(col(RosterVersionRow.number))))

    def versions(self, first: int) -> list[RosterVersionRow]:
        """Versions, newest first."""
        return self.listing().rows(Slice(first))

    def listing(self) -> Listing[RosterVersionRow]:
        """The same, to be paged."""
        return Listing(self._session, select(RosterVersionRow), keys(RosterVersionRow, "number", descending=True))

    def add(self, row: RosterVersionRow) -> None:
        """Store a version."""
        self._session.add(row)
        self._session.flush()

    def words(self) -> list[RosterDecisionRow]:
        """The last word on every entry on which there is one."""
        last = select(func.max(col(RosterDecisionRow.id))).group_by(col(RosterDecisionRow.entry_id))
        return list(self._session.scalars(select(RosterDecisionRow).where(col(RosterDecisionRow.id).in_(last))))

    def from_objections(self) -> set[tuple[str, str]]:
        """Which objection led to a word on which entry."""
        row = RosterDecisionRow
        query = select(col(row.objection), col(row.entry_id)).where(col(row.objection).is_not(None))
        return {(str(objection), entry) for objection, entry in self._session.execute(query)}

    def say(self, row: RosterDecisionRow) -> None:
        """Add a word."""
        self._session.add(row)
        self._session.flush()
