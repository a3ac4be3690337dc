"""Detection over the database: all entries at once, or those that changed against an index that is kept in step.

Only the process that detects holds the index, so its pairs must be those of the database: every run is named there, and an
index that finds another name than that of its own last run is given up and everything is compared again. The same happens
where more entries changed than the snapshot of rarity bears, and every night.
"""

import hashlib
import secrets
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from schema.audit import AuditAction
from schema.errors import Problem
from schema.vocabulary import CaseStatus
from sync.audit import record
from sync.case_describing import Describer
from sync.cases import Changes, bring_up_to_date
from sync.database import Database, Session
from sync.duplicates import detection
from sync.duplicates.clustering import Cluster, clusters
from sync.duplicates.comparison import Prepared
from sync.duplicates.detection import Pair, Progress
from sync.duplicates.index import Index
from sync.duplicates.offline import caps_reached
from sync.duplicates.records import Record
from sync.duplicates.scoring import Model, fitted_model, score
from sync.repository.cases import CaseStore
from sync.repository.detection import DetectionStore
from sync.scope import EVERYTHING

Confirm = Callable[[Session], None]

_ACTOR: Final = "detection"  # who is on record for what no person did
STALE: Final = (
    0.05  # of the entries changed since the snapshot: no count it rests on is off by more than that, 0.07 bits
)


@dataclass(frozen=True, slots=True)
class DetectionReport:
    """What one detection saw and did. `compared` entries were held against the others, `candidates` pairs were weighed,
    `pairs` stand at or above review; `touched` are the entries of the cases that changed.
    """

    full: bool
    entries: int
    compared: int
    candidates: int
    pairs: int
    cases: int
    opened: int
    changed: int
    reopened: int
    closed: int
    touched: frozenset[str]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What a comparison found, before anything is written: all pairs, those to write, those to remove (None: all that are
    stored), the entries that changed or whose pairs did (None: all), and how much was compared.
    """

    pairs: list[Pair]
    new: list[Pair]
    out: list[tuple[str, str]] | None
    concerned: set[str] | None
    compared: int
    candidates: int
    problems: tuple[Problem, ...] = ()


class _OvertakenError(Exception):
    """Another run has written since this one read: what it found may be out of date."""


def _nothing_to_confirm(session: Session) -> None:
    del session


def _silent(zh: str, en: str, done: int, total: int) -> None:
    del zh, en, done, total


class Detector:
    """Detects for one database, as often as it is asked. `stale` is the share of entries that may change before a new
    snapshot of rarity is taken.
    """

    def __init__(self, database: Database, model: Model | None = None, *, stale: float = STALE) -> None:
        self._database = database
        self._model = model or fitted_model()
        self._stale = stale
        self._one_at_a_time = threading.Lock()
        self._run: str | None = None  # the last run, while the index is in step with it
        self._stamps: dict[str, str] = {}
        self._records: dict[str, Record] = {}
        self._prepared: Prepared | None = None  # the records of the last full run, until an index is made of them
        self._index: Index | None = None
        self._changed: set[str] = set()  # since the snapshot
        self.snapshot_at: datetime | None = None

    def run(
        self,
        *,
        full: bool = False,
        confirm: Confirm = _nothing_to_confirm,
        progress: Progress = _silent,
        workers: int = 1,
    ) -> DetectionReport:
        """Compare what changed, or everything, and bring the stored pairs and cases up to date in one transaction.

        `confirm` is called first in the writing transaction, for whoever detects under a claim that may have been lost.
        `workers` above one is for a process that has no threads (see `sync.duplicates.parallel`).
        """
        with self._one_at_a_time:
            while True:
                try:
                    return self._attempt(confirm, progress, workers, full=full)
                except _OvertakenError:
                    full = True
                except BaseException:
                    self._run = None  # the index may know what was never written
                    raise

    def _attempt(self, confirm: Confirm, progress: Progress, workers: int, *, full: bool) -> DetectionReport:
        now = datetime.now(UTC)
        with self._database.read() as session:
            store = DetectionStore(session)
            last, stamps = store.last(), store.stamps()
            before = last.run if last else None
            changed = {
                entry for entry in stamps.keys() | self._stamps.keys() if stamps.get(entry) != self._stamps.get(entry)
            }
            stale = len(self._changed | changed) > self._stale * len(stamps)
            full = full or self._run is None or before != self._run or stale
            records = store.records(None if full else changed & stamps.keys())
        if full:
            found = self._all(records, stamps, progress, workers)
            self.snapshot_at = now
        else:
            found = self._changes(records, stamps, changed)
        cases = clusters(found.pairs)
        describe = Describer(self._database, self._model)
        describe.read_for(
            case for case in cases if found.concerned is None or not found.concerned.isdisjoint(case.entries)
        )
        changes = self._write(found, cases, describe, before, confirm, now)
        return DetectionReport(
            full=full,
            entries=len(self._records),
            compared=found.compared,
            candidates=found.candidates,
            pairs=len(found.pairs),
            cases=len(cases),
            opened=changes.opened,
            changed=changes.changed,
            reopened=changes.reopened,
            closed=changes.closed,
            touched=frozenset(changes.entries),
            problems=found.problems,
        )

    def _all(self, records: Sequence[Record], stamps: Mapping[str, str], progress: Progress, workers: int) -> _Found:
        self._records, self._prepared, self._index = {}, None, None  # not to hold two of each
        found = detection.detect(records, self._model, workers, progress)
        self._records = {record.id: record for record in found.records}
        self._stamps = {entry: stamp for entry, stamp in stamps.items() if entry in self._records}
        self._prepared = found.prepared  # the index follows when it is needed: most processes detect once and end
        self._changed = set()
        return _Found(found.pairs, found.pairs, None, None, len(records), found.candidates, tuple(caps_reached(found)))

    def _changes(self, records: Sequence[Record], stamps: Mapping[str, str], changed: AbstractSet[str]) -> _Found:
        if self._index is None:
            self._index = Index(list(self._records.values()), prepared=self._prepared)
            self._prepared = None
        index = self._index
        came = [record for record in records if record != self._records.get(record.id)]
        went = [entry for entry in changed - {record.id for record in records} if entry in index]
        touched = [index.add(*came), *map(index.remove, went)]
        self._records.update((record.id, record) for record in came)
        for entry in went:
            del self._records[entry]
        moved = {*(record.id for record in came), *went}
        self._changed |= moved
        self._stamps = {entry: stamp for entry, stamp in stamps.items() if entry in index}
        lost = set[str]().union(*(each.lost for each in touched)) - moved
        gained = set[str]().union(*(each.gained for each in touched)) - moved
        pairs, weighed = pairs_of(index, moved, gained, self._model)
        with self._database.read() as session:
            stored = DetectionStore(session).pairs()

        def is_out(pair: Pair) -> bool:
            ids = {pair.id_a, pair.id_b}
            no_more = ids <= lost and pair.id_b not in index.candidates(pair.id_a)
            return not ids.isdisjoint(moved) or ids <= gained or no_more

        out = {pair for pair in stored if is_out(pair)}
        kept = [pair for pair in stored if pair not in out]
        # A pair that was weighed again and stands as it did is left alone.
        others = {(pair.id_a, pair.id_b) for pair in out.symmetric_difference(pairs)}
        return _Found(
            sorted([*kept, *pairs]),
            [pair for pair in pairs if (pair.id_a, pair.id_b) in others],
            sorted(others.intersection((pair.id_a, pair.id_b) for pair in out)),
            moved.union(*others),
            len(moved),
            weighed,
        )

    def _write(
        self,
        found: _Found,
        cases: Sequence[Cluster],
        describe: Describer,
        before: str | None,
        confirm: Confirm,
        now: datetime,
    ) -> Changes:
        run = secrets.token_hex(8)
        with self._database.write() as session:
            confirm(session)
            store = DetectionStore(session)
            last = store.last(lock=True)
            if (last.run if last else None) != before:
                raise _OvertakenError
            store.forget(found.out)
            rows = [
                {"id_a": pair.id_a, "id_b": pair.id_b, "kind": pair.kind.value, "score": pair.score,
                 "features": list(pair.features)}
                for pair in found.new
            ]  # fmt: skip
            state = {"run": run, "model": model_version(self._model), "snapshot_at": self.snapshot_at, "ran_at": now}
            store.remember(rows, state)
            changes = bring_up_to_date(CaseStore(session, EVERYTHING), cases, found.concerned, describe, now)
            for turn in changes.turns:
                opened = turn.after is CaseStatus.OPEN
                record(
                    session, actor=_ACTOR, action=AuditAction.CASE_REOPENED if opened else AuditAction.CASE_RESTORED,
                    subject=turn.case, change={"before": turn.before, "after": turn.after}, at=now,
                )  # fmt: skip
        self._run = run
        return changes


def detect(database: Database) -> DetectionReport:
    """Compare everything once, for whoever keeps no index."""
    return Detector(database).run(full=True)


def model_version(model: Model) -> str:
    """A digest that tells one set of weights from another."""
    return hashlib.sha256(model.text().encode()).hexdigest()[:16]


def pairs_of(index: Index, changed: Collection[str], gained: Collection[str], model: Model) -> tuple[list[Pair], int]:
    """The pairs at or above review that hold a changed entry or two `gained` ones, and how many pairs were weighed."""
    here, beside = ({entry for entry in entries if entry in index} for entries in (changed, gained))
    ids = {(min(entry, other), max(entry, other)) for entry in here for other in index.candidates(entry)}
    for entry in beside:
        ids.update((entry, other) for other in beside.intersection(index.candidates(entry)) if other > entry)
    ordered = sorted(ids)
    table = index.compared(ordered)
    pairs = [
        Pair(*ordered[place], kind, round(float(scores[place]), 6), tuple(table[place].tolist()))
        for kind, scores in score(table, model).items()
        for place in np.flatnonzero(scores >= model.thresholds[kind].review).tolist()
    ]
    return sorted(pairs), len(ordered)
