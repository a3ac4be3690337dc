"""What of stored entries changed, written in the transaction that overwrites them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from schema.records import Entry
from schema.vocabulary import Changed
from sync.repository import bulk
from sync.tables import EntryChangeRow, EntryRow, OrganisationRow, RepresentativeRow

STAGE: Final = "STAGE"  # beside `Changed`: followed for an entry's history, and for when it was accepted
_OTHERS: Final = {STAGE: "stage", "STATUS": "status", "AWARD": "award", "SCORE": "score", "CITY": "city"}
_COLUMNS: Final = {
    Changed.TITLE: "title",
    Changed.SUMMARY: "summary",
    Changed.TEAM: "team_name",
    **_OTHERS,
}


def note(session: Session, rows: Sequence[Mapping[str, Any]], records: Mapping[str, Entry], run: str | None) -> None:
    """Compare rows about to be written with what is stored under their ids, and keep what differs. New entries have no
    history; their `first_seen_at` says from when on they are followed.
    """
    stored = _stored(session, list(records))
    units, people = _parts(session, list(stored))
    changes = []
    for row in rows:
        if (old := stored.get(row["id"])) is None:
            continue
        found = _differences(row, old, records[row["id"]], units[row["id"]], people[row["id"]])
        if found:
            moved = row["updated_at"] > old["updated_at"]
            at = row["updated_at"] if moved else row["changed_at"]
            changes.append(
                {
                    "entry_id": row["id"],
                    "changes": found,
                    "changed_at": at,
                    "recorded_at": row["changed_at"],
                    "run_id": run,
                }
            )
    bulk.insert(session, EntryChangeRow, changes)


def changes_of(session: Session, ids: Sequence[str]) -> dict[str, list[EntryChangeRow]]:
    """The changes of entries, oldest first."""
    query = select(EntryChangeRow).where(col(EntryChangeRow.entry_id).in_(ids)).order_by(col(EntryChangeRow.id))
    found: dict[str, list[EntryChangeRow]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.entry_id].append(row)
    return found


def _stored(session: Session, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    names = ("id", "track_id", "topic_id", "sub_topic_id", "updated_at", *_COLUMNS.values())
    query = select(*(col(getattr(EntryRow, name)) for name in names)).where(col(EntryRow.id).in_(ids))
    return {row[0]: dict(zip(names, row, strict=True)) for row in session.execute(query)}


def _parts(session: Session, ids: Sequence[str]) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    units: dict[str, list[Any]] = defaultdict(list)
    people: dict[str, list[Any]] = defaultdict(list)
    if ids:
        organisations = select(
            col(OrganisationRow.entry_id), col(OrganisationRow.name), col(OrganisationRow.credit_code)
        ).where(col(OrganisationRow.entry_id).in_(ids))
        for entry, name, code in session.execute(organisations.order_by(col(OrganisationRow.position))):
            units[entry].append([name, code])
        representatives = select(
            col(RepresentativeRow.entry_id), col(RepresentativeRow.name), col(RepresentativeRow.name_token),
            col(RepresentativeRow.id_token),
        ).where(col(RepresentativeRow.entry_id).in_(ids))  # fmt: skip
        for entry, *person in session.execute(representatives.order_by(col(RepresentativeRow.position))):
            people[entry].append(person)
    return units, people


def _differences(
    row: Mapping[str, Any], old: Mapping[str, Any], record: Entry, units: list[Any], people: list[Any]
) -> dict[str, list[Any]]:
    now: dict[str, Any] = {part: row[column] for part, column in _COLUMNS.items()}
    before: dict[str, Any] = {part: old[column] for part, column in _COLUMNS.items()}
    topic = ("track_id", "topic_id", "sub_topic_id")
    now[Changed.TOPIC], before[Changed.TOPIC] = [row[name] for name in topic], [old[name] for name in topic]
    now[Changed.ORGANISATIONS] = [[unit.name, unit.credit_code] for unit in record.organisations]
    before[Changed.ORGANISATIONS] = units
    now[Changed.REPRESENTATIVES] = [
        [person.name, person.name_token, person.id_token] for person in record.team.representatives
    ]
    before[Changed.REPRESENTATIVES] = people
    return {str(part): [before[part], now[part]] for part in now if _key(before[part]) != _key(now[part])}


def _key(value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    """The order in which people or organisations stand is no change of who they are."""
    return sorted(map(repr, value)) if isinstance(value, list) and value and isinstance(value[0], list) else value
