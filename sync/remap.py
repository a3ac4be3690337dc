"""Applies a corrected mapping to rows that were kept, without asking the province: of entries, and of rows set aside.

The operator's own act, so no guard stands in its way; a dry run says first what it would change.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from adapters.base import Adapter
from schema.identity import Tokeniser
from schema.provenance import SourceRef
from schema.records import Entry, Tombstone
from sync.database import Database
from sync.repository.entries import EntryStore
from sync.repository.packing import unpacked
from sync.repository.payloads import PayloadStore
from sync.repository.prepared import Prepared
from sync.repository.pulls import PullStore
from sync.repository.statements import prepare
from sync.scope import Scope
from sync.tables import QuarantineRow

_MOST: Final = 100_000  # rows of one quarantine that are replayed at once


@dataclass(slots=True)
class RemapReport:
    """What a remapping did, or would do."""

    rows: int = 0
    changed: int = 0
    released: int = 0
    rejected: int = 0


class Remapper:
    """Remaps one region."""

    def __init__(self, database: Database, adapter: Adapter, tokens: Tokeniser) -> None:
        self._database = database
        self._adapter = adapter
        self._context = adapter.context(tokens)

    def entries(self, *, dry_run: bool) -> RemapReport:
        """Map every kept row of the region again; an entry whose row is now rejected stays as it was, and is counted."""
        report = RemapReport()
        with self._database.read() as session:
            for part in PayloadStore(session).kept(self._adapter.manifest.code):
                mapped = [item for kept in part if (item := self._mapped(kept.row, kept.source))]
                self._store(mapped, report, dry_run=dry_run)
                report.rows += len(part)
                report.rejected += len(part) - len(mapped)
        return report

    def quarantine(self, *, dry_run: bool) -> RemapReport:
        """Map the region's rows in quarantine again; those that are understood now become entries."""
        report, region = RemapReport(), self._adapter.manifest.code
        with self._database.read() as session:
            rows = [row for row in PullStore(session).quarantined(Scope(region), limit=_MOST) if row.body is not None]
        understood = {
            row.key: item for row in rows if row.body and (item := self._mapped(unpacked(row.body), _source(row)))
        }
        self._store(list(understood.values()), report, dry_run=dry_run)
        report.rows, report.released = len(rows), len(understood)
        report.rejected = report.rows - report.released
        if not dry_run:
            with self._database.write() as session:
                PullStore(session).release(region, list(understood))
        return report

    def _mapped(self, row: Mapping[str, Any], source: SourceRef) -> Prepared | Tombstone | None:
        outcome = self._adapter.map_row(row, self._context, source)
        if not isinstance(outcome, Entry):
            return outcome if isinstance(outcome, Tombstone) else None
        # No fingerprint: what the platform sends next is compared in full, once.
        version, database = self._adapter.manifest.mapping_version, self._database.name
        now = datetime.now(UTC)
        return prepare(outcome, "", orjson.dumps(row), mapping_version=version, now=now, database=database)

    def _store(self, mapped: Collection[Prepared | Tombstone], report: RemapReport, *, dry_run: bool) -> None:
        prepared = [item for item in mapped if isinstance(item, Prepared)]
        gone = [item.id for item in mapped if isinstance(item, Tombstone)]
        with self._database.write() as session:
            store = EntryStore(session)
            delta = store.compare(prepared)
            differing = [*delta.changed, *delta.rewritten]
            report.changed += len(delta.new) + len(differing)
            if not dry_run:
                store.add(delta.new)
                store.replace(differing)
                PayloadStore(session).keep(prepared)
                store.withdraw(gone, datetime.now(UTC))


def _source(row: QuarantineRow) -> SourceRef:
    return SourceRef(
        url=row.source_url, fetched_at=row.last_seen_at, sha256=row.source_sha256, locator=row.source_locator
    )
