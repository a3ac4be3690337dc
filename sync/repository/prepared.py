"""An entry as the rows it will be: worked out without a database, so that it can be done in another process."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlmodel import SQLModel

from schema.records import Entry
from sync.exact_keys import organisation_key, plain
from sync.organisation_names import normal_form
from sync.repository.bulk import Ready, Statement, statement
from sync.repository.packing import packed
from sync.repository.read_model import ORGANISATION, REPRESENTATIVE, shown
from sync.search_text import normalised, spread
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
    made = statements(database)
    content_hash = record.content_hash()
    organisations, representatives = _organisation_rows(record), _representative_rows(record)
    entry = _entry_row(record, content_hash, fingerprint, now)
    entry["organisations"] = shown(organisations, ORGANISATION)
    entry["representatives"] = shown(representatives, REPRESENTATIVE)
    lead = record.lead
    return Prepared(
        id=record.id,
        title=record.title,
        updated_at=record.updated_at,
        content_hash=content_hash,
        identity=(entry["project_key"], record.topic_id, organisation_key(lead.name, lead.credit_code)),
        fingerprint=fingerprint,
        entry=made.entry.ready(entry),
        organisations=tuple(map(made.organisation.ready, organisations)),
        representatives=tuple(map(made.representative.ready, representatives)),
        search=made.search.ready(_search_row(record)),
        payload=made.payload.ready(
            {
                "entry_id": record.id,
                "region": record.region,
                "mapping_version": mapping_version,
                "sha256": hashlib.sha256(payload).hexdigest(),
                "body": packed(payload),
            }
        ),
    )


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


def _search_row(record: Entry) -> dict[str, Any]:
    units = " ".join(f"{unit.name} {unit.credit_code or ''}" for unit in record.organisations)
    return searched(record.id, f"{record.title} {record.summary} {record.team.name}", units)


def searched(entry: str, body: str, organisations: str) -> dict[str, Any]:
    """The row by which an entry is found: `body` are title, summary and team, `organisations` names and credit codes."""
    made = (spread(normalised(text)) for text in (body, organisations))
    return dict(zip(("entry_id", "body", "organisations"), (entry, *made), strict=True))


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
