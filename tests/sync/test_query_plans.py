"""The statements that are run again and again find their rows by an index, in both databases.

SQLite says how it would do it; PostgreSQL, which rightly reads and sorts small tables whole, is made to shun that, so that
it still shows where it has no other way.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, text

from schema.vocabulary import AwardLevel, Stage
from sync.database import Database, Session
from sync.repository import search
from sync.repository.browse import EntryBrowser, Sort, SortKey, Wanted
from sync.repository.cases import CaseStore
from sync.repository.entries import EntryStore
from sync.repository.entry_filter import EntryFilter
from sync.repository.keyset import Slice
from sync.repository.payloads import PayloadStore
from sync.repository.pulls import PullStore
from sync.scope import EVERYTHING, Scope

IDS = ["41:HA2025000001", "41:HA2025000002", "13:HB-2025-000001"]
MIDDLE = (datetime(2025, 6, 15, tzinfo=UTC), IDS[0])
ALL = EntryFilter()
SMALL = {"job"}  # tables of a dozen rows, which nothing is gained by seeking in


def page(
    wanted: EntryFilter = ALL, *, by: SortKey = SortKey.SUBMITTED_AT, descending: bool = False, scope: Scope = EVERYTHING,
    **part: object,
) -> Callable[[Session], object]:  # fmt: skip
    order = [Sort(by, descending)]
    return lambda session: EntryBrowser(session, scope).listing(Wanted(wanted), order).rows(Slice(20, **part))


def everything(wanted: EntryFilter) -> Callable[[Session], object]:
    return lambda session: EntryBrowser(session, EVERYTHING).count(Wanted(wanted))


QUERIES: dict[str, Callable[[Session], object]] = {
    "the first page": page(),
    "a later page": page(after=MIDDLE),
    "a later page, backwards": page(after=MIDDLE, descending=True),
    "a later page by change": page(by=SortKey.UPDATED_AT, after=MIDDLE),
    "the first page of a region": page(EntryFilter(regions=["41"])),
    "a later page of a region": page(EntryFilter(regions=["41"]), after=MIDDLE),
    "the first page of a region's own": page(scope=Scope("41")),
    "a page before a later page": page(before=MIDDLE, backwards=True),
    "a later page of a region, nested": page(
        EntryFilter(
            regions=["41"],
            or_=[EntryFilter(stages=[Stage.FINAL]), EntryFilter(score_from=90)],
            not_=EntryFilter(awards=[AwardLevel.MERIT]),
        ),
        after=MIDDLE,
    ),
    "entries of organisations": everything(EntryFilter(credit_codes=["91410000MA40000000"])),
    "entries of open cases": everything(EntryFilter(case_statuses=["OPEN"])),
    "entries with a verdict": everything(EntryFilter(verdicts=["NOT_MET"])),
    "the first page of a national track": page(EntryFilter(national_tracks=["N01"])),
    "a later page of a national track": page(EntryFilter(national_tracks=["N01"]), after=MIDDLE, descending=True),
    "the first page of a region's national track": page(EntryFilter(regions=["41"], national_tracks=["N01"])),
    "a later page of a region's national track": page(
        EntryFilter(regions=["41"], national_tracks=["N01"]), after=MIDDLE, descending=True
    ),
    "the total of a region's national track": everything(EntryFilter(regions=["41"], national_tracks=["N01"])),
    "one entry": lambda session: session.execute(EntryBrowser(session, EVERYTHING).some(["id"]), {"id": IDS[0]}).all(),
    "eight entries": lambda session: session.execute(
        EntryBrowser(session, EVERYTHING).some([f"id{at}" for at in range(8)]),
        {f"id{at}": IDS[at % len(IDS)] for at in range(8)},
    ).all(),
    "the first page of a track": page(EntryFilter(tracks=["HA-T01"])),
    "entries by id": lambda session: EntryBrowser(session, EVERYTHING).by_ids(IDS),
    "organisations of entries": lambda session: EntryBrowser(session, EVERYTHING).organisations(IDS),
    "representatives of entries": lambda session: EntryBrowser(session, EVERYTHING).representatives(IDS),
    "cases of entries": lambda session: CaseStore(session, EVERYTHING).of_entries(IDS),
    "what a page is held against": lambda session: EntryStore(session)._known(IDS),
    "titles for a review": lambda session: EntryStore(session).titles(IDS),
    "entries that are active": lambda session: EntryStore(session).active_ids("41"),
    "rows that are known": lambda session: EntryStore(session).standing("41"),
    "the newest runs": lambda session: PullStore(session).runs(EVERYTHING, (), 20),
    "the runs of a region": lambda session: PullStore(session).runs(EVERYTHING, ["41"], 20),
    "the runs of a region's own": lambda session: PullStore(session).runs(Scope("41"), (), 20),
    "dead runs": lambda session: PullStore(session).reap("41", 0, MIDDLE[0]),
    "the newest runs of two regions": lambda session: PullStore(session).runs(EVERYTHING, ["41", "13"], 20),
    "the newest quarantined rows": lambda session: PullStore(session).quarantined(EVERYTHING),
    "the newest quarantined rows of a region's own": lambda session: PullStore(session).quarantined(Scope("41")),
    "quarantined rows of a region": lambda session: PullStore(session).quarantined(EVERYTHING, ["41"]),
    "quarantined rows that were mended": lambda session: PullStore(session).release("41", ["HA2025000001"]),
    "kept rows": lambda session: list(PayloadStore(session).kept("41", step=7)),
}
# Words of three characters and more, of two and of one.
SEARCHES = {
    word: everything(EntryFilter(text=word)) for word in ("数", "数据", "供应链", "数据资产平台", "数据 平台")
} | {"大学 of an organisation": everything(EntryFilter(organisation="大学"))}  # fmt: skip
INDEXED = re.compile(r"SCAN entry_search_words VIRTUAL TABLE INDEX \d+:M|Bitmap Index Scan on entry_search_trigrams")
LATER = [name for name in QUERIES if "later page" in name]
# Those that ask for a part of what is sorted must not sort it all first.
PARTS = [
    *LATER,
    *(name for name in QUERIES if "first page" in name),
    "the newest runs",
    "the newest quarantined rows",
    "kept rows",
]
# Without a condition, the first rows of an index are read as they come.
READ_IN_ORDER = {
    "the first page": "SCAN entry USING INDEX ix_entry_submitted",
    "the newest runs": "SCAN pull USING INDEX ix_pull_started",
    "the newest quarantined rows": "SCAN quarantine USING INDEX ix_quarantine_seen",
}
WHOLE = re.compile(r"^SCAN|Seq Scan")
SORT = re.compile(r"^USE TEMP B-TREE FOR ORDER BY|^ *(-> +)?Sort")
SOUGHT = re.compile(r"SEARCH.*\(\w+,id\)[<>]|Index Cond: .*ROW\(")


@contextmanager
def listening(database: Database) -> Iterator[list[tuple[str, object]]]:
    """The statements that are run meanwhile, with their parameters."""
    heard: list[tuple[str, object]] = []

    def hear(connection, cursor, statement, parameters, context, many) -> None:
        if not many and statement.startswith(("SELECT", "UPDATE", "DELETE")):
            heard.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", hear)
    yield heard
    event.remove(database.engine, "before_cursor_execute", hear)


def plan(
    database: Database, query: Callable[[Session], object], shunned: tuple[str, ...] = ("seqscan", "bitmapscan", "sort")
) -> list[str]:
    """The steps by which the statements of a query are answered."""
    with listening(database) as heard, database.read() as session:
        query(session)
    steps: list[str] = []
    with database.engine.connect() as connection:
        if database.is_sqlite:
            front, column = "EXPLAIN QUERY PLAN ", 3
        else:
            for way in shunned:
                connection.exec_driver_sql(f"SET enable_{way} = off")
            front, column = "EXPLAIN ", 0
        for statement, parameters in heard:
            if not any(re.search(rf"(FROM|UPDATE) {table}\b", statement) for table in SMALL):
                steps += [row[column] for row in connection.exec_driver_sql(front + statement, parameters)]
    return steps


@pytest.mark.parametrize("name", QUERIES)
def test_no_query_reads_a_whole_table(filled: Database, name: str) -> None:
    steps = plan(filled, QUERIES[name])
    assert (steps != [], [step for step in steps if WHOLE.search(step) and step != READ_IN_ORDER.get(name)]) == (
        True,
        [],
    )


@pytest.mark.parametrize("name", PARTS)
def test_no_query_sorts_more_than_it_returns(filled: Database, name: str) -> None:
    assert [step for step in plan(filled, QUERIES[name]) if SORT.search(step)] == []


@pytest.mark.parametrize("name", LATER)
def test_a_later_page_begins_where_the_one_before_ended(filled: Database, name: str) -> None:
    assert len([step for step in plan(filled, QUERIES[name]) if SOUGHT.search(step)]) == 1


@pytest.mark.parametrize("name", SEARCHES)
def test_words_are_found_by_the_index_of_trigrams(filled: Database, name: str) -> None:
    steps = plan(filled, SEARCHES[name], shunned=("seqscan", "indexscan"))
    others = [s for s in steps if WHOLE.search(s) and "entry_search_words" not in s]
    assert ([step for step in steps if INDEXED.search(step)] != [], others) == (True, [])


def test_a_rare_word_is_looked_up_before_anything_is_sorted(filled: Database) -> None:
    steps = plan(filled, page(EntryFilter(text="供应链")), shunned=("seqscan", "indexscan"))
    assert [step for step in steps if INDEXED.search(step)] != []


def test_a_page_of_a_common_word_is_met_by_walking(filled: Database, monkeypatch) -> None:
    monkeypatch.setattr(search, "_FEW", 0)
    steps = plan(filled, page(EntryFilter(text="数据")))
    assert [step for step in steps if SORT.search(step)] == []


def test_a_query_without_an_index_would_be_found(filled: Database) -> None:
    def by_title(session: Session) -> object:
        return session.execute(text("SELECT id FROM entry WHERE city = 'x' ORDER BY title LIMIT 1")).all()

    steps = plan(filled, by_title)
    assert [any(pattern.search(step) for step in steps) for pattern in (WHOLE, SORT)] == [True, True]
