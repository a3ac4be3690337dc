"""Duplicate cases, the entries they hold, and every decision ever taken on them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from schema.vocabulary import CaseKind, CaseStatus
from sync.repository.bulk import upsert
from sync.repository.keyset import Listing, Slice, keys
from sync.scope import Scope
from sync.tables import CaseEntryRow, CaseRow, DecisionRow


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands: what a detection must know of all of them. `known_by` are the entries it was decided on, or else
    those it has.
    """

    id: str
    kind: CaseKind
    status: CaseStatus
    entries: tuple[str, ...]
    known_by: tuple[str, ...]
    score: float | None
    opened_at: datetime


class CaseStore:
    """Reads and writes of cases within one scope. A region sees the cases in which it has an entry."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def cases(self, statuses: Sequence[str] = (), kinds: Sequence[str] = (), limit: int | None = None) -> list[CaseRow]:
        """Cases, newest change first."""
        return self.listing(statuses, kinds).rows(Slice(limit))

    def listing(self, statuses: Sequence[str] = (), kinds: Sequence[str] = ()) -> Listing[CaseRow]:
        """The same, to be paged."""
        query = select(CaseRow).where(*self._conditions(statuses, kinds))
        return Listing(self._session, query, keys(CaseRow, "changed_at", "id", descending=True))

    def case(self, identifier: str) -> CaseRow | None:
        """One case, where the scope covers it."""
        row = self._session.get(CaseRow, identifier)
        if row is None or self._scope.region is None:
            return row
        regions = {entry.region for entry in self.entries([identifier])[identifier]}
        return row if self._scope.region in regions else None

    def entries(self, cases: Sequence[str]) -> dict[str, list[CaseEntryRow]]:
        """The entries of cases, by case, in order of id."""
        query = select(CaseEntryRow).where(col(CaseEntryRow.case_id).in_(cases)).order_by(col(CaseEntryRow.entry_id))
        found: dict[str, list[CaseEntryRow]] = defaultdict(list)
        for row in self._session.scalars(query):
            found[row.case_id].append(row)
        return found

    def memberships(self) -> dict[str, list[str]]:
        """Entry ids of every case."""
        found: dict[str, list[str]] = defaultdict(list)
        query = select(CaseEntryRow.case_id, CaseEntryRow.entry_id)  # type: ignore[call-overload]
        for case, entry in self._session.execute(query.order_by(CaseEntryRow.entry_id)):
            found[case].append(entry)
        return found

    def standing(self, statuses: Sequence[str] = (), kinds: Sequence[str] = ()) -> list[Standing]:
        """Cases without their evidence, in order of id."""
        row = CaseRow
        query = select(row.id, row.kind, row.status, row.score, row.opened_at).where(  # type: ignore[call-overload]
            *self._conditions(statuses, kinds)
        )
        members = self.memberships()
        last = select(DecisionRow.case_id, DecisionRow.entries).order_by(DecisionRow.id)  # type: ignore[call-overload]
        decided = {case: tuple(entries) for case, entries in self._session.execute(last)}
        return [
            Standing(case, CaseKind(kind), CaseStatus(status), own, decided.get(case, own), score, opened_at)
            for case, kind, status, score, opened_at in self._session.execute(query.order_by(row.id))
            for own in [tuple(members.get(case, ()))]
        ]

    def counts(self) -> dict[CaseStatus, int]:
        """How many cases there are of each status."""
        query = select(CaseRow.status, func.count()).where(*self._conditions((), ())).group_by(CaseRow.status)  # type: ignore[call-overload]
        return {CaseStatus(status): number for status, number in self._session.execute(query)}

    def by_ids(self, cases: Sequence[str]) -> list[CaseRow]:
        """The cases of these ids, in their order."""
        found = {row.id: row for row in self._session.scalars(select(CaseRow).where(col(CaseRow.id).in_(cases)))}
        return [found[case] for case in cases]

    def of_entries(self, entries: Sequence[str]) -> dict[str, list[CaseRow]]:
        """The cases that entries are part of, by entry."""
        query = (
            select(CaseEntryRow.entry_id, CaseRow)  # type: ignore[call-overload]
            .join(CaseRow, col(CaseRow.id) == col(CaseEntryRow.case_id))
            .where(col(CaseEntryRow.entry_id).in_(entries))
            .order_by(col(CaseRow.id))
        )
        found: dict[str, list[CaseRow]] = defaultdict(list)
        for entry, row in self._session.execute(query):
            found[entry].append(row)
        return found

    def decisions(self, cases: Sequence[str]) -> dict[str, list[DecisionRow]]:
        """The decisions on cases, oldest first."""
        query = select(DecisionRow).where(col(DecisionRow.case_id).in_(cases)).order_by(col(DecisionRow.id))
        found: dict[str, list[DecisionRow]] = defaultdict(list)
        for row in self._session.scalars(query):
            found[row.case_id].append(row)
        return found

    def last_decision(self, case: str) -> DecisionRow | None:
        """The decision that counts, if there ever was one and it was not taken back."""
        decisions = self.decisions([case])[case]
        return decisions[-1] if decisions and decisions[-1].status != CaseStatus.OPEN else None

    def save(self, case: CaseRow, entries: Sequence[str]) -> None:
        """Write a case with exactly these entries."""
        self._session.merge(case)
        self._session.flush()
        rows = [{"case_id": case.id, "entry_id": entry, "region": entry[:2]} for entry in entries]
        gone = (col(CaseEntryRow.case_id) == case.id, col(CaseEntryRow.entry_id).not_in(entries))
        self._session.execute(delete(CaseEntryRow).where(*gone))
        upsert(self._session, CaseEntryRow, rows)

    def drop(self, case: str) -> None:
        """Remove a case that nobody ever decided and that no longer holds."""
        self._session.execute(delete(CaseRow).where(col(CaseRow.id) == case, col(CaseRow.status) == CaseStatus.OPEN))

    def decide(self, case: CaseRow, decision: DecisionRow) -> None:
        """Add a decision and let the case say so."""
        self._session.add(decision)
        case.status = decision.status
        case.kept_entry_id = decision.kept_entry_id
        case.changed_at = decision.decided_at
        self._session.merge(case)

    def _conditions(self, statuses: Sequence[str], kinds: Sequence[str]) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self._scope.region is not None:
            own = select(CaseEntryRow.case_id).where(col(CaseEntryRow.region) == self._scope.region)  # type: ignore[call-overload]
            found.append(col(CaseRow.id).in_(own))
        if statuses:
            found.append(col(CaseRow.status).in_(statuses))
        if kinds:
            found.append(col(CaseRow.kind).in_(kinds))
        return found
