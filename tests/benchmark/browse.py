"""How long viewers wait: a page of 50 filtered and sorted, the total, text search by words of one to six characters, statistics
over three axes; over both databases, at 25,000 and 250,000 entries. Prints milliseconds and how they grow.

`python tests/benchmark/browse.py [entries …]`; a PostgreSQL cluster is started in a temporary folder, as the tests do. Told is
the best of five by the clock: most of the work on PostgreSQL is done in a process that is not ours.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any

import orjson

from adapters.registry import regions
from adapters.sandbox.duplicates.labelled import LabelledCorpus
from schema.records import Entry
from schema.vocabulary import AwardLevel, OrganisationKind, Stage
from sync import migrate
from sync.database import Database, Session
from sync.duplicates.records import read_lines
from sync.repository.browse import EntryBrowser, Sort, SortKey, Wanted
from sync.repository.entries import EntryStore
from sync.repository.entry_filter import EntryFilter
from sync.repository.keyset import Slice
from sync.repository.statements import prepare
from sync.repository.statistics import GroupKey, counting, lines
from sync.scope import EVERYTHING
from tests.benchmark.detection import entry
from tests.databases import Cluster

SIZES, ROUNDS, PAGE = (25_000, 250_000), 5, 1_000
WORDS = ("数", "罕", "医保", "数据", "供应链", "数据资产平台", "数据 医疗 系统")
TOPICS = {
    code: [(track.id, topic.id, topic.proposal) for track, topic in each.catalogue.topics()]
    for code, each in regions().items()
}
AXES = (GroupKey.REGION, GroupKey.NATIONAL_TRACK, GroupKey.STAGE)


def corpus(total: int) -> Iterator[Entry]:
    """Entries of five regions with topics, stages, awards, scores and times as they might be. Texts come again after 25,000."""
    chance, start = random.Random(5), datetime(2025, 5, 1, tzinfo=UTC)
    codes = sorted(regions())
    lines = (orjson.dumps(row) for row in LabelledCorpus("B", 7, min(total, SIZES[0])).rows())
    for number, record in enumerate(islice(cycle(read_lines(lines, "corpus").records), total)):
        made, code = entry(record), codes[number % len(codes)]
        track, topic, national = chance.choice(TOPICS[code])
        submitted = start + timedelta(seconds=chance.randrange(90 * 86_400))
        lead = made.organisations[0].model_copy(update={"kind": chance.choice(list(OrganisationKind))})
        yield made.model_copy(
            update={
                "id": f"{code}:{number:07d}", "region": code, "track_id": track, "topic_id": topic, "national_track": national,
                "stage": chance.choice(list(Stage)), "submitted_at": submitted, "updated_at": submitted + timedelta(days=3),
                "award": chance.choice([None, *AwardLevel]), "score": chance.choice([None, chance.randrange(60, 100) + 0.5]),
                "organisations": (lead, *made.organisations[1:]),
            }
        )  # fmt: skip


def fill(database: Database, entries: Iterator[Entry]) -> float:
    """Store the entries; the processor seconds that took in this process."""
    migrate.upgrade(database)
    now, spent = datetime.now(UTC), 0.0
    while part := list(islice(entries, PAGE)):
        rows = [prepare(e, e.id, b"{}", mapping_version=1, now=now, database=database.name) for e in part]
        began = time.process_time()
        with database.write() as session:
            EntryStore(session).add(rows)
        spent += time.process_time() - began
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE")
    return spent


def page(wanted: EntryFilter, *sorts: Sort, deep: bool = False) -> Callable[[Session], Any]:
    """A page of 50; `deep`: one that begins in the middle."""

    def work(session: Session) -> int:
        listing = EntryBrowser(session, EVERYTHING).listing(
            Wanted(wanted), sorts or (Sort(SortKey.SUBMITTED_AT, descending=True),)
        )
        middle = (datetime(2025, 6, 15, tzinfo=UTC), "41:0000005") if deep else None
        return len(listing.rows(Slice(51, after=middle)))

    return work


def count(wanted: EntryFilter) -> Callable[[Session], Any]:
    return lambda session: EntryBrowser(session, EVERYTHING).listing(Wanted(wanted)).count()


OPERATIONS: dict[str, Callable[[Session], Any]] = {
    "page of 50, newest first": page(EntryFilter()),
    "page of 50, from the middle": page(EntryFilter(), deep=True),
    "page, region and national track": page(EntryFilter(regions=["41"], national_tracks=["N01"])),
    "page, region, by score then time": page(
        EntryFilter(regions=["41"]), Sort(SortKey.SCORE, descending=True), Sort(SortKey.SUBMITTED_AT)
    ),
    "page, nested: (a or b) and not c": page(
        EntryFilter(
            or_=[EntryFilter(stages=[Stage.FINAL]), EntryFilter(score_from=90)],
            not_=EntryFilter(awards=[AwardLevel.MERIT]),
        )
    ),
    "total, region and national track": count(EntryFilter(regions=["41"], national_tracks=["N01"])),
    **{f"page, text {word}": page(EntryFilter(text=word)) for word in WORDS},
    **{f"total, text {word}": count(EntryFilter(text=word)) for word in WORDS},
    "statistics, 3 axes": lambda session: len(lines(session, counting(session, EVERYTHING, AXES, Wanted()))),
    "statistics, 3 axes of a region": lambda session: len(
        lines(session, counting(session, EVERYTHING, AXES, Wanted(EntryFilter(regions=["41"]))))
    ),
}


def best(database: Database, work: Callable[[Session], Any]) -> tuple[float, Any]:
    """Milliseconds, and what was found."""
    times = []
    with database.read() as session:
        for _ in range(ROUNDS):
            session.expunge_all()
            began = time.perf_counter()
            found = work(session)
            times.append(1000 * (time.perf_counter() - began))
    return min(times), found


def size_of(database: Database) -> str:
    """Megabytes, with the share of text search."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            query = "SELECT sum(pgsize) / 1e6, sum(pgsize) FILTER (WHERE name LIKE 'entry_search%') / 1e6 FROM dbstat"
        else:
            query = "SELECT pg_database_size(current_database()) / 1e6, pg_total_relation_size('entry_search') / 1e6"
        whole, search = connection.exec_driver_sql(query).one()
    return f"{whole:.0f} MB, of these {search:.0f} MB for text search"


def run(sizes: list[int]) -> None:
    cluster = Cluster()
    told: dict[str, dict[tuple[str, int], tuple[float, Any]]] = {name: {} for name in OPERATIONS}
    try:
        with tempfile.TemporaryDirectory() as folder:
            for size in sizes:
                urls = [f"sqlite:///{folder}/{size}.sqlite3", cluster.create(f"browse_{size}", "template0")]
                for database in map(Database, urls):
                    spent = fill(database, corpus(size))
                    print(
                        f"{database.name} {size}: stored in {spent:.1f} s, {1e6 * spent / size:.0f} µs an entry; {size_of(database)}",
                        flush=True,
                    )
                    for name, work in OPERATIONS.items():
                        told[name][database.name, size] = best(database, work)
                    database.close()
    finally:
        cluster.stop()
    columns = list(next(iter(told.values())))
    print("| | " + " | ".join(f"{name} {size:,}" for name, size in columns) + " |")
    for name, figures in told.items():
        print(
            f"| {name} | " + " | ".join(f"{figures[column][0]:.1f} ({figures[column][1]})" for column in columns) + " |"
        )


if __name__ == "__main__":
    run([int(each) for each in sys.argv[1:]] or list(SIZES))
