"""An entry as the rows it will be: worked out without a database, so that it can be done in another process."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from sqlmodel import SQLModel

from schema.records import Entry
from sync.exact_keys import organisation_key, plain
from sync.organisation_names import normal_form
from sync.repository.bulk import Ready, Statement, statement
from sync.repository.packing import packed
from sync.repository.read_model import ORGANISATION, REPRESENTATIVE, shown
from sync.search_text import searchable
from sync.tables import EntryRow, EntrySearchRow, OrganisationRow, PayloadRow, RepresentativeRow

_OF_LISTS = ("declared_track", "counted_track")  # no province tells them, and a pull leaves them as they are


class Prepared(NamedTuple):
    """What is compared with the stored entry, and the rows that take its place. `identity` is what makes it the same
    project to a reader: title, topic and lead organisation.
    """

    id: str
    title: str
    updated_at: datetime
    content_hash: str
    identity: tuple[str, str, str]
    fingerprint: str
    entry: Ready
    organisations: tuple[Ready, ...]
    representatives: tuple[Ready, ...]
    search: Ready
    payload: Ready


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements that prepared rows are made for."""

    entry: Statement
    organisation: Statement
    representative: Statement
    search: Statement
    payload: Statement


@cache
def statements(database: str) -> Statements:
    """Those for the database of that name."""
    return Statements(
        _statement(database, EntryRow, ("first_seen_at",), without=_OF_LISTS),
        _statement(database, OrganisationRow, None),
        _statement(database, RepresentativeRow, None),
        _statement(database, EntrySearchRow, None, without=("id",)),
        _statement(database, PayloadRow, ()),
    )


def _statement(
    database: str, table: type[SQLModel], keep: tuple[str, ...] | None, without: tuple[str, ...] = ()
) -> Statement:
    return statement(database, table, tuple(name for name in table.model_fields if name not in without), keep)


def prepare(
    record: Entry, fingerprint: str, payload: bytes, *, mapping_version: int, now: datetime, database: str
) -> Prepared:
    """The rows of a record, for the database of that name; `payload` is what it was mapped from, concealed."""
    return prepare_all([(record, fingerprint, payload)], mapping_version=mapping_version, now=now, database=database)[0]


def prepare_all(
    mapped: Sequence[tuple[Entry, str, bytes]], *, mapping_version: int, now: datetime, database: str
) -> list[Prepared]:
    """As `prepare`, of many: records with their fingerprints and payloads. Table by table, which takes two thirds of the time."""
    made, records = statements(database), [record for record, *_ in mapped]
    units, people = list(map(_organisation_rows, records)), list(map(_representative_rows, records))
    entries = [_entry_row(record, fingerprint, now) for record, fingerprint, _ in mapped]
    for entry, organisations, representatives in zip(entries, units, people, strict=True):
        entry["organisations"] = shown(organisations, ORGANISATION)
        entry["representatives"] = shown(representatives, REPRESENTATIVE)
    compared = list(map(_compared, entries, units))
    rows = zip(
        made.entry.ready(entries),
        _parts(made.organisation, units),
        _parts(made.representative, people),
        made.search.ready(searched(list(map(_told, records)))),
        made.payload.ready([_payload_row(record, payload, mapping_version) for record, _, payload in mapped]),
        strict=True,
    )
    return [Prepared._make((*told, *row)) for told, row in zip(compared, rows, strict=True)]


def _compared(entry: Mapping[str, Any], organisations: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    lead = next(unit["organisation_key"] for unit in organisations if unit["is_lead"])
    identity = (entry["project_key"], entry["topic_id"], lead)
    return entry["id"], entry["title"], entry["updated_at"], entry["content_hash"], identity, entry["fingerprint"]


def _parts(made: Statement, rows: Sequence[list[dict[str, Any]]]) -> Iterator[tuple[Ready, ...]]:
    """The rows of each entry, all made ready at once."""
    ready = iter(made.ready([row for part in rows for row in part]))
    return (tuple(islice(ready, len(part))) for part in rows)


def _entry_row(record: Entry, fingerprint: str, now: datetime) -> dict[str, Any]:
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
        "content_hash": record.content_hash(),
        "fingerprint": fingerprint,
        "source_url": record.source.url,
        "source_sha256": record.source.sha256,
        "source_locator": record.source.locator,
        "fetched_at": record.source.fetched_at,
        "first_seen_at": now,
        "changed_at": now,
    }


def _told(record: Entry) -> tuple[str, str, str]:
    units = " ".join([f"{unit.name} {unit.credit_code or ''}" for unit in record.organisations])
    return record.id, f"{record.title} {record.summary} {record.team.name}", units


def searched(told: Sequence[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """The rows by which entries are found. Told of each are its id, its body, which is title, summary and team, and its
    organisations, names and credit codes.
    """
    texts = iter(searchable([text for _, *both in told for text in both]))
    return [{"entry_id": entry, "body": next(texts), "organisations": next(texts)} for entry, *_ in told]


def _payload_row(record: Entry, payload: bytes, mapping_version: int) -> dict[str, Any]:
    return {
        "entry_id": record.id,
        "region": record.region,
        "mapping_version": mapping_version,
        "sha256": hashlib.sha256(payload).hexdigest(),
        "body": packed(payload),
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
