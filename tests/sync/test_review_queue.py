from collections import Counter
from datetime import datetime

import pytest

from schema.provenance import CHINA
from schema.vocabulary import CaseStatus
from sync.decisions import decide
from sync.lists import Confirmation, ListItem
from sync.lists.submission import Push, submit
from sync.repository.browse import EntryBrowser
from sync.repository.cases import CaseStore
from sync.repository.keyset import Slice
from sync.review_queue import ReviewQueue, priority
from sync.scope import EVERYTHING, Scope

NOW = datetime(2025, 12, 1, tzinfo=CHINA)  # after every date of the timetables


def queue(database, scope=EVERYTHING) -> list[str]:
    with database.read() as session:
        return [row.id for row in ReviewQueue(session, scope, (), (), NOW).rows(Slice(100))]


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ((0.6, (), None), (0.9, (), None)),
        ((0.999999, (), None), (0.51, ("41:A",), None)),
        ((0.9, (), None), (0.9, (), 14)),
        ((0.9, (), 14), (0.9, (), 3)),
        ((0.9, (), None), (None, (), None)),
    ],
)
def test_weight_and_consequence_decide_what_comes_first(less, more) -> None:
    first, second = (priority(score, listed, ["41:A", "43:B"], days) for score, listed, days in (more, less))
    assert first > second


def test_a_case_with_a_recommended_entry_comes_first(filled_sqlite) -> None:
    with filled_sqlite.read() as session:
        members = CaseStore(session, EVERYTHING).memberships()
        shared = Counter(entry for entries in members.values() for entry in entries)
        rows = EntryBrowser(session, EVERYTHING).by_ids(list(shared))
    # The least pressing case with an entry that is in no other.
    last, entry = next(
        (case, entry)
        for case in reversed(queue(filled_sqlite))
        for entry in sorted(members[case])
        if shared[entry] == 1
    )
    items = [ListItem(1, entry, rows[entry].national_track or "N01")]
    with filled_sqlite.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE entry SET status = 'ACTIVE', stage = 'AWARDED', award = 'FIRST' WHERE id = ?", (entry,)
        )
    assert submit(filled_sqlite, Push(entry[:2], items, [Confirmation("已核实")]), "省").problems == ()
    assert queue(filled_sqlite)[0] == last


def test_a_decided_case_is_not_in_the_queue(filled_sqlite) -> None:
    first, *others = queue(filled_sqlite)
    decide(filled_sqlite, EVERYTHING, case=first, status=CaseStatus.DISMISSED, reason="否", author="甲")
    assert queue(filled_sqlite) == others


def test_a_region_has_only_its_own_cases_in_its_queue(filled_sqlite) -> None:
    with filled_sqlite.read() as session:
        members = CaseStore(session, EVERYTHING).memberships()
    own = {case for case, entries in members.items() if any(entry.startswith("41:") for entry in entries)}
    assert set(queue(filled_sqlite, Scope("41"))) == own
