"""Detection over the database: everything, and what a pull of 100 changed entries costs. Prints CPU seconds and ratios.

`python tests/benchmark/detection.py [entries]`; the entries are those of the labelled corpus, in a SQLite file.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import orjson

from adapters.sandbox.duplicates.labelled import LabelledCorpus
from schema.identity import mask_name
from schema.provenance import CHINA, SourceRef
from schema.records import Entry, Organisation, Representative, Team
from schema.vocabulary import Stage, TrackMatch
from sync import migrate
from sync.database import Database
from sync.detector import Detector
from sync.duplicates.records import Record, read_lines
from sync.repository.entries import EntryStore
from sync.repository.statements import prepare

ENTRIES, CHANGED, PAGE = 25_000, 100, 1_000
NOW = datetime(2025, 7, 1, tzinfo=CHINA)
SOURCE = SourceRef(url="https://example.invalid", fetched_at=NOW, sha256="0" * 64, locator="1")
Result = TypeVar("Result")


def entry(record: Record) -> Entry:
    """The stored entry that is read back as this record; a name is its own token."""
    units = ((record.org_name, record.org_uscc), *((each.name, each.uscc) for each in record.partners))
    people = (
        Representative(
            name=mask_name(each.name) or "*",
            name_token=each.name or None,
            id_token=each.id_token or None,
            phone_token=each.phone_token or None,
        )
        for each in record.members
    )
    return Entry(
        id=record.id,
        region=record.region,
        native_id=record.id[3:],
        city=record.city or None,
        title=record.project_name,
        summary=record.abstract,
        track_id=record.track,
        topic_id=record.topic,
        match=TrackMatch.NONE,
        stage=Stage.REGISTERED,
        organisations=tuple(
            Organisation(name=name or "-", credit_code=code or None, is_lead=place == 0)
            for place, (name, code) in enumerate(units)
        ),
        team=Team(name=record.team_name, representatives=tuple(people)),
        submitted_at=NOW,
        updated_at=NOW,
        source=SOURCE,
    )


def store(database: Database, records: Iterable[Record]) -> None:
    now = datetime.now(UTC)
    rows = [
        prepare(entry(record), record.id, b"{}", mapping_version=1, now=now, database=database.name)
        for record in records
    ]
    for start in range(0, len(rows), PAGE):
        with database.write() as session:
            entries = EntryStore(session)
            delta = entries.compare(rows[start : start + PAGE])
            entries.add(delta.new)
            entries.replace([*delta.changed, *delta.rewritten])


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What `work` answers, and the CPU seconds it took."""
    start = time.process_time()
    return work(), time.process_time() - start


def peak() -> float:
    """Of this process until now, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(total: int) -> None:
    corpus = LabelledCorpus("B", 7, total + CHANGED)
    records = read_lines((orjson.dumps(row) for row in corpus.rows()), "corpus").records
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'detection.sqlite3'}")
        migrate.upgrade(database)
        store(database, records[:total])
        before = peak()
        detector = Detector(database)
        full, all_of_it = timed(detector.run)
        # The first change after a full run makes the index; it is told apart from what every later pull costs.
        store(database, [replace(records[0], team_name="改名队")])
        _, indexed = timed(detector.run)
        half = CHANGED // 2
        changed = [
            replace(each, abstract=f"{each.abstract}试点已扩大到{n}家。")
            for n, each in enumerate(records[1 : half + 1])
        ]
        store(database, [*changed, *records[total : total + half]])
        report, part = timed(detector.run)
        _, nothing = timed(detector.run)
        database.close()
    print(f"{full.entries} entries, {full.candidates} candidate pairs, {full.pairs} pairs, {full.cases} cases")
    print(f"everything compared            {all_of_it:8.2f} s CPU")
    print(f"index made, one entry changed  {indexed:8.2f} s CPU")
    print(
        f"{report.compared} entries compared again     {part:8.2f} s CPU, 1/{all_of_it / part:.0f}; {1000 * part / CHANGED:.1f} ms an entry"
    )
    print(f"nothing changed                {nothing:8.2f} s CPU")
    print(
        f"peak memory                    {peak():8.0f} MB, {before:.0f} MB before detection: the corpus that was stored"
    )


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES)
