"""What of stored entries changed, written in the transaction that overwrites them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from schema.vocabulary import Changed
from sync.repository import bulk
from sync.tables import EntryChangeRow, EntryRow, OrganisationRow, RepresentativeRow
from sync.tables.columns import table_of

STAGE: Final = "STAGE"  # beside `Changed`: followed for an entry's history, and for when it was accepted
_OTHERS: Final = {STAGE: "stage", "STATUS": "status", "AWARD": "award", "SCORE": "score", "CITY": "city"}
_COLUMNS: Final = {
    Changed.TITLE: "title",
    Changed.SUMMARY: "summary",
    Changed.TEAM: "team_name",
    **_OTHERS,
}
# Written once: writing a question anew costs more than asking it of one entry.
_IDS: Final[BindParameter[str]] = bindparam("ids", expanding=True)
_CHANGE: Final = table_of(EntryChangeRow)
_CHANGES: Final = select(_CHANGE).where(_CHANGE.c.entry_id.in_(_IDS)).order_by(_CHANGE.c.id)
_TOPIC: Final = ("track_id", "topic_id", "sub_topic_id")
_NAMES: Final = ("id", "updated_at", "changed_at", *_TOPIC, *_COLUMNS.values())
_ENTRY, _UNIT, _PERSON = table_of(EntryRow).c, table_of(OrganisationRow).c, table_of(RepresentativeRow).c
_STATES: Final = select(*(_ENTRY[name] for name in _NAMES)).where(_ENTRY.id.in_(_IDS))
_UNITS: Final = (
    select(_UNIT.entry_id, _UNIT.name, _UNIT.credit_code).where(_UNIT.entry_id.in_(_IDS)).order_by(_UNIT.position)
)
_PEOPLE: Final = (
    select(_PERSON.entry_id, _PERSON.name, _PERSON.name_token, _PERSON.id_token)
    .where(_PERSON.entry_id.in_(_IDS))
    .order_by(_PERSON.position)
)


@dataclass(frozen=True, slots=True)
class State:
    """What is followed of a stored entry, by part."""

    parts: Mapping[str, Any]
    updated_at: datetime
    changed_at: datetime


def note(session: Session, before: Mapping[str, State], run: str | None) -> None:
    """Keep what differs now from the states `before`. New entries have none, and no history; their `first_seen_at` says
    from when on they are followed.
    """
    changes = []
    for entry, new in states(session, list(before)).items():
        old = before[entry]
        found = {
            part: [old.parts[part], value] for part, value in new.parts.items() if _key(old.parts[part]) != _key(value)
        }
        if found:
            at = new.updated_at if new.updated_at > old.updated_at else new.changed_at
            changes.append(
                {"entry_id": entry, "changes": found, "changed_at": at, "recorded_at": new.changed_at, "run_id": run}
            )
    bulk.insert(session, EntryChangeRow, changes)


def changes_of(session: Session, ids: Sequence[str]) -> dict[str, list[EntryChangeRow]]:
    """The changes of entries, oldest first."""
    found: dict[str, list[EntryChangeRow]] = defaultdict(list)
    for row in session.execute(_CHANGES, {"ids": ids}).mappings():
        found[row["entry_id"]].append(EntryChangeRow(**row))
    return found


def states(session: Session, ids: Sequence[str]) -> dict[str, State]:
    """The states of those entries that are stored."""
    if not ids:
        return {}
    found = session.connection().execute(_STATES, {"ids": ids})
    stored = {row[0]: dict(zip(_NAMES, row, strict=True)) for row in found}
    units, people = _parts(session, list(stored))
    return {
        entry: State(
            {
                **{str(part): row[column] for part, column in _COLUMNS.items()},
                str(Changed.TOPIC): [row[name] for name in _TOPIC],
                str(Changed.ORGANISATIONS): units[entry],
                str(Changed.REPRESENTATIVES): people[entry],
            },
            row["updated_at"],
            row["changed_at"],
        )
        for entry, row in stored.items()
    }


def _parts(session: Session, ids: Sequence[str]) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    units: dict[str, list[Any]] = defaultdict(list)
    people: dict[str, list[Any]] = defaultdict(list)
    if ids:
        connection = session.connection()
        for entry, *unit in connection.execute(_UNITS, {"ids": ids}):
            units[entry].append(unit)
        for entry, *person in connection.execute(_PEOPLE, {"ids": ids}):
            people[entry].append(person)
    return units, people


def _key(value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    """The order in which people or organisations stand is no change of who they are."""
    return sorted(map(repr, value)) if isinstance(value, list) and value and isinstance(value[0], list) else value
