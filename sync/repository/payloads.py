"""Rows as they came, but for what is personal: kept so that a corrected mapping can be applied without asking again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from schema.provenance import SourceRef
from sync.repository.packing import unpacked
from sync.repository.prepared import Prepared
from sync.repository.statements import statements
from sync.tables import EntryRow, PayloadRow


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept row and where it was read."""

    entry_id: str
    row: dict[str, Any]
    source: SourceRef


class PayloadStore:
    """Reads and writes of payloads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, prepared: Sequence[Prepared]) -> None:
        """Keep the rows of entries; the newest replaces the one before."""
        made = statements(self._session.get_bind().dialect.name)
        made.payload.run(self._session, [item.payload for item in prepared])

    def kept(self, region: str, step: int = 500) -> Iterator[list[Kept]]:
        """The region's kept rows by id, `step` at a time."""
        last = ""
        while True:
            query = (
                select(PayloadRow, EntryRow)
                .join(EntryRow, col(EntryRow.id) == col(PayloadRow.entry_id))
                .where(col(PayloadRow.region) == region, col(PayloadRow.entry_id) > last)
                .order_by(col(PayloadRow.entry_id))
                .limit(step)
            )
            rows = self._session.execute(query).all()
            if not rows:
                return
            yield [Kept(payload.entry_id, unpacked(payload.body), _source(entry)) for payload, entry in rows]
            last = rows[-1][0].entry_id


def _source(row: EntryRow) -> SourceRef:
    return SourceRef(
        url=row.source_url, fetched_at=row.fetched_at, sha256=row.source_sha256, locator=row.source_locator
    )
