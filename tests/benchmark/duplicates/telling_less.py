"""How detection stands where all entries of a corpus tell less than the form asks for, or tell it differently.

`python tests/benchmark/duplicates/telling_less.py [--table B] [--seed 6] [--total 25000]`: judges the same corpus as it is, and with
one thing taken out of every entry. What is taken out entirely is harder than life: there it is missing here and there.
"""

import argparse
import os
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import corpora
from judging import judge, read_truth

from sync.duplicates.detection import detect
from sync.duplicates.offline import read_entries
from sync.duplicates.records import Record
from sync.duplicates.scoring import fitted_model

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "dexhub-benchmark"


def other_figures(record: Record) -> Record:
    """Every digit of the summary another, by a chance of the entry's own."""
    chance = random.Random(record.id)
    return replace(record, abstract=re.sub(r"\d", lambda _: str(chance.randint(0, 9)), record.abstract))


def of_members(**left_out: str) -> Callable[[Record], Record]:
    return lambda record: replace(record, members=tuple(replace(each, **left_out) for each in record.members))


def without_codes(record: Record) -> Record:
    return replace(record, org_uscc="", partners=tuple(replace(each, uscc="") for each in record.partners))


TOLD: dict[str, Callable[[Record], Record]] = {
    "as it is": lambda record: record,
    "no figures": lambda record: replace(record, abstract=re.sub(r"\d+(\.\d+)?[%％]?", "", record.abstract)),
    "other figures": other_figures,
    "half of the summary": lambda record: replace(record, abstract=record.abstract[: len(record.abstract) // 2]),
    "no summary": lambda record: replace(record, abstract=""),
    "no credit codes": without_codes,
    "no ID tokens": of_members(id_token=""),
    "no phones": of_members(phone_token=""),
}


def main() -> None:
    """Read the arguments, detect, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", choices=["A", "B", "C"], default="B")
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--total", type=int, default=25_000)
    given = parser.parse_args()
    corpus = corpora.generated(CACHE, given.table, given.seed, given.total)
    records, truth = read_entries(corpus.entries).records, read_truth(corpus.truth)
    print("| told | precision | recall | pair F1 | F1 of projects | look-alikes reported |\n|---|---|---|---|---|---|")
    for name, telling in TOLD.items():
        found = detect([telling(record) for record in records], fitted_model()).pairs
        verdict = judge([((each.id_a, each.id_b), str(each.kind), each.score) for each in found], truth)
        print(
            f"| {name} | {verdict.precision:.3f} | {verdict.recall:.3f} | {verdict.f1:.3f} "
            f"| {verdict.f1_by_kind['SAME_PROJECT']:.3f} | {verdict.look_alikes_reported:.2%} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
