"""Writes entries as they are pulled, and reads them back for detection. For queries of viewers see `browse`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.base import Mapped
from schema.records import Entry, Tombstone
from schema.vocabulary import EntryStatus
from sync.blocking import EntryView, organisation_key, plain
from sync.organisation_names import normal_form
from sync.repository import bulk, history
from sync.tables import EntryRow, OrganisationRow, RepresentativeRow

_STEP = 500  # ids in one IN list; SQLite's limit on parameters is 32,766


@dataclass(slots=True)
class Delta:
    """A page held against what is stored. `rewritten` are changes after which an entry is hardly the same any more:
    another title, topic or lead organisation.
    """

    new: list[Mapped] = field(default_factory=list)
    changed: list[Mapped] = field(default_factory=list)
    rewritten: list[Mapped] = field(default_factory=list)
    same: list[Mapped] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


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

    def compare(self, mapped: Sequence[Mapped]) -> Delta:
        """What storing a page would do. Of several rows of one entry the last counts."""
        delta = Delta()
        entries = {item.record.id: item for item in mapped}
        known = self._known(list(entries))
        for identifier, item in entries.items():
            record = item.record
            if isinstance(record, Tombstone):
                delta.gone.append(identifier)
            elif identifier not in known:
                delta.new.append(item)
            elif known[identifier].content_hash == record.content_hash():
                delta.same.append(item)
            elif known[identifier].identity != (plain(record.title), record.topic_id, _lead_key(record)):
                delta.rewritten.append(item)
            else:
                delta.changed.append(item)
        return delta

    def touch(self, same: Sequence[Mapped]) -> None:
        """Note the new form of rows that say the same as before, so that they are recognised at once next time."""
        if same:
            table = EntryRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table classes
            statement = update(table).where(table.c.id == bindparam("of")).values(fingerprint=bindparam("seen"))
            self._session.connection().execute(
                statement, [{"of": item.record.id, "seen": item.fingerprint} for item in same]
            )

    def write(self, mapped: Sequence[Mapped], now: datetime, run: str | None = None) -> None:
        """Insert or replace entries with their organisations and representatives; what changes is kept as `run` saw it."""
        entries = [(item.record, item.fingerprint) for item in mapped if isinstance(item.record, Entry)]
        rows = [_entry_row(record, record.content_hash(), fingerprint, now) for record, fingerprint in entries]
        history.note(self._session, rows, {record.id: record for record, _ in entries}, run)
        bulk.upsert(self._session, EntryRow, rows, keep=("first_seen_at",))
        for part in _parts([record.id for record, _ in entries]):
            self._session.execute(delete(OrganisationRow).where(col(OrganisationRow.entry_id).in_(part)))
            self._session.execute(delete(RepresentativeRow).where(col(RepresentativeRow.entry_id).in_(part)))
        bulk.insert(
            self._session, OrganisationRow, [row for record, _ in entries for row in _organisation_rows(record)]
        )
        bulk.insert(
            self._session, RepresentativeRow, [r for record, _ in entries for r in _representative_rows(record)]
        )

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

    def newest_update(self, region: str) -> datetime | None:
        """The newest change, by the platform's own clock, of any entry of the region."""
        return self._session.scalar(select(func.max(col(EntryRow.updated_at))).where(col(EntryRow.region) == region))

    def titles(self, ids: Sequence[str]) -> dict[str, str]:
        """Stored titles by id, for a person who reviews a difference."""
        found: dict[str, str] = {}
        for part in _parts(ids):
            query = select(col(EntryRow.id), col(EntryRow.title)).where(col(EntryRow.id).in_(part))
            found.update(self._session.execute(query).all())
        return found

    def _known(self, ids: Sequence[str]) -> dict[str, "_Known"]:
        found: dict[str, _Known] = {}
        for part in _parts(ids):
            query = (
                select(  # type: ignore[call-overload]
                    EntryRow.id,
                    EntryRow.content_hash,
                    EntryRow.project_key,
                    EntryRow.topic_id,
                    OrganisationRow.organisation_key,
                )
                .join(OrganisationRow, col(OrganisationRow.entry_id) == col(EntryRow.id))
                .where(col(EntryRow.id).in_(part), col(OrganisationRow.position) == 0)
            )
            for identifier, content, *identity in self._session.execute(query):
                found[identifier] = _Known(content, tuple(identity))
        return found

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


@dataclass(frozen=True, slots=True)
class _Known:
    content_hash: str
    identity: tuple[str, ...]


def _lead_key(record: Entry) -> str:
    return organisation_key(record.lead.name, record.lead.credit_code)


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
            "name_key": normal_form(organisation.name),
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
