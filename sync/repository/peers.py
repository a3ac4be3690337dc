"""Finds, by indexes, entries that share a person, a team or a project, and what people decided about such pairs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import BindParameter, Executable, bindparam, or_, select, union_all
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from schema.records import Entry
from schema.vocabulary import CaseStatus
from sync.exact_keys import plain
from sync.repository.parts import in_parts
from sync.tables import CaseEntryRow, CaseRow, EntryRow, OrganisationRow, RepresentativeRow
from sync.tables.columns import table_of

Pair = tuple[str, str]
Decided = dict[Pair, dict[str, CaseStatus]]  # smaller id first; statuses by kind of case


def _sharing() -> Executable:
    """The three questions as one, written once: writing it anew costs more than asking."""
    ids: BindParameter[str] = bindparam("ids", expanding=True)
    one, other = table_of(RepresentativeRow).alias().c, table_of(RepresentativeRow).alias().c
    people = select(one.entry_id, other.entry_id).where(
        one.entry_id.in_(ids), one.id_token == other.id_token, one.entry_id != other.entry_id
    )
    mine, theirs = table_of(EntryRow).alias(), table_of(EntryRow).alias()
    unit, unit2 = table_of(OrganisationRow).alias(), table_of(OrganisationRow).alias()
    units = (
        select(mine.c.id, theirs.c.id)
        .join_from(mine, unit, unit.c.entry_id == mine.c.id)
        .join(unit2, unit2.c.organisation_key == unit.c.organisation_key)
        .join(theirs, theirs.c.id == unit2.c.entry_id)
        .where(mine.c.id.in_(ids), mine.c.id != theirs.c.id)
    )
    teams = units.where(mine.c.team_key == theirs.c.team_key, unit.c.position == 0, unit2.c.position == 0)
    projects = units.where(mine.c.project_key == theirs.c.project_key)
    return union_all(people, teams, projects)


_SHARING: Final = _sharing()


def sharing(session: Session, ids: Sequence[str]) -> set[Pair]:
    """(entry, other) for every other entry that has a person's token, the name of the team and its lead, or the title and
    an organisation in common with one of `ids`.
    """
    return {(left, right) for left, right in session.execute(_SHARING, {"ids": ids})}


def in_one_case(session: Session, ids: Sequence[str]) -> set[Pair]:
    """(entry, other) for every other entry that is in a duplicate case with one of `ids`."""
    mine, other = aliased(CaseEntryRow), aliased(CaseEntryRow)
    found: set[Pair] = set()
    for part in in_parts(ids):
        query = select(mine.entry_id, other.entry_id).where(  # type: ignore[call-overload]
            col(mine.entry_id).in_(part),
            mine.case_id == other.case_id,
            mine.entry_id != other.entry_id,
        )
        found.update((entry, peer) for entry, peer in session.execute(query))
    return found


def decisions(session: Session, ids: Iterable[str]) -> Decided:
    """How the cases that hold two of these entries stand."""
    members: dict[str, list[str]] = defaultdict(list)
    cases: dict[str, tuple[str, str]] = {}
    for part in in_parts(sorted(set(ids))):
        query = (
            select(CaseEntryRow.case_id, CaseEntryRow.entry_id, CaseRow.kind, CaseRow.status)  # type: ignore[call-overload]
            .join(CaseRow, col(CaseRow.id) == col(CaseEntryRow.case_id))
            .where(col(CaseEntryRow.entry_id).in_(part))
        )
        for case, entry, kind, status in session.execute(query):
            members[case].append(entry)
            cases[case] = (kind, status)
    found: Decided = defaultdict(dict)
    for case, entries in members.items():
        kind, status = cases[case]
        for index, left in enumerate(sorted(entries)):
            for right in sorted(entries)[index + 1 :]:
                found[left, right][kind] = CaseStatus(status)
    return found


def resembling(session: Session, entry: Entry) -> set[str]:
    """Ids of stored entries with which an entry that is not stored may share something."""
    tokens = [person.id_token for person in entry.team.representatives if person.id_token]
    people = select(col(RepresentativeRow.entry_id)).where(col(RepresentativeRow.id_token).in_(tokens))
    alike = or_(col(EntryRow.team_key) == plain(entry.team.name), col(EntryRow.project_key) == plain(entry.title))
    entries = select(col(EntryRow.id)).where(alike)
    return {*session.scalars(people), *session.scalars(entries)}
