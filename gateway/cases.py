"""From case rows to types, with what a viewer may not know left out.

Of another region's entry a region sees region, title and lead organisation; ids, reasons and authors stay with those who
may see the whole case, and so do the other side's values in a line of evidence, and what two other regions' entries have
in common. Spans go with the values: the part of one's own text that is not marked would tell what the other has written.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import strawberry

from adapters.registry import regions
from gateway import entries, facts
from gateway.entries import beijing
from schema.types.cases import (
    CaseClause,
    CaseEntry,
    CasePair,
    Contradiction,
    Decision,
    DuplicateCase,
    EvidenceLine,
    Sentence,
    Span,
)
from schema.vocabulary import CaseKind, CaseLevel, CaseStatus
from sync.case_evidence import Basis, Line, PairEvidence, news, read
from sync.database import Session
from sync.repository.browse import EntryBrowser
from sync.repository.cases import CaseStore
from sync.scope import EVERYTHING, Scope
from sync.tables import CaseRow, DecisionRow

_SHOWN_ANYWAY = "TITLE"  # of another region's entry a title may be known


def load(session: Session, scope: Scope, rows: Sequence[CaseRow]) -> list[DuplicateCase]:
    """The types of `rows`, in their order: six queries, however many rows."""
    store, ids = CaseStore(session, scope), [row.id for row in rows]
    members, decisions = store.entries(ids), store.decisions(ids)
    found = {row.id: _seen(scope, row) for row in rows}
    decided = {case: [(each, _seen(scope, each)) for each in part] for case, part in decisions.items()}
    wanted = {member.entry_id for part in members.values() for member in part}
    for pairs in (*found.values(), *(pairs for part in decided.values() for _, pairs in part)):
        wanted.update(entry for pair in pairs for entry in pair.entries)
    sides = _sides(session, scope, wanted)
    return [
        _case(
            scope, row, [member.entry_id for member in members[row.id]], found[row.id], decided.get(row.id, []), sides
        )
        for row in rows
    ]


def _seen(scope: Scope, row: CaseRow | DecisionRow) -> list[PairEvidence]:
    """The pairs in which the viewer has an entry."""
    return [pair for pair in read(row.evidence) if any(scope.covers(entry[:2]) for entry in pair.entries)]


def _sides(session: Session, scope: Scope, ids: set[str]) -> dict[str, CaseEntry]:
    rows = EntryBrowser(session, EVERYTHING).by_ids(sorted(ids))
    types = {str(entry.id): entry for entry in entries.load(session, EVERYTHING, list(rows.values()))}
    return {
        identifier: CaseEntry(
            region=facts.region_types()[identifier[:2]],
            title=entry.title,
            lead_organisation=entry.lead_organisation.name,
            entry_id=strawberry.ID(identifier) if scope.covers(identifier[:2]) else None,
            entry=entry if scope.covers(identifier[:2]) else None,
        )
        for identifier, entry in types.items()
    }


def _case(
    scope: Scope,
    row: CaseRow,
    members: Sequence[str],
    found: Sequence[PairEvidence],
    decided: Sequence[tuple[DecisionRow, Sequence[PairEvidence]]],
    sides: Mapping[str, CaseEntry],
) -> DuplicateCase:
    whole = all(scope.covers(entry[:2]) for entry in members)
    alike = {pair.entries for pair in found}
    status = CaseStatus(row.status)
    return DuplicateCase(
        id=strawberry.ID(row.id),
        kind=CaseKind(row.kind),
        status=status,
        level=CaseLevel(row.level),
        score=max((pair.score for pair in found if pair.score is not None), default=None),
        entries=[sides[entry] for entry in members],
        pairs=_pairs(scope, found, sides),
        contradictions=[
            Contradiction(entries=[sides[entry] for entry in pair])
            for pair in combinations(members, 2)
            if pair not in alike and any(scope.covers(entry[:2]) for entry in pair)
        ],
        clauses=[clause for each in row.clauses for clause in _clauses(each["region"], each["id"])],
        kept_entry_id=_own(scope, row.kept_entry_id),
        decisions=[_decision(scope, each, _pairs(scope, pairs, sides), whole=whole) for each, pairs in decided],
        new_evidence=_news(row, members, found, decided[-1]) if decided and status is CaseStatus.OPEN else [],
        opened_at=beijing(row.opened_at),
        changed_at=beijing(row.changed_at),
    )


def _news(
    row: CaseRow,
    members: Sequence[str],
    found: Sequence[PairEvidence],
    decided: tuple[DecisionRow, Sequence[PairEvidence]],
) -> list[Sentence]:
    """Why a case is open although it was decided."""
    decision, pairs = decided
    before = Basis(CaseKind(decision.kind), tuple(decision.entries), tuple(pairs))
    after = Basis(CaseKind(row.kind), tuple(members), tuple(found))
    return [Sentence(zh=each.zh, en=each.en) for each in news(CaseStatus(decision.status), before, after)]


def _pairs(scope: Scope, found: Sequence[PairEvidence], sides: Mapping[str, CaseEntry]) -> list[CasePair]:
    return [
        CasePair(
            entries=[sides[entry] for entry in pair.entries],
            score=pair.score,
            prior=pair.prior,
            posterior=pair.posterior,
            lines=[_line(line, *(scope.covers(entry[:2]) for entry in pair.entries)) for line in pair.lines],
            what_would_change=[Sentence(zh=each.zh, en=each.en) for each in pair.changes],
        )
        for pair in found
    ]


def _line(line: Line, left: bool, right: bool) -> EvidenceLine:  # noqa: FBT001  one for each side, in their order
    """The line as one sees it who may see the left value, or the right."""
    if line.feature == _SHOWN_ANYWAY:
        left = right = True
    both = left and right
    return EvidenceLine(
        feature=line.feature,
        left=line.left if left else "",
        right=line.right if right else "",
        left_spans=[Span(start=start, end=end) for start, end in line.left_spans] if both else [],
        right_spans=[Span(start=start, end=end) for start, end in line.right_spans] if both else [],
        bits=line.bits,
        zh=line.zh,
        en=line.en,
    )


def _clauses(region: str, identifier: str) -> list[CaseClause]:
    """The clause as its notice prints it today; none where it is gone from the catalogue since."""
    clause = regions()[region].catalogue.clauses_by_id.get(identifier)
    if clause is None:
        return []
    of = facts.region_types()[region]
    return [CaseClause(region=of, id=strawberry.ID(clause.id), text=clause.text, locator=clause.locator)]


def _decision(scope: Scope, row: DecisionRow, pairs: list[CasePair], *, whole: bool) -> Decision:
    return Decision(
        status=CaseStatus(row.status),
        kept_entry_id=_own(scope, row.kept_entry_id),
        reason=row.reason if whole else None,
        author=row.author if whole else None,
        decided_at=beijing(row.decided_at),
        pairs=pairs,
    )


def _own(scope: Scope, entry: str | None) -> strawberry.ID | None:
    return strawberry.ID(entry) if entry and scope.covers(entry[:2]) else None
