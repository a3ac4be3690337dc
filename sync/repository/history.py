"""What of stored entries changed, written in the transaction that overwrites them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from sqlmodel import col

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
_CHANGE: Final = table_of(EntryChangeRow)
_CHANGES: Final = (  # written once: writing a question anew costs more than asking it of one entry
    select(_CHANGE).where(_CHANGE.c.entry_id.in_(bindparam("ids", expanding=True))).order_by(_CHANGE.c.id)
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
    topic = ("track_id", "topic_id", "sub_topic_id")
    names = ("id", "updated_at", "changed_at", *topic, *_COLUMNS.values())
    query = select(*(col(getattr(EntryRow, name)) for name in names)).where(col(EntryRow.id).in_(ids))
    stored = {row[0]: dict(zip(names, row, strict=True)) for row in session.execute(query)}
    units, people = _parts(session, list(stored))
    return {
        entry: State(
            {
                **{str(part): row[column] for part, column in _COLUMNS.items()},
                str(Changed.TOPIC): [row[name] for name in topic],
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


def _key(value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    """The order in which people or organisations stand is no change of who they are."""
    return sorted(map(repr, value)) if isinstance(value, list) and value and isinstance(value[0], list) else value
