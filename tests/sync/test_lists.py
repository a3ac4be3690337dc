import hashlib

import orjson
import pytest
from sqlmodel import select

from adapters.sandbox.registrations import Corpus
from schema.vocabulary import EntryStatus, TrackMatch
from sync.database import Database
from sync.lists import ListItem, items_of, submit
from sync.repository.lists import ListStore
from sync.scope import EVERYTHING
from sync.tables import EntryRow


@pytest.fixture
def henan(filled_sqlite: Database, corpus: Corpus) -> dict[str, str]:
    """Ids of Henan entries by what is true of them; none is part of a duplicate case unless it says so."""
    doubtful = {entry for label in corpus.duplicates for entry in label.entries}
    with filled_sqlite.read() as session:
        rows = [row for row in session.scalars(select(EntryRow)) if row.region == "41"]
    clean = [row for row in rows if row.id not in doubtful]
    fit = [row for row in clean if row.status == EntryStatus.ACTIVE and row.match == TrackMatch.EXACT]
    active = [row.id for row in fit]
    fit[-1].match, fit[-1].national_track = (
        TrackMatch.AMBIGUOUS,
        None,
    )  # of Henan's topics but one is, and may not occur
    with filled_sqlite.write() as session:
        session.merge(fit[-1])
    return {
        "a": active[0],
        "b": active[1],
        "c": active[2],
        "eliminated": next(row.id for row in clean if row.status == EntryStatus.ELIMINATED),
        "ambiguous": fit[-1].id,
        "track_of_a": next(row.national_track or "" for row in clean if row.id == active[0]),
        "doubtful": next(
            row.id for row in rows if row.id in doubtful and row.status == EntryStatus.ACTIVE and row.national_track
        ),
        "elsewhere": "43:HN-0000001",
    }


FAULTY = [
    ("an empty list", [], [("LIST_EMPTY", "items")]),
    ("an entry that does not exist", [(1, "41:nobody", None)], [("ENTRY_UNKNOWN", "第 1 行 row 1: entryId")]),
    ("an entry of another region", [(1, "elsewhere", None)], [("ENTRY_UNKNOWN", "第 1 行 row 1: entryId")]),
    ("an eliminated entry", [(1, "eliminated", None)], [("ENTRY_NOT_ACTIVE", "第 1 行 row 1: entryId")]),
    ("a rank that is used twice", [(1, "a", None), (1, "b", None)], [("RANK_INVALID", "第 1 行 row 1: rank"), ("RANK_INVALID", "第 2 行 row 2: rank")]),
    ("a gap between ranks", [(1, "a", None), (3, "b", None)], [("RANK_INVALID", "第 2 行 row 2: rank")]),
    ("a rank of nought", [(0, "a", None)], [("RANK_INVALID", "第 1 行 row 1: rank")]),
    ("an entry named twice", [(1, "a", None), (2, "a", None)], [("ENTRY_REPEATED", "第 1 行 row 1: entryId"), ("ENTRY_REPEATED", "第 2 行 row 2: entryId")]),
    ("an ambiguous topic without a declared track", [(1, "ambiguous", None)], [("TRACK_MISSING", "第 1 行 row 1: nationalTrack")]),
    ("a track that is none of the nation's", [(1, "a", "N99")], [("TRACK_UNKNOWN", "第 1 行 row 1: nationalTrack")]),
    (
        "several faults in several rows at once",
        [(1, "eliminated", None), (1, "ambiguous", None), (3, "41:nobody", "N01")],
        [
            ("RANK_INVALID", "第 1 行 row 1: rank"),
            ("ENTRY_NOT_ACTIVE", "第 1 行 row 1: entryId"),
            ("RANK_INVALID", "第 2 行 row 2: rank"),
            ("TRACK_MISSING", "第 2 行 row 2: nationalTrack"),
            ("ENTRY_UNKNOWN", "第 3 行 row 3: entryId"),
        ],
    ),
]  # fmt: skip


def _items(henan: dict[str, str], rows: list[tuple[int, str, str | None]]) -> list[ListItem]:
    return [ListItem(rank, henan.get(name, name), track) for rank, name, track in rows]


def _stored(database: Database) -> int:
    with database.read() as session:
        return len(ListStore(session, EVERYTHING).versions())


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(("fault", "rows", "expected"), FAULTY, ids=[fault for fault, _, _ in FAULTY])
def test_all_faults_of_a_list_are_told_at_once(filled_sqlite, henan, fault, rows, expected, dry_run) -> None:
    outcome = submit(filled_sqlite, "41", _items(henan, rows), "省", dry_run=dry_run)
    assert [(problem.code, problem.place) for problem in outcome.problems] == expected, fault


@pytest.mark.parametrize(("fault", "rows", "expected"), FAULTY, ids=[fault for fault, _, _ in FAULTY])
def test_nothing_of_a_faulty_list_is_stored(filled_sqlite, henan, fault, rows, expected) -> None:
    del expected
    submit(filled_sqlite, "41", _items(henan, rows), "省", dry_run=False)
    assert _stored(filled_sqlite) == 0, fault


def test_every_problem_says_how_to_mend_it_in_both_languages(filled_sqlite, henan) -> None:
    outcomes = [submit(filled_sqlite, "41", _items(henan, rows), "省", dry_run=True) for _, rows, _ in FAULTY]
    lacking = [p for outcome in outcomes for p in outcome.problems if not all((p.zh, p.en, p.remedy_zh, p.remedy_en))]
    assert lacking == []


def test_a_dry_run_of_a_good_list_finds_nothing_and_stores_nothing(filled_sqlite, henan) -> None:
    outcome = submit(filled_sqlite, "41", _items(henan, [(1, "a", None), (2, "b", None)]), "省", dry_run=True)
    assert (outcome.problems, outcome.sealed, _stored(filled_sqlite)) == ((), None, 0)


def test_an_ambiguous_topic_is_accepted_with_a_declared_track(filled_sqlite, henan) -> None:
    outcome = submit(filled_sqlite, "41", _items(henan, [(1, "ambiguous", "N06")]), "省", dry_run=False)
    assert (outcome.problems, outcome.sealed is not None) == ((), True)


def test_a_track_other_than_the_proposal_is_a_warning(filled_sqlite, henan) -> None:
    declared = "N14" if henan["track_of_a"] != "N14" else "N01"
    outcome = submit(filled_sqlite, "41", _items(henan, [(1, "a", declared)]), "省", dry_run=False)
    assert ([warning.code for warning in outcome.warnings], outcome.sealed is not None) == (["TRACK_DIFFERS"], True)


def test_an_open_duplicate_case_is_a_warning(filled_sqlite, henan) -> None:
    outcome = submit(filled_sqlite, "41", _items(henan, [(1, "doubtful", None)]), "省", dry_run=True)
    assert {warning.code for warning in outcome.warnings} == {"DUPLICATE_OPEN"}


def test_the_digest_is_over_the_sealed_content(filled) -> None:
    row = submit(filled, "41", [ListItem(1, _sound(filled), None)], "省", dry_run=False).sealed
    assert row is not None
    assert (row.digest, row.receipt) == (
        hashlib.sha256(row.content.encode()).hexdigest(),
        f"TJ-41-001-{row.digest[:8].upper()}",
    )


def test_the_sealed_content_does_not_depend_on_the_order_of_rows(filled_sqlite, henan) -> None:
    rows = _items(henan, [(1, "a", None), (2, "b", None), (3, "c", None)])
    first = submit(filled_sqlite, "41", rows, "省", dry_run=False).sealed
    second = submit(filled_sqlite, "41", rows[::-1], "省", dry_run=False).sealed
    assert first is not None
    assert second is not None
    assert orjson.loads(first.content)["items"] == orjson.loads(second.content)["items"]


def test_a_later_list_is_the_next_version_and_the_one_that_counts(filled) -> None:
    entry = _sound(filled)
    for _ in range(2):
        submit(filled, "41", [ListItem(1, entry, None)], "省", dry_run=False)
    with filled.read() as session:
        store = ListStore(session, EVERYTHING)
        assert ([row.version for row in store.versions()], store.newest()["41"].version) == ([2, 1], 2)


def test_what_was_sealed_reads_back_as_it_was_sent(filled_sqlite, henan) -> None:
    items = _items(henan, [(1, "b", None), (2, "ambiguous", "N11")])
    row = submit(filled_sqlite, "41", items, "省", dry_run=False).sealed
    assert row is not None
    assert items_of(row) == items


def _sound(database: Database) -> str:
    """A Henan entry that may be recommended."""
    with database.read() as session:
        query = select(EntryRow).where(
            EntryRow.region == "41", EntryRow.status == EntryStatus.ACTIVE, EntryRow.match == TrackMatch.EXACT
        )
        return min(row.id for row in session.scalars(query))
