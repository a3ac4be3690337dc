"""From labelled files to a matching file: what clerks decided, or a generated corpus whose truth is known.

The truth is either CSV with the columns of the output (so a corrected output is a labelled set) or the JSON file that the
generator of labelled corpora writes.
"""

import csv
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
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
from sync.duplicates.records import Record
from sync.duplicates.scoring import Model, Question, score
from sync.duplicates.thresholds import drawn

Kinds = frozenset[CaseKind]

_PENALTY: Final = 0.02  # per squared bit; among 0.002 to 0.2 the result on unseen tables moved by less than 0.002
_LEFT_OUT: Final = 51  # of 256: each part of what a record tells is left out of a fifth of them
_DIGITS: Final = re.compile(r"\d+(?:\.\d+)?[%％]?")
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
    tables, kinds, labelled_as = [], [], Counter[CaseKind]()
    for entries, truth in labelled:
        records, known = read_entries(entries).records, read_truth(truth)
        for told in (records, [telling_less(record) for record in records]):
            table, found = _compared(told, known, workers)
            tables.append(table)
            kinds += found
            labelled_as.update(chain.from_iterable(known.values()))
    table = np.concatenate(tables)
    questions = _questions(table, kinds)
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for files in labelled for path in files]
    model = Model(measured, " ".join(digests), questions, {})
    scores = score(table, model)
    thresholds = {kind: drawn(scores[kind], _having(kinds, {kind}), labelled_as[kind]) for kind in CaseKind}
    return Model(measured, model.corpus, questions, thresholds)


def telling_less(record: Record) -> Record:
    """The record with some of what it says left out, which part following from its id.

    Labelled entries tell all that a form asks for. Weights fitted to them alone would take it for proof of difference where a
    summary has no figures, is half as long, or tokens, phones or codes are not given.
    """
    figures, half, tokens, phones, codes = (
        byte < _LEFT_OUT for byte in hashlib.sha256(record.id.encode()).digest()[:5]
    )
    abstract = _DIGITS.sub("", record.abstract) if figures else record.abstract
    return replace(
        record,
        abstract=abstract[: len(abstract) // 2] if half else abstract,
        org_uscc="" if codes else record.org_uscc,
        partners=tuple(replace(each, uscc="") for each in record.partners) if codes else record.partners,
        members=tuple(
            replace(each, id_token="" if tokens else each.id_token, phone_token="" if phones else each.phone_token)
            for each in record.members
        ),
    )


def _compared(
    given: Sequence[Record], known: Mapping[tuple[str, str], Kinds], workers: int
) -> tuple[Column, list[Kinds]]:
    records = sorted(given, key=lambda record: record.id)
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
