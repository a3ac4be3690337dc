"""From case rows to types, with what a viewer may not know left out.

Of another region's entry a region sees region, title and lead organisation; ids, reasons and authors stay with those who
may see the whole case, and so does what two other regions' entries have in common.
"""

from collections.abc import Sequence

import strawberry

from gateway import entries, facts
from gateway.entries import beijing
from schema.types.cases import CaseEntry, Decision, DuplicateCase, Evidence
from schema.vocabulary import CaseKind, CaseStatus
from sync.database import Session
from sync.repository.browse import EntryBrowser
from sync.repository.cases import CaseStore
from sync.scope import EVERYTHING, Scope
from sync.tables import CaseRow, DecisionRow


def load(session: Session, scope: Scope, rows: Sequence[CaseRow]) -> list[DuplicateCase]:
    """The types of `rows`, in their order: six queries, however many rows."""
    store, ids = CaseStore(session, scope), [row.id for row in rows]
    members, decisions = store.entries(ids), store.decisions(ids)
    entry_rows = EntryBrowser(session, EVERYTHING).by_ids(
        sorted({m.entry_id for part in members.values() for m in part})
    )
    types = {str(entry.id): entry for entry in entries.load(session, EVERYTHING, list(entry_rows.values()))}
    made = []
    for row in rows:
        sides = []
        for member in members[row.id]:
            entry, own = types.get(member.entry_id), scope.covers(member.region)
            if entry is not None:
                side = CaseEntry(
                    region=facts.region_types()[member.region],
                    title=entry.title,
                    lead_organisation=entry.lead_organisation.name,
                    entry_id=strawberry.ID(member.entry_id) if own else None,
                    entry=entry if own else None,
                )
                sides.append(side)
        whole = all(scope.covers(member.region) for member in members[row.id])
        made.append(
            DuplicateCase(
                id=strawberry.ID(row.id),
                kind=CaseKind(row.kind),
                status=CaseStatus(row.status),
                entries=sides,
                evidence=[
                    Evidence(feature=line["feature"], zh=line["zh"], en=line["en"])
                    for line in row.evidence
                    if any(scope.covers(entry[:2]) for entry in line["entries"])
                ],
                kept_entry_id=_own(scope, row.kept_entry_id),
                decisions=[_decision(scope, each, whole=whole) for each in decisions[row.id]],
                opened_at=beijing(row.opened_at),
                changed_at=beijing(row.changed_at),
            )
        )
    return made


def _decision(scope: Scope, row: DecisionRow, *, whole: bool) -> Decision:
    return Decision(
        status=CaseStatus(row.status),
        kept_entry_id=_own(scope, row.kept_entry_id),
        reason=row.reason if whole else None,
        author=row.author if whole else None,
        decided_at=beijing(row.decided_at),
    )


def _own(scope: Scope, entry: str | None) -> strawberry.ID | None:
    return strawberry.ID(entry) if entry and scope.covers(entry[:2]) else None
