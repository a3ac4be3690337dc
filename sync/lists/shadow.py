"""The list that a region's own rule would give, beside the one that was pushed: for a person to explain, never a verdict.

Computed from the scores the province sent; entries without one cannot be ranked and are counted. Where no notice prints how
entries are chosen, they are ranked by score, those of a class with priority first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from schema.selection import Pool, SelectionFacts
from schema.vocabulary import EntryStatus, Severity
from sync.database import Session
from sync.lists.entry_checks import entry_findings
from sync.lists.findings import Column, Finding
from sync.lists.items import ListItem, items_of
from sync.lists.rules import Rules, issuers, rules_of
from sync.lists.selection_checks import standing_findings
from sync.lists.surroundings import ground, with_entries
from sync.repository.browse import EntryBrowser
from sync.repository.entry_filter import EntryFilter
from sync.scope import Scope
from sync.tables import EntryRow, ListRow

_READ: Final = (
    "id", "region", "city", "title", "topic_id", "national_track", "match", "stage", "status", "award", "score", "native",
)  # fmt: skip
"""What is read of an entry here and where it is checked."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be chosen: its national track, its score, a second one, and whether it goes first."""

    entry_id: str
    track: str | None
    score: float
    second: float
    first: bool = False


class Deviation(StrEnum):
    """How the pushed list departs from the computed one."""

    ONLY_PUSHED = "ONLY_PUSHED"  # the rule would not have chosen it
    ONLY_COMPUTED = "ONLY_COMPUTED"  # the rule would have chosen it
    OTHER_RANK = "OTHER_RANK"  # on both, elsewhere


@dataclass(frozen=True, slots=True)
class ShadowLine:
    """One deviation, with both ranks as far as there are any."""

    entry_id: str
    deviation: Deviation
    pushed_rank: int | None
    computed_rank: int | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Shadow:
    """The computed list in order, what differs, and how many entitled entries had no score."""

    computed: tuple[str, ...]
    lines: tuple[ShadowLine, ...]
    unscored: int


def choose(candidates: Iterable[Candidate], rules: SelectionFacts) -> list[str]:
    """The entries that the rules choose, best first. Pure; ties go to the smaller id."""
    ranked = sorted(candidates, key=lambda each: (-each.score, each.entry_id))
    chosen = _pooled(ranked, rules.pool) if rules.pool else _within_tracks(ranked, rules)
    chosen.sort(key=lambda each: not each.first)
    most = rules.total.most if rules.total else len(chosen)
    return [each.entry_id for each in chosen[:most]]


def _within_tracks(ranked: Sequence[Candidate], rules: SelectionFacts) -> list[Candidate]:
    """Of each track no more than it has places, where a binding rule says so; those with priority are seated first."""
    limit = rules.per_track.most if rules.per_track and rules.per_track.binding else len(ranked)
    seated: Counter[str | None] = Counter()
    kept = []
    for each in sorted(ranked, key=lambda each: not each.first):
        seated[each.track] += 1
        if seated[each.track] <= limit:
            kept.append(each)
    return kept


def _pooled(ranked: Sequence[Candidate], pool: Pool) -> list[Candidate]:
    """The best of each track, then those ranked in the pool's places of their track by the second score."""
    by_track: dict[str | None, list[Candidate]] = defaultdict(list)
    for each in ranked:
        by_track[each.track].append(each)
    firsts = [each for part in by_track.values() for each in part[: pool.firsts]]
    low, high = max(pool.places[0], pool.firsts + 1), pool.places[1]
    rest = [each for part in by_track.values() for each in part[low - 1 : high]]
    firsts.sort(key=lambda each: (-each.score, each.entry_id))
    rest.sort(key=lambda each: (-each.second, each.entry_id))
    return [*firsts, *rest]


def shadow_of(session: Session, row: ListRow) -> Shadow:
    """What the issuer's rules would have given, from what is stored now, held against a version."""
    rules = rules_of(session, issuers()[row.issuer])
    pushed = items_of(row)
    entitled = _entitled(session, rules, row.submitted_at)
    declared = {item.entry_id: item.national_track for item in pushed}
    candidates = [
        _candidate(entry, declared.get(entry.id), rules.selection) for entry in entitled if entry.score is not None
    ]
    computed = choose(candidates, rules.selection)
    scores = {entry.id: entry.score for entry in entitled}
    unscored = sum(entry.score is None for entry in entitled)
    return Shadow(tuple(computed), tuple(_lines(pushed, computed, scores)), unscored)


def _entitled(session: Session, rules: Rules, now: datetime) -> list[EntryRow]:
    """Every entry of the issuer that validation would not bar for what the entry itself is."""
    issuer, stages = rules.issuer, rules.selection.stages
    wanted = EntryFilter(
        regions=[issuer.region],
        statuses=[EntryStatus.ACTIVE],
        stages=stages.stages if stages else (),
        cities=[issuer.lower.city] if issuer.lower else [],
    )
    entries = EntryBrowser(session, Scope(issuer.region)).parts_of_all(wanted, _READ)
    rules_alone = ground(session, rules, now)
    high = [entry for entry in entries if not _barred(standing_findings(1, entry, rules_alone))]
    found = with_entries(session, rules_alone, {entry.id: entry for entry in high})
    return [entry for entry in high if not _barred(entry_findings(1, ListItem(1, entry.id), found))]


def _barred(findings: Iterable[Finding]) -> bool:
    return any(each.severity is Severity.BLOCKED and each.column is Column.ENTRY for each in findings)


def _candidate(entry: EntryRow, declared: str | None, rules: SelectionFacts) -> Candidate:
    score = entry.score or 0.0
    second = entry.native.get(rules.pool.second_score) if rules.pool and rules.pool.second_score else None
    return Candidate(
        entry.id,
        declared or entry.national_track,
        score,
        float(second) if isinstance(second, int | float) else score,
        first=any(bool(entry.native.get(rule.field)) for rule in rules.priorities),
    )


def _lines(
    pushed: Sequence[ListItem], computed: Sequence[str], scores: dict[str, float | None]
) -> Iterable[ShadowLine]:
    here = {item.entry_id: item.rank for item in pushed}
    there = {entry: rank for rank, entry in enumerate(computed, start=1)}
    for entry in sorted({*here, *there}, key=lambda each: (here.get(each, len(here) + 1), there.get(each, 0), each)):
        mine, theirs = here.get(entry), there.get(entry)
        if mine == theirs:
            continue
        kind = Deviation.OTHER_RANK
        if mine is None or theirs is None:
            kind = Deviation.ONLY_COMPUTED if mine is None else Deviation.ONLY_PUSHED
        yield ShadowLine(entry, kind, mine, theirs, scores.get(entry))
