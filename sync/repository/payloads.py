"""Rows as they came, but for what is personal: kept so that a corrected mapping can be applied without asking again."""

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.base import Mapped
from schema.provenance import SourceRef
from schema.records import Entry
from sync.repository.bulk import upsert
from sync.tables import PayloadRow

_LEVEL = 1  # level 6 saves a tenth of the space and costs four times the time


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept row and where it was read."""

    entry_id: str
    row: dict[str, Any]
    source: SourceRef


def packed(payload: bytes) -> bytes:
    """A payload as it is stored."""
    return zlib.compress(payload, _LEVEL)


def unpacked(body: bytes) -> dict[str, Any]:
    """A stored payload as a row."""
    row: dict[str, Any] = orjson.loads(zlib.decompress(body))
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
                "source_url": item.record.source.url,
                "source_sha256": item.record.source.sha256,
                "source_locator": item.record.source.locator,
                "fetched_at": item.record.source.fetched_at,
            }
            for item in mapped
            if isinstance(item.record, Entry)
        }
        upsert(self._session, PayloadRow, list(rows.values()))

    def kept(self, region: str, step: int = 500) -> Iterator[list[Kept]]:
        """The region's kept rows by id, `step` at a time."""
        last = ""
        while True:
            query = select(PayloadRow).where(col(PayloadRow.region) == region, col(PayloadRow.entry_id) > last)
            rows = list(self._session.scalars(query.order_by(col(PayloadRow.entry_id)).limit(step)))
            if not rows:
                return
            yield [Kept(row.entry_id, unpacked(row.body), _source(row)) for row in rows]
            last = rows[-1].entry_id


def _source(row: PayloadRow) -> SourceRef:
    return SourceRef(
        url=row.source_url, fetched_at=row.fetched_at, sha256=row.source_sha256, locator=row.source_locator
    )
