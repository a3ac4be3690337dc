"""Compares the pairs that a contender reports with the truth of a corpus.

A pair counts as found whatever its kind, and once; kinds are judged beside. Look-alikes wrongly reported are a share of
the labelled look-alikes. Calibration error is the expected one over ten equal bins of the score of all reported pairs: the
mean distance between a bin's mean score and the share of its pairs that are duplicates, weighted by the bin's pairs.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Pair = tuple[str, str]
Reported = list[tuple[Pair, str, float]]
BINS = 10


@dataclass(frozen=True)
class Verdict:
    """What a contender found at one threshold."""

    reported: int
    precision: float
    recall: float
    f1: float
    f1_by_kind: Mapping[str, float]
    recall_by_degree: Mapping[str, float]
    look_alikes_reported: float
    look_alikes_by_kind: Mapping[str, float]
    calibration_error: float


def read_pairs(path: Path) -> Reported:
    """The lines of `id_a,id_b,kind,score`, ids put in order."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            ((min(row["id_a"], row["id_b"]), max(row["id_a"], row["id_b"])), row["kind"], float(row["score"]))
            for row in csv.DictReader(file)
        ]


def read_truth(path: Path) -> dict[str, Any]:
    """truth.json, with pairs that can be looked up."""
    truth = json.loads(path.read_text("utf-8"))
    for each in (*truth["duplicates"], *truth["look_alikes"]):
        each["pair"] = tuple(each["pair"])
    return truth


def _f1(found: set[Any], true: set[Any]) -> float:
    return 2 * len(found & true) / (len(found) + len(true)) if found or true else 1.0


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _shares_found(labels: Iterable[Mapping[str, Any]], by: str, found: set[Pair]) -> dict[str, float]:
    groups = defaultdict(list)
    for each in labels:
        groups[each[by]].append(each["pair"] in found)
    return {name: sum(hits) / len(hits) for name, hits in sorted(groups.items())}


def _scores(reported: Reported) -> dict[Pair, float]:
    best: dict[Pair, float] = {}
    for pair, _, score in reported:
        best[pair] = max(score, best.get(pair, 0.0))
    return best


def _calibration_error(scores: Mapping[Pair, float], true: set[Pair]) -> float:
    bins = defaultdict(list)
    for pair, score in scores.items():
        bins[min(int(score * BINS), BINS - 1)].append((score, pair in true))
    gaps = (abs(sum(score - hit for score, hit in each)) for each in bins.values())
    return sum(gaps) / len(scores) if scores else 0.0


def judge(reported: Reported, truth: Mapping[str, Any], threshold: float = 0.0) -> Verdict:
    """The verdict on all pairs that score at least `threshold`."""
    kept = [each for each in reported if each[2] >= threshold]
    scores = _scores(kept)
    found, true = set(scores), {each["pair"] for each in truth["duplicates"]}
    kinds = sorted({kind for each in truth["duplicates"] for kind in each["kinds"]})
    alike = _shares_found(truth["look_alikes"], "kind", found)
    return Verdict(
        reported=len(found),
        precision=_share(len(found & true), len(found)),
        recall=_share(len(found & true), len(true)),
        f1=_f1(found, true),
        f1_by_kind={
            kind: _f1(
                {pair for pair, each, _ in kept if each == kind},
                {each["pair"] for each in truth["duplicates"] if kind in each["kinds"]},
            )
            for kind in kinds
        },
        recall_by_degree=_shares_found(truth["duplicates"], "degree", found),
        look_alikes_reported=sum(each["pair"] in found for each in truth["look_alikes"])
        / max(1, len(truth["look_alikes"])),
        look_alikes_by_kind=alike,
        calibration_error=_calibration_error(scores, true),
    )


def best_threshold(reported: Reported, truth: Mapping[str, Any]) -> float:
    """The score from which on reporting gives the best pair F1; of a contender that has no threshold of its own."""
    true = {each["pair"] for each in truth["duplicates"]}
    hits, best, threshold = 0, 0.0, 0.0
    ranked = sorted(_scores(reported).items(), key=lambda item: -item[1])
    for rank, (pair, score) in enumerate(ranked, 1):
        hits += pair in true
        last_of_its_score = rank == len(ranked) or ranked[rank][1] < score
        f1 = 2 * hits / (rank + len(true))
        if last_of_its_score and f1 > best:
            best, threshold = f1, score
    return threshold
