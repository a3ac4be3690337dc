"""What clerks decided, as a labelled set that `dexhub detect fit` reads: entries beside the pairs that are duplicates.

In a labelled set every pair that is not named counts as none. So entries of undecided cases are left out, since nobody has said
what they are, while those of dismissed cases stay in: they are the look-alikes that weights learn most from.
"""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import orjson

from schema.vocabulary import CaseStatus
from sync.database import Database
from sync.duplicates.records import Record
from sync.repository.cases import CaseStore
from sync.repository.detection import DetectionStore
from sync.scope import EVERYTHING

HEADER: Final = ("id_a", "id_b", "kind")  # what `sync.duplicates.training` reads


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Entries in the offline form (names are keyed tokens), the confirmed pairs with their kind, and how many entries were
    left out because a case of theirs is undecided.
    """

    records: Sequence[Record]
    pairs: Sequence[tuple[str, str, str]]
    left_out: int


def labelled_set(database: Database) -> LabelledSet:
    """As decided until now. A confirmed case says of all its entries, two by two, that they are duplicates."""
    with database.read() as session:
        cases = CaseStore(session, EVERYTHING).standing()
        records = DetectionStore(session).records()
    open_entries = {entry for case in cases if case.status is CaseStatus.OPEN for entry in case.entries}
    kept = [record for record in records if record.id not in open_entries]
    known = {record.id for record in kept}
    pairs = {
        (one, two, case.kind.value)
        for case in cases
        if case.status is CaseStatus.CONFIRMED
        for one, two in combinations(case.entries, 2)
        if one in known and two in known
    }
    return LabelledSet(kept, sorted(pairs), len(records) - len(kept))


def write_labelled_set(found: LabelledSet, entries: Path, labels: Path) -> None:
    """The two files that `dexhub detect fit --input … --truth …` takes."""
    with entries.open("wb") as lines:
        lines.writelines(orjson.dumps(asdict(record)) + b"\n" for record in found.records)
    with labels.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(found.pairs)
