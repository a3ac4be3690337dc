"""Rows as they came, but for what is personal: kept so that a corrected mapping can be applied without asking again."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import zstandard
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.base import Mapped
from schema.provenance import SourceRef
from schema.records import Entry
from sync.repository.bulk import upsert
from sync.tables import EntryRow, PayloadRow

_LEVEL = 1  # higher levels save little on rows of 2 kB and cost several times the time
_LARGEST = 16 * 1024 * 1024  # bytes; what is larger than that was not packed here


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept row and where it was read."""

    entry_id: str
    row: dict[str, Any]
    source: SourceRef


def packed(payload: bytes) -> bytes:
    """A payload as it is stored."""
    return packer()(payload)


def packer() -> Callable[[bytes], bytes]:
    """Packs many payloads in one thread, at a third of the cost of making what packs them for each."""
    return zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True).compress


def unpacked(body: bytes) -> dict[str, Any]:
    """A stored payload as a row."""
    row: dict[str, Any] = orjson.loads(zstandard.decompress(body, _LARGEST))
    return row


class PayloadStore:
    """Reads and writes of payloads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, region: str, mapped: Sequence[Mapped], mapping_version: int) -> None:
        """Keep the rows of entries; the newest replaces the one before."""
        rows = {
            item.record.id: {
                "entry_id": item.record.id,
                "region": region,
                "mapping_version": mapping_version,
                "sha256": hashlib.sha256(item.payload).hexdigest(),
                "body": packed(item.payload),
            }
            for item in mapped
            if isinstance(item.record, Entry)
        }
        upsert(self._session, PayloadRow, list(rows.values()))

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
