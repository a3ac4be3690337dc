"""Emptying and removing what may be kept no longer; each answers how many rows it concerned."""

from datetime import datetime

from sqlalchemy import Delete, Update, delete, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from schema.vocabulary import EntryStatus
from sync.tables import (
    ApiKeyRow,
    EntryChangeRow,
    EntryRow,
    ObjectionRow,
    PayloadRow,
    QuarantineRow,
    RepresentativeRow,
)


class RetentionStore:
    """Writes of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def people(self) -> int:
        """Every representative of every entry, with what entries themselves show of them."""
        self._done(update(EntryRow).values(representatives="[]"))
        return self._done(delete(RepresentativeRow))

    def payloads(self) -> int:
        """Every row as it came: names and tokens stand in it."""
        return self._done(delete(PayloadRow))

    def changes(self) -> int:
        """What changed of entries, in which people stand as masked names and tokens."""
        return self._done(delete(EntryChangeRow))

    def payloads_of_withdrawn(self, before: datetime) -> int:
        """Those of entries that were withdrawn before."""
        gone = select(col(EntryRow.id)).where(
            col(EntryRow.status) == EntryStatus.WITHDRAWN, col(EntryRow.changed_at) < before
        )
        return self._done(delete(PayloadRow).where(col(PayloadRow.entry_id).in_(gone)))

    def quarantined(self, before: datetime | None) -> int:
        """The contents of rows set aside, all or those last seen before; why they were stays."""
        held = update(QuarantineRow).where(col(QuarantineRow.body).is_not(None)).values(body=None)
        return self._done(held if before is None else held.where(col(QuarantineRow.last_seen_at) < before))

    def contacts(self, before: datetime) -> int:
        """Names of objectors whose objections were decided before."""
        held = update(ObjectionRow).where(col(ObjectionRow.decided_at) < before, col(ObjectionRow.objector) != "")
        return self._done(held.values(objector="", contact=None))

    def ended_keys(self, before: datetime) -> int:
        """Keys that were revoked or expired before; that they were there stays on record."""
        ended = (col(ApiKeyRow.revoked_at) < before) | (col(ApiKeyRow.expires_at) < before)
        return self._done(delete(ApiKeyRow).where(ended))

    def _done(self, statement: Update | Delete) -> int:
        return int(self._session.execute(statement).rowcount)  # type: ignore[attr-defined]  # of a statement that writes
