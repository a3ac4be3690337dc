"""Judges entries by the clauses of their region and keeps the judgements: at a pull, at a change of a register, on demand.

What is kept never depends on the time of asking. Predicates judge by what happened when, and a waiver, which ends by
itself, is laid over the kept judgements whenever they are read. An entry is judged again only where something that went in
has changed; entries that share a person, a team or a project with it are looked at as well.
"""

import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from traceback import format_tb
from typing import Any, Final

import orjson

from schema.eligibility import Judgement, status_of
from schema.errors import redact
from schema.vocabulary import Register
from sync.database import Database, Session
from sync.entry_facts import Surroundings, basis, region_facts, stored_facts
from sync.registers import RegisterChange
from sync.repository.cases import CaseStore
from sync.repository.eligibility import EligibilityStore
from sync.repository.packing import packed, unpacked
from sync.repository.registers import RegisterStore
from sync.repository.time import database_time
from sync.scope import EVERYTHING

_log = logging.getLogger("dexhub.eligibility")
_PATIENCE: Final = timedelta(
    seconds=5
)  # for whoever judges to be heard of: one that is frozen must not lock out the rest
_CHUNK: Final = 500  # entries judged in one transaction: about a tenth of a second, so that writers do not starve


@dataclass(slots=True)
class EvaluationReport:
    """What an evaluation did: entries looked at, and those among them that had to be judged."""

    entries: int = 0
    judged: int = 0


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""
    del done, total


def evaluate(
    database: Database, ids: Collection[str], now: datetime, told: Callable[[int, int], None] = silent
) -> EvaluationReport:
    """Judge these entries where an input changed, and then those that share something with them or did before. `told`
    hears how many of these have been looked at.
    """
    report = EvaluationReport()
    wanted = sorted(ids)
    neighbours: set[str] = set()
    for start in range(0, len(wanted), _CHUNK):
        with database.write() as session:
            neighbours |= _judge(session, wanted[start : start + _CHUNK], report, now)
        told(report.entries, len(wanted))
    left = sorted(neighbours.difference(wanted))
    for start in range(0, len(left), _CHUNK):
        with database.write() as session:
            _judge(session, left[start : start + _CHUNK], report, now)
    return report


def evaluate_pending(database: Database, now: datetime, told: Callable[[int, int], None] = silent) -> EvaluationReport:
    """Judge what changed since it was judged; a run that died before it judged is made up for by the next."""
    with database.read() as session:
        ids = EligibilityStore(session).pending(Surroundings.now(session).regions)
    return evaluate(database, ids, now, told)


def pending_sizes(session: Session) -> dict[str, int]:
    """Entries that wait to be judged, by region."""
    return EligibilityStore(session).pending_sizes(Surroundings.now(session).regions)


def catch_up(database: Database, told: Callable[[int, int], None] = silent) -> None:
    """Judge what a pull left to be judged. Never raises: a failure costs the pull nothing, and what it leaves stays
    pending for the next.
    """
    try:
        evaluate_pending(database, datetime.now(UTC), told)
    except Exception as error:  # noqa: BLE001  whatever it is, the rows are stored and served
        # The trace without the message as it came, which may hold what a platform sent.
        _log.error("judging: %s: %s\n%s", type(error).__name__, redact(error), "".join(format_tb(error.__traceback__)))


def evaluate_all(database: Database, now: datetime) -> EvaluationReport:
    """Look at every entry; what was judged on the same basis stays as it is."""
    with database.read() as session:
        ids = EligibilityStore(session).all_ids()
    return evaluate(database, ids, now)


def evaluate_cases(database: Database, now: datetime, cases: Sequence[str] = ()) -> EvaluationReport:
    """Judge the entries of these duplicate cases, or of all: what a person decided settles what two entries share."""
    with database.read() as session:
        members = CaseStore(session, EVERYTHING).memberships()
    ids = {entry for case, entries in members.items() if not cases or case in cases for entry in entries}
    return evaluate(database, ids, now)


def evaluate_registers(database: Database, changes: Iterable[RegisterChange], now: datetime) -> EvaluationReport:
    """Judge the entries that changed lines can concern: those with such an organisation, title or topic. A register that was not
    maintained before concerns every entry of the regions that ask for it.
    """
    ids: set[str] = set()
    with database.read() as session:
        store = RegisterStore(session)
        for change in changes:
            lines = (*change.added, *change.removed)
            if change.register is Register.CANCELLED_SUB_TOPICS:
                ids |= store.entered_for(line.project for line in lines)
            codes = [line.credit_code or "" for line in lines]
            ids |= store.concerned(codes, [line.name_key for line in lines], [line.project_key for line in lines])
            if change.opened:
                ids |= {
                    entry
                    for entry in EligibilityStore(session).all_ids()
                    if change.register in region_facts(entry[:2]).registers
                }
    return evaluate(database, ids, now)


def _judge(session: Session, ids: Sequence[str], report: EvaluationReport, now: datetime) -> set[str]:
    """Judge within a transaction; ids of the entries that share something with those that were judged."""
    database_time(session, _PATIENCE)
    store = EligibilityStore(session)
    around = Surroundings.now(session)
    made, kin = stored_facts(session, ids, around)
    before = store.peers(ids)
    rows: list[dict[str, Any]] = []
    patterns: dict[str, Sequence[Judgement]] = {}
    moved: dict[str, set[str]] = {}
    neighbours: set[str] = set()
    for stored, known in made:
        entry, ground = stored.entry.id, basis(stored, known)
        if (stored.judged_hash, stored.basis) == (stored.content_hash, ground):
            continue
        judgements = region_facts(stored.entry.region).law.judge(known)
        made_of = _kept_form(judgements)
        patterns[made_of["pattern"]] = judgements
        row = {"entry_id": entry, "content_hash": stored.content_hash, "compared": around.regions, "basis": ground}
        rows.append(row | {"judged_at": now} | made_of)
        if kin[entry] != before.get(entry, set()):
            moved[entry] = kin[entry]
        neighbours |= kin[entry] | before.get(entry, set())
    store.save(rows, patterns)
    store.save_peers(moved)
    report.entries += len(ids)
    report.judged += len(rows)
    return neighbours


def judged(session: Session, ids: Sequence[str]) -> dict[str, list[Judgement]]:
    """The judgements that are kept of entries, in the order of the clauses. Entries that are told the same share theirs."""
    store = EligibilityStore(session)
    forms = store.forms(ids)
    patterns = store.patterns(pattern for pattern, _ in forms.values())
    told = {
        (pattern, body): [
            Judgement(*verdict, *words)
            for verdict, words in zip(patterns[pattern], unpacked(body)["words"], strict=True)
        ]
        for pattern, body in set(forms.values())
    }
    return {entry: told[form] for entry, form in forms.items()}


@lru_cache(maxsize=1024)
def _kept_form(judgements: tuple[Judgement, ...]) -> dict[str, Any]:
    """Judgements as they are kept. Most entries of a region are told the same word for word, so that few forms serve many."""
    verdicts = repr([(one.clause_id, one.clause_version, one.verdict.value) for one in judgements])
    return {
        "status": status_of(judgements).value,
        "pattern": hashlib.sha256(verdicts.encode()).hexdigest()[:16],
        "body": packed(orjson.dumps({"words": [(one.field, one.zh, one.en) for one in judgements]})),
    }
