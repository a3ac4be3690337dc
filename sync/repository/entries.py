"""Writes entries as they are pulled, and reads them back for detection. For queries of viewers see `browse`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.base import Mapped
from schema.records import Entry, Tombstone
from schema.vocabulary import EntryStatus
from sync.blocking import EntryView, organisation_key, plain
from sync.repository import bulk
from sync.tables import EntryRow, OrganisationRow, RepresentativeRow

_STEP = 500  # ids in one IN list; SQLite's limit on parameters is 32,766


@dataclass(slots=True)
class Stored:
    """What storing did, in entries."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0


class EntryStore:
    """Writes of entries within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def fingerprints(self, region: str) -> dict[str, str]:
        """Fingerprint to id of every entry of the region whose row was kept as it came."""
        query = select(EntryRow.fingerprint, EntryRow.id).where(  # type: ignore[call-overload]
            col(EntryRow.region) == region, col(EntryRow.fingerprint) != ""
        )
        return dict(self._session.execute(query).all())

    def store(self, mapped: Sequence[Mapped], now: datetime) -> Stored:
        """Store one page: what is new or changed is written, what says the same is left."""
        done = Stored()
        entries = {item.record.id: item for item in mapped if isinstance(item.record, Entry)}
        known = self._hashes(list(entries))
        written: list[tuple[Entry, str, str]] = []
        same: list[tuple[str, str]] = []
        for identifier, item in entries.items():
            record = item.record
            if not isinstance(record, Entry):
                continue
            content = record.content_hash()
            if known.get(identifier) == content:
                same.append((identifier, item.fingerprint))
            else:
                written.append((record, content, item.fingerprint))
        for identifier, fingerprint in same:
            where = col(EntryRow.id) == identifier
            self._session.execute(update(EntryRow).where(where).values(fingerprint=fingerprint))
        self._write(written, known, now)
        done.created = sum(record.id not in known for record, _, _ in written)
        done.changed = len(written) - done.created
        done.unchanged = len(same)
        gone = [item.record.id for item in mapped if isinstance(item.record, Tombstone)]
        done.withdrawn = self.withdraw(gone, now)
        return done

    def withdraw(self, ids: Sequence[str], now: datetime) -> int:
        """Mark entries as withdrawn; how many were not already. They stay, and come back when their row does."""
        count = 0
        for part in _parts(ids):
            result = self._session.execute(
                update(EntryRow)
                .where(col(EntryRow.id).in_(part), col(EntryRow.status) != EntryStatus.WITHDRAWN)
                .values(status=EntryStatus.WITHDRAWN.value, fingerprint="", content_hash="", changed_at=now)
            )
            count += result.rowcount  # type: ignore[attr-defined]  # an UPDATE's result has it
        return count

    def active_ids(self, region: str) -> set[str]:
        """Ids of the region's entries that are not withdrawn."""
        query = select(col(EntryRow.id)).where(
            col(EntryRow.region) == region, col(EntryRow.status) != EntryStatus.WITHDRAWN
        )
        return set(self._session.scalars(query))

    def _hashes(self, ids: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for part in _parts(ids):
            query = select(col(EntryRow.id), col(EntryRow.content_hash)).where(col(EntryRow.id).in_(part))
            found.update((identifier, content) for identifier, content in self._session.execute(query))
        return found

    def _write(self, written: Sequence[tuple[Entry, str, str]], known: dict[str, str], now: datetime) -> None:
        rows = [_entry_row(record, content, fingerprint, now) for record, content, fingerprint in written]
        bulk.upsert(self._session, EntryRow, rows, keep=("first_seen_at",))
        changed = [record.id for record, _, _ in written if record.id in known]
        for part in _parts(changed):
            self._session.execute(delete(OrganisationRow).where(col(OrganisationRow.entry_id).in_(part)))
            self._session.execute(delete(RepresentativeRow).where(col(RepresentativeRow.entry_id).in_(part)))
        organisations = [row for record, _, _ in written for row in _organisation_rows(record)]
        people = [row for record, _, _ in written for row in _representative_rows(record)]
        bulk.insert(self._session, OrganisationRow, organisations)
        bulk.insert(self._session, RepresentativeRow, people)

    def views(self) -> list[EntryView]:
        """What detection reads, of every entry that is not withdrawn."""
        organisations: dict[str, list[tuple[str, str]]] = defaultdict(list)
        lines = select(OrganisationRow.entry_id, OrganisationRow.organisation_key, OrganisationRow.name).order_by(  # type: ignore[call-overload]
            OrganisationRow.entry_id, OrganisationRow.position
        )
        for entry, key, name in self._session.execute(lines):
            organisations[entry].append((key, name))
        tokens: dict[str, set[str]] = defaultdict(set)
        people = select(col(RepresentativeRow.entry_id), col(RepresentativeRow.id_token))
        for entry, token in self._session.execute(people.where(col(RepresentativeRow.id_token).is_not(None))):
            tokens[entry].add(token or "")
        query = select(
            col(EntryRow.id), col(EntryRow.region), col(EntryRow.city), col(EntryRow.topic_id),
            col(EntryRow.title), col(EntryRow.team_name), col(EntryRow.project_key), col(EntryRow.team_key),
        ).where(col(EntryRow.status) != EntryStatus.WITHDRAWN)  # fmt: skip
        return [
            EntryView(
                *row,
                organisation_keys=tuple(key for key, _ in organisations[row[0]]),
                organisation_names=tuple(name for _, name in organisations[row[0]]),
                id_tokens=frozenset(tokens[row[0]]),
            )
            for row in self._session.execute(query)
        ]


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _STEP] for start in range(0, len(ids), _STEP))


def _entry_row(record: Entry, content: str, fingerprint: str, now: datetime) -> dict[str, Any]:
    return {
        "id": record.id,
        "region": record.region,
        "native_id": record.native_id,
        "city": record.city,
        "title": record.title,
        "summary": record.summary,
        "track_id": record.track_id,
        "topic_id": record.topic_id,
        "sub_topic_id": record.sub_topic_id,
        "national_track": record.national_track,
        "match": record.match.value,
        "stage": record.stage.value,
        "status": record.status.value,
        "award": record.award.value if record.award else None,
        "score": record.score,
        "team_name": record.team.name,
        "project_key": plain(record.title),
        "team_key": plain(record.team.name),
        "submitted_at": record.submitted_at,
        "updated_at": record.updated_at,
        "native": record.native,
        "warnings": [warning.model_dump() for warning in record.warnings],
        "content_hash": content,
        "fingerprint": fingerprint,
        "source_url": record.source.url,
        "source_sha256": record.source.sha256,
        "source_locator": record.source.locator,
        "fetched_at": record.source.fetched_at,
        "first_seen_at": now,
        "changed_at": now,
    }


def _organisation_rows(record: Entry) -> list[dict[str, Any]]:
    return [
        {
            "entry_id": record.id,
            "position": position,
            "name": organisation.name,
            "credit_code": organisation.credit_code,
            "kind": organisation.kind.value if organisation.kind else None,
            "is_lead": organisation.is_lead,
            "organisation_key": organisation_key(organisation.name, organisation.credit_code),
        }
        for position, organisation in enumerate(record.organisations)
    ]


def _representative_rows(record: Entry) -> list[dict[str, Any]]:
    return [
        {
            "entry_id": record.id,
            "position": position,
            "name": person.name,
            "name_token": person.name_token,
            "id_token": person.id_token,
            "phone_token": person.phone_token,
            "role": person.role,
            "is_contact": person.is_contact,
        }
        for position, person in enumerate(record.team.representatives)
    ]
