"""From labelled files to a matching file: what clerks decided, or a generated corpus whose truth is known.

The truth is either CSV with the columns of the output (so a corrected output is a labelled set) or the JSON file that the
generator of labelled corpora writes.
"""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import orjson

from schema.errors import Problem, RequestError
from schema.vocabulary import CaseKind
from sync.duplicates.blocking import candidates
from sync.duplicates.comparison import Column, Pairs, Prepared, compare
from sync.duplicates.detection import prepare
from sync.duplicates.fitting import fit
from sync.duplicates.offline import read_entries
from sync.duplicates.rarity import Rarity
from sync.duplicates.scoring import Bits, Model, Question, Threshold, score

Kinds = frozenset[CaseKind]

_PENALTY: Final = 0.02  # per squared bit; among 0.002 to 0.2 the result on unseen tables moved by less than 0.002
_REVIEW: Final = 0.5  # of a calibrated probability: where a look is more often right than wrong
_SURE: Final = 0.995  # share of true pairs above the threshold that opens a case without a look
_TEAM: Final = frozenset({CaseKind.SAME_TEAM, CaseKind.TEAM_TWO_PROJECTS})
_PEOPLE: Final = _TEAM | {CaseKind.SAME_PERSON}


def read_truth(path: Path) -> dict[tuple[str, str], Kinds]:
    """The labelled pairs, ids in order, with their kinds. Raises RequestError where the file is not as described."""
    found: dict[tuple[str, str], set[CaseKind]] = defaultdict(set)
    try:
        for one, two, kind in _labels(path):
            found[min(one, two), max(one, two)].add(CaseKind(kind))
    except (OSError, KeyError, ValueError) as error:
        raise RequestError(
            Problem(
                "DETECT_TRUTH_INVALID",
                path.name,
                "标注文件无法读取或格式不对",
                "the labelled file cannot be read or has another form",
                type(error).__name__,
                "请给出含 id_a,id_b,kind 三列的 CSV，或语料生成器写出的 JSON",
                "give CSV with the columns id_a,id_b,kind or the generator's JSON",
            )
        ) from error
    return {pair: frozenset(kinds) for pair, kinds in found.items()}


def _labels(path: Path) -> list[tuple[str, str, str]]:
    if path.suffix == ".json":
        content = orjson.loads(path.read_bytes())
        return [(*each["pair"], kind) for each in content["duplicates"] for kind in each["kinds"]]
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["id_a"], row["id_b"], row["kind"]) for row in csv.DictReader(file)]


def train(labelled: Sequence[tuple[Path, Path]], measured: str, workers: int = 1) -> Model:
    """The model fitted to all candidate pairs of these files (entries, truth); `measured` is the date it will bear."""
    tables, kinds = [], []
    for entries, truth in labelled:
        table, found = _compared(entries, truth, workers)
        tables.append(table)
        kinds += found
    table = np.concatenate(tables)
    questions = _questions(table, kinds)
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for files in labelled for path in files]
    model = Model(measured, " ".join(digests), questions, {})
    scores = score(table, model)
    thresholds = {kind: Threshold(_opening(scores[kind], _having(kinds, {kind})), _REVIEW) for kind in CaseKind}
    return Model(measured, model.corpus, questions, thresholds)


def _compared(entries: Path, truth: Path, workers: int) -> tuple[Column, list[Kinds]]:
    records = sorted(read_entries(entries).records, key=lambda record: record.id)
    known = read_truth(truth)
    corpus = prepare(records, workers)
    rarity = Rarity.of(corpus)
    found = candidates(corpus, rarity.counts, workers)
    prepared = Prepared.of(corpus, rarity)
    pairs = zip(found.first.tolist(), found.second.tolist(), strict=True)
    none: Kinds = frozenset()
    kinds = [known.get((records[one].id, records[two].id), none) for one, two in pairs]
    return compare(Pairs(prepared, found.first, prepared, found.second)), kinds


def _having(kinds: Sequence[Kinds], wanted: set[CaseKind] | Kinds) -> npt.NDArray[np.bool_]:
    return np.array([bool(each & wanted) for each in kinds], np.bool_)


def _questions(table: Column, kinds: Sequence[Kinds]) -> Mapping[str, Question]:
    people = _having(kinds, _PEOPLE)
    return {
        "PROJECT": fit("PROJECT", table, _having(kinds, {CaseKind.SAME_PROJECT}), _PENALTY),
        "PEOPLE": fit("PEOPLE", table, people, _PENALTY),
        "TEAM": fit("TEAM", table[people], _having(kinds, _TEAM)[people], _PENALTY),
    }


def _opening(scores: Bits, truth: npt.NDArray[np.bool_]) -> float:
    """The lowest probability, not below review, from which nearly all pairs are true; 1 where there is none."""
    order = np.argsort(-scores, kind="stable")
    share = np.cumsum(truth[order]) / np.arange(1, len(order) + 1)
    sure = np.flatnonzero((share >= _SURE) & (scores[order] >= _REVIEW))
    return round(float(scores[order][sure[-1]]), 3) if len(sure) else 1.0
