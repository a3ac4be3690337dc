from datetime import UTC, datetime

import pytest

from adapters.registry import regions
from adapters.sandbox.registrations import Corpus
from schema.errors import RequestError
from schema.vocabulary import CaseStatus
from sync.database import Database
from sync.decisions import decide
from sync.detector import detect
from sync.repository.cases import CaseStore
from sync.repository.detection import DetectionStore
from sync.repository.entries import EntryStore
from sync.scope import EVERYTHING, Scope


def _cases(database: Database) -> set[tuple[str, ...]]:
    with database.read() as session:
        store = CaseStore(session, EVERYTHING)
        members = store.memberships()
        return {(case.kind, *members[case.id]) for case in store.cases()}


def _one(database: Database) -> tuple[str, list[str]]:
    with database.read() as session:
        store = CaseStore(session, EVERYTHING)
        case = min(store.cases(), key=lambda row: row.id)
        return case.id, store.memberships()[case.id]


def test_exactly_the_planted_duplicates_are_found(filled: Database, corpus: Corpus) -> None:
    assert _cases(filled) == {(label.kind, *label.entries) for label in corpus.duplicates}


def test_no_case_holds_entries_that_share_only_their_organisation(filled: Database, corpus: Corpus) -> None:
    pairs = {entries for _, *entries in map(tuple, _cases(filled)) for entries in [tuple(entries)]}
    assert pairs.isdisjoint({label.entries for label in corpus.look_alikes})


def test_detecting_again_changes_nothing(filled: Database) -> None:
    before = _cases(filled)
    report = detect(filled)
    assert (_cases(filled), report.opened, report.changed, report.reopened, report.closed) == (before, 0, 0, 0, 0)


def test_a_decision_survives_the_next_detection(filled: Database) -> None:
    case, entries = _one(filled)
    decide(
        filled,
        EVERYTHING,
        case=case,
        status=CaseStatus.CONFIRMED,
        reason="同一项目",
        author="甲",
        kept_entry=entries[0],
    )
    detect(filled)
    with filled.read() as session:
        row = CaseStore(session, EVERYTHING).case(case)
        assert row is not None
        assert (row.status, row.kept_entry_id) == (CaseStatus.CONFIRMED, entries[0])


def test_every_decision_stays_on_record(filled: Database) -> None:
    case, entries = _one(filled)
    decide(filled, EVERYTHING, case=case, status=CaseStatus.DISMISSED, reason="两回事", author="甲")
    decide(
        filled,
        EVERYTHING,
        case=case,
        status=CaseStatus.CONFIRMED,
        reason="再看是一回事",
        author="乙",
        kept_entry=entries[1],
    )
    with filled.read() as session:
        decisions = CaseStore(session, EVERYTHING).decisions([case])[case]
    assert [(each.status, each.author, each.reason) for each in decisions] == [
        ("DISMISSED", "甲", "两回事"),
        ("CONFIRMED", "乙", "再看是一回事"),
    ]


def test_an_open_case_is_dropped_when_one_side_withdraws(filled: Database) -> None:
    case, entries = _one(filled)
    with filled.write() as session:
        EntryStore(session).withdraw(entries[:1], _now())
    detect(filled)
    with filled.read() as session:
        assert CaseStore(session, EVERYTHING).case(case) is None


def test_a_decided_case_is_kept_when_one_side_withdraws(filled: Database) -> None:
    case, entries = _one(filled)
    decide(filled, EVERYTHING, case=case, status=CaseStatus.CONFIRMED, reason="是", author="甲", kept_entry=entries[0])
    with filled.write() as session:
        EntryStore(session).withdraw(entries[1:], _now())
    detect(filled)
    with filled.read() as session:
        row = CaseStore(session, EVERYTHING).case(case)
        assert row is not None
        assert row.status == CaseStatus.CONFIRMED


@pytest.mark.parametrize(
    ("decision", "codes"),
    [
        ({"status": CaseStatus.CONFIRMED, "reason": "是"}, ["KEPT_ENTRY_INVALID"]),
        ({"status": CaseStatus.CONFIRMED, "reason": "是", "kept_entry": "41:nobody"}, ["KEPT_ENTRY_INVALID"]),
        ({"status": CaseStatus.DISMISSED, "reason": "  "}, ["REASON_MISSING"]),
        ({"status": CaseStatus.OPEN, "reason": ""}, ["DECISION_INVALID", "REASON_MISSING"]),
    ],
)
def test_a_decision_that_lacks_something_is_refused_with_all_that_it_lacks(
    filled_sqlite: Database, decision, codes
) -> None:
    case, _ = _one(filled_sqlite)
    with pytest.raises(RequestError) as refused:
        decide(filled_sqlite, EVERYTHING, case=case, author="甲", **decision)
    assert [problem.code for problem in refused.value.problems] == codes


def test_a_decision_that_was_taken_back_leaves_the_case_open_whatever_is_found_next(filled: Database) -> None:
    case, entries = _one(filled)
    for status in (CaseStatus.DISMISSED, CaseStatus.OPEN):
        decide(filled, EVERYTHING, case=case, status=status, reason="核实", author="甲")
    with filled.write() as session:
        EntryStore(session).withdraw(entries[1:], _now())
    reports = [detect(filled) for _ in range(2)]
    with filled.read() as session:
        row = CaseStore(session, EVERYTHING).case(case)
        kept = [each.status for each in CaseStore(session, EVERYTHING).decisions([case])[case]]
    assert (row and row.status, kept, reports[1].closed) == ("OPEN", ["DISMISSED", "OPEN"], 0)


def test_an_open_case_has_no_decision_to_take_back(filled_sqlite: Database) -> None:
    case, _ = _one(filled_sqlite)
    with pytest.raises(RequestError) as refused:
        decide(filled_sqlite, EVERYTHING, case=case, status=CaseStatus.OPEN, reason="核实", author="甲")
    assert refused.value.code == "DECISION_INVALID"


def test_a_decision_on_what_has_changed_since_it_was_looked_at_is_refused(filled_sqlite: Database) -> None:
    case, _ = _one(filled_sqlite)
    with filled_sqlite.read() as session:
        row = CaseStore(session, EVERYTHING).case(case)
    assert row is not None
    first, second = [
        {"case": case, "status": CaseStatus.DISMISSED, "author": name, "seen_at": row.changed_at} for name in "甲乙"
    ]
    decide(filled_sqlite, EVERYTHING, reason="核实", **first)
    with pytest.raises(RequestError) as refused:
        decide(filled_sqlite, EVERYTHING, reason="核实", **second)
    assert refused.value.code == "CASE_CHANGED"


def test_a_case_outside_the_scope_does_not_exist(filled_sqlite: Database) -> None:
    case, entries = _one(filled_sqlite)
    outside = next(code for code in regions() if code not in {entry[:2] for entry in entries})
    with pytest.raises(RequestError) as refused:
        decide(filled_sqlite, Scope(outside), case=case, status=CaseStatus.DISMISSED, reason="无", author="甲")
    assert refused.value.code == "CASE_UNKNOWN"


def test_withdrawn_entries_are_not_compared(filled_sqlite: Database) -> None:
    with filled_sqlite.read() as session:
        first = DetectionStore(session).records()[0].id
    with filled_sqlite.write() as session:
        EntryStore(session).withdraw([first], _now())
    with filled_sqlite.read() as session:
        assert first not in {record.id for record in DetectionStore(session).records()}


def _now() -> datetime:
    return datetime.now(UTC)
