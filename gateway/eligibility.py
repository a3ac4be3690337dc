"""From judgements, waivers and clauses to types."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import strawberry

from adapters.registry import regions
from gateway import facts
from gateway.entries import beijing
from schema import clauses as law
from schema.clause_file import differences, national_clauses
from schema.eligibility import Judgement
from schema.types.eligibility import (
    Absence,
    Clause,
    ClauseComparison,
    ClauseConflict,
    ClauseVerdict,
    Difference,
    Eligibility,
    RegionClauses,
    RegionWords,
    Waiver,
)
from schema.vocabulary import ClauseKind
from sync import waivers
from sync.database import Session
from sync.eligibility import judged
from sync.repository.eligibility import EligibilityStore
from sync.repository.waivers import WaiverStore
from sync.scope import Scope
from sync.tables import WaiverRow


@cache
def clause_types() -> dict[str, Clause]:
    """Every clause by id: the regions' in order of code, then the national ones."""
    books = [(facts.region_types()[code], a.catalogue.book.clauses) for code, a in regions().items()]
    return {
        clause.id: Clause.of(clause, region)
        for region, book in (*books, (None, national_clauses().clauses))
        for clause in book
    }


def load(session: Session, scope: Scope, ids: Sequence[str], now: datetime) -> dict[str, Eligibility]:
    """What is kept of these entries, with the waivers that hold now: four queries, however many entries."""
    by_entry = waivers.by_entry(WaiverStore(session, scope).of_entries(ids))
    rows = EligibilityStore(session).rows(ids)
    return {
        entry: of(judgements, by_entry.get(entry, []), now, rows[entry].judged_at)
        for entry, judgements in judged(session, ids).items()
    }


def of(
    judgements: Sequence[Judgement], granted: Sequence[WaiverRow], now: datetime, judged_at: datetime | None = None
) -> Eligibility:
    """Judgements as a type. A clause that is no longer in force keeps its judgement until the entry is judged anew, but
    has no words left to show, so it is left out.
    """
    holding = {row.clause_id: row for row in granted if waivers.holds(row, now)}
    known = clause_types()
    return Eligibility(
        status=waivers.standing(judgements, granted, now),
        judged_at=beijing(judged_at) if judged_at else None,
        told=[
            ClauseVerdict(
                clause=known[one.clause_id],
                verdict=one.verdict,
                field=one.field,
                message=one.zh,
                message_en=one.en,
                waiver=waiver(holding[one.clause_id], now) if one.clause_id in holding else None,
            )
            for one in judgements
            if one.clause_id in known
        ],
    )


def waiver(row: WaiverRow, now: datetime) -> Waiver:
    """A waiver as a type."""
    return Waiver(
        id=strawberry.ID(row.id),
        entry_id=strawberry.ID(row.entry_id),
        clause=clause_types()[row.clause_id],
        reason=row.reason,
        author=row.author,
        granted_at=beijing(row.granted_at),
        expires_at=beijing(row.expires_at),
        holds=waivers.holds(row, now),
        revoked_at=beijing(row.revoked_at) if row.revoked_at else None,
        revoked_by=row.revoked_by,
        revoke_reason=row.revoke_reason or None,
    )


def compare(kind: ClauseKind) -> ClauseComparison:
    """The regions side by side; where a notice has no clause of the kind, what was searched for."""
    types = facts.region_types()
    known = clause_types()
    compared = [
        RegionClauses(
            region=types[code],
            clauses=(own := [known[clause.id] for clause in adapter.catalogue.book.clauses if clause.kind is kind]),
            absences=[_absence(each) for each in adapter.catalogue.book.absences if _is_about(each, kind)],
            silent=not own,
        )
        for code, adapter in regions().items()
    ]
    ids = {str(clause.id) for region in compared for clause in region.clauses}
    return ClauseComparison(
        kind=kind,
        regions=compared,
        differences=[
            Difference(
                dimension=each.zh,
                dimension_en=each.dimension,
                regions=[
                    RegionWords(region=types[code], words=words, words_en=each.en.get(code, words))
                    for code, words in each.regions.items()
                    if code in types
                ],
            )
            for each in differences().comparisons
            if each.kind is kind
        ],
        conflicts=[
            ClauseConflict(
                id=strawberry.ID(each.id),
                what=each.what,
                what_en=each.en,
                clauses=[known[c] for c in each.clauses if c in known],
            )
            for each in differences().conflicts
            if ids.intersection(each.clauses)
        ],
    )


def _is_about(absence: law.Absence, kind: ClauseKind) -> bool:
    return absence.about.partition(".")[0].upper() == kind.value


def _absence(absence: law.Absence) -> Absence:
    return Absence(
        about=absence.about, statement=absence.statement, statement_en=absence.en, searched=list(absence.searched)
    )
