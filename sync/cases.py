"""The life of duplicate cases: found, decided by a person, found again. Ids are stable and decisions survive every run."""

import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from schema.vocabulary import CaseKind, CaseLevel, CaseStatus
from sync.case_evidence import Basis, PairEvidence, news, read
from sync.duplicates.clustering import Cluster
from sync.repository.cases import CaseStore, Standing
from sync.tables import CaseRow, DecisionRow

_PEOPLE: Final = frozenset(CaseKind) - {CaseKind.SAME_PROJECT}


@dataclass(frozen=True, slots=True)
class Described:
    """A cluster as a case shows it."""

    evidence: list[PairEvidence]
    clauses: list[dict[str, str]]
    level: CaseLevel


@dataclass(frozen=True, slots=True)
class Turn:
    """A decided case that was opened again, or an open one whose decision stands again."""

    case: str
    before: CaseStatus
    after: CaseStatus


@dataclass(slots=True)
class Changes:
    """What a detection did to the stored cases, and the entries that it did it to."""

    opened: int = 0
    changed: int = 0
    reopened: int = 0
    closed: int = 0
    entries: set[str] = field(default_factory=set)
    turns: list[Turn] = field(default_factory=list)


def new_case_id() -> str:
    """The id of a new case, kept with it ever after. By chance: one made of its entries would tell a region, which sees
    the id, the number of the other side's entry for the trying.
    """
    return "C" + secrets.token_hex(6).upper()


def bring_up_to_date(
    store: CaseStore,
    found: Sequence[Cluster],
    compared: Collection[str] | None,
    describe: Callable[[Cluster], Described],
    now: datetime,
) -> Changes:
    """Let the stored cases say what was found. `compared` are the entries that were compared again (None: all): a cluster
    without any of them is as it was.

    A cluster continues the case of its kind with which it shares two entries, or else one about the same people under
    another kind. An open case says what is found now, and goes where nothing is found any more. A decided one stays as it
    was decided while there is nothing new; with new evidence it is open again, beside its decisions and what they rested
    on, and when that evidence goes the decision stands again. So how a case stands follows from what is found and what was
    decided, never from the order of runs.
    """
    changes = Changes()
    standing = {case.id: case for case in store.standing()}
    for cluster, identifier in zip(found, continuations(found, list(standing.values())), strict=True):
        case = standing.pop(identifier, None)
        if case is None:
            row = CaseRow(
                id=new_case_id(), kind=cluster.kind, status=CaseStatus.OPEN, evidence=[], opened_at=now, changed_at=now,
                level=CaseLevel.REVIEW, score=None, clauses=[],
            )  # fmt: skip
            _write(store, row, cluster, describe(cluster))
            changes.opened += 1
            changes.entries.update(cluster.entries)
        elif compared is None or cluster.entries != case.entries or not set(compared).isdisjoint(cluster.entries):
            _bring(store, case, cluster, describe(cluster), now, changes)
    for case in standing.values():
        if case.status is CaseStatus.OPEN:
            _close(store, case, now, changes)
    return changes


def _bring(
    store: CaseStore, case: Standing, cluster: Cluster, said: Described, now: datetime, changes: Changes
) -> None:
    row, decision = store.case(case.id), store.last_decision(case.id)
    assert row is not None  # noqa: S101  it was read in this transaction
    found = Basis(cluster.kind, cluster.entries, tuple(said.evidence))
    if decision is not None and not news(CaseStatus(decision.status), decided_on(decision), found):
        if case.status is CaseStatus.OPEN:
            _close(store, case, now, changes)
        return
    if case.status is not CaseStatus.OPEN:
        row.status, row.kept_entry_id, row.changed_at = CaseStatus.OPEN, None, now
        changes.reopened += 1
        changes.turns.append(Turn(case.id, case.status, CaseStatus.OPEN))
    elif (case.kind, case.entries, row.level) != (cluster.kind, cluster.entries, said.level):
        row.changed_at = now
        changes.changed += 1
    if row.changed_at == now:
        changes.entries.update((*case.entries, *cluster.entries))
    row.kind = cluster.kind
    _write(store, row, cluster, said)


def _close(store: CaseStore, case: Standing, now: datetime, changes: Changes) -> None:
    """End an open case for which nothing speaks any more: it goes, or what was once decided of it stands again. One whose
    decision was taken back waits for the person who owes another, whatever is found meanwhile.
    """
    decision = store.last_decision(case.id)
    if decision is None and store.decisions([case.id])[case.id]:
        return
    changes.closed += 1
    changes.entries.update(case.entries)
    if decision is None:
        store.drop(case.id)
        return
    row = store.case(case.id)
    assert row is not None  # noqa: S101  as above
    row.status, row.kept_entry_id, row.changed_at = decision.status, decision.kept_entry_id, now
    changes.turns.append(Turn(case.id, CaseStatus.OPEN, CaseStatus(decision.status)))
    was = decided_on(decision)
    row.kind, row.evidence = was.kind, decision.evidence
    row.score = max((pair.score for pair in was.pairs if pair.score is not None), default=None)
    store.save(row, was.entries)


def decided_on(decision: DecisionRow) -> Basis:
    """What the case was when this was decided."""
    return Basis(CaseKind(decision.kind), tuple(decision.entries), read(decision.evidence))


def _write(store: CaseStore, row: CaseRow, cluster: Cluster, said: Described) -> None:
    row.evidence = [pair.as_dict() for pair in said.evidence]
    row.score = max(pair.score for pair in cluster.pairs)
    row.clauses, row.level = said.clauses, said.level
    store.save(row, cluster.entries)


def continuations(found: Sequence[Cluster], cases: Iterable[Standing]) -> list[str]:
    """For each cluster the id of the case it continues, or an empty text; no case is continued twice.

    Those that share most entries find each other first. A case that was ever decided is known by the entries it was decided
    on, so that it is found again whatever came and went in between. A finding about people that has become another kind (one person,
    now the whole team) continues its case too.
    """
    of_entry: dict[str, list[Standing]] = defaultdict(list)
    for case in cases:
        for entry in case.known_by:
            of_entry[entry].append(case)
    candidates: list[tuple[bool, int, tuple[str, ...], str, int]] = []
    for place, cluster in enumerate(found):
        shared = Counter(case for entry in cluster.entries for case in of_entry[entry])
        for case, entries in shared.items():
            if entries > 1 and (case.kind == cluster.kind or {case.kind, cluster.kind} <= _PEOPLE):
                candidates.append((case.kind != cluster.kind, -entries, case.known_by, case.id, place))
    continued = [""] * len(found)
    taken: set[str] = set()
    for *_, identifier, place in sorted(candidates):
        if not continued[place] and identifier not in taken:
            continued[place] = identifier
            taken.add(identifier)
    return continued
