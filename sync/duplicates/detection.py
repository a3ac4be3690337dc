"""A full run: from records to the pairs that a clerk should see."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from schema.vocabulary import CaseKind
from sync.duplicates.blocking import candidates
from sync.duplicates.comparison import Pairs, Prepared, compare, glance
from sync.duplicates.encoding import Encoded, encode
from sync.duplicates.parallel import mapped, slices
from sync.duplicates.rarity import Rarity
from sync.duplicates.records import Record
from sync.duplicates.scoring import Model, possible, score

_PIECE: Final = 4_000  # records, or
_PAIRS: Final = 20_000  # pairs, that a worker takes at once

Progress = Callable[[str, str, int, int], None]


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two entries that may break a prohibition: ids in order, the kind, the probability, and the comparison behind it."""

    id_a: str
    id_b: str
    kind: CaseKind
    score: float
    features: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Detection:
    """What a full run found, and what it looked at: the records in order of id, and what was made of them, row by row."""

    records: Sequence[Record]
    prepared: Prepared
    pairs: list[Pair]
    candidates: int
    met: Mapping[str, int]
    set_aside: Mapping[str, int]


def _silent(zh: str, en: str, done: int, total: int) -> None:
    del zh, en, done, total


def prepare(records: Sequence[Record], workers: int = 1, progress: Progress = _silent) -> Encoded:
    """Encode a corpus in pieces."""
    pieces = slices(max(len(records), 1), _PIECE)

    def told() -> Iterator[Encoded]:
        for done, part in enumerate(mapped(lambda piece: encode(records[piece]), pieces, workers), start=1):
            yield part
            progress("读入文本", "encoding", done, len(pieces))

    return Encoded.joined(told())


def detect(records: Sequence[Record], model: Model, workers: int = 1, progress: Progress = _silent) -> Detection:
    """All pairs at or above their kind's review threshold, by id. Ids must differ; their order does not matter."""
    ordered = sorted(records, key=lambda record: record.id)
    corpus = prepare(ordered, workers, progress)
    progress("寻找候选", "blocking", 0, 1)
    rarity = Rarity.of(corpus)
    found = candidates(corpus, rarity.counts, workers)
    progress("寻找候选", "blocking", 1, 1)
    prepared = Prepared.of(corpus, rarity)

    def judged(piece: slice) -> list[Pair]:
        pairs = Pairs(prepared, found.first[piece], prepared, found.second[piece])
        pairs = pairs.part(possible(glance(pairs), model))
        table = compare(pairs)
        return sorted(
            Pair(
                ordered[pairs.first[k]].id,
                ordered[pairs.second[k]].id,
                kind,
                round(float(scores[k]), 6),
                tuple(table[k].tolist()),
            )
            for kind, scores in score(table, model).items()
            for k in np.flatnonzero(scores >= model.thresholds[kind].review).tolist()
        )

    pairs: list[Pair] = []
    pieces = slices(len(found.first), _PAIRS)
    for done, part in enumerate(mapped(judged, pieces, workers), start=1):
        pairs += part
        progress("逐对比对", "comparing", done, len(pieces))
    return Detection(ordered, prepared, pairs, len(found.first), found.met, found.set_aside)
