"""The evidence of a case as it is kept: what was found between two entries at the time, in words and figures.

Kept as found and not computed anew when it is read: entries change, and a decision must stay readable beside what it rested
on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from math import log2
from typing import Any, Final, Self

from schema.vocabulary import CaseKind, CaseStatus

CLEARLY: Final = 3.0  # bits by which a score must have risen to be new evidence: eight times the odds
_CERTAIN: Final = 1e-6  # scores are kept with six decimals
# How much a finding about people says; one that says more is new evidence, one that says less is not.
RANK: Final = {
    CaseKind.SAME_PERSON: 1,
    CaseKind.TEAM_TWO_PROJECTS: 2,
    CaseKind.SAME_TEAM: 2,
    CaseKind.SAME_PROJECT: 3,
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing said in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Line:
    """What one feature says: both values, the spans (start, end) in which they differ, the weight in bits, a sentence."""

    feature: str
    left: str
    right: str
    left_spans: tuple[tuple[int, int], ...]
    right_spans: tuple[tuple[int, int], ...]
    bits: float
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class PairEvidence:
    """Two entries, ids in order: probability, prior and posterior in bits, the lines between, what would change the verdict.

    The figures are None for what was found by exact keys, before there were weights.
    """

    entries: tuple[str, str]
    kind: CaseKind
    score: float | None
    prior: float | None
    posterior: float | None
    lines: tuple[Line, ...]
    changes: tuple[Sentence, ...]

    def as_dict(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """Back from the store."""
        lines = [
            {**line, **{side: tuple(map(tuple, line[side])) for side in ("left_spans", "right_spans")}}
            for line in stored["lines"]
        ]
        return cls(
            (stored["entries"][0], stored["entries"][1]),
            CaseKind(stored["kind"]),
            stored["score"],
            stored["prior"],
            stored["posterior"],
            tuple(Line(**line) for line in lines),
            tuple(Sentence(**each) for each in stored["changes"]),
        )


def read(stored: Iterable[Mapping[str, Any]]) -> tuple[PairEvidence, ...]:
    """The pairs of a case or a decision."""
    return tuple(PairEvidence.of(each) for each in stored)


def bits(score: float) -> float:
    """Log-odds of a probability."""
    bounded = min(max(score, _CERTAIN), 1 - _CERTAIN)
    return log2(bounded / (1 - bounded))


@dataclass(frozen=True, slots=True)
class Basis:
    """What a case is at one time: what of a kind was found between which entries."""

    kind: CaseKind
    entries: tuple[str, ...]
    pairs: tuple[PairEvidence, ...]


def news(status: CaseStatus, before: Basis, after: Basis) -> list[Sentence]:
    """What is found that a decision of this status did not rest on; empty where the decision still covers it.

    A confirmed case is not in doubt because its evidence grew; it is where more entries, or more than was confirmed, are
    concerned. Names no entry: a region may read it.
    """
    told: list[Sentence] = []
    if new := len(set(after.entries).difference(before.entries)):
        told.append(Sentence(f"新增 {new} 个项目", f"{new} more in the case"))
    if RANK[after.kind] > RANK[before.kind]:
        told.append(Sentence("所涉情形比裁定时更重", "what is found weighs more than what was decided"))
    if status is CaseStatus.DISMISSED:
        scores = {pair.entries: pair.score for pair in before.pairs}
        known = [pair for pair in after.pairs if set(pair.entries) <= set(before.entries)]
        told += [said for pair in known for said in _grown(pair, scores)]
    return told


def _grown(pair: PairEvidence, scores: Mapping[tuple[str, str], float | None]) -> Iterator[Sentence]:
    """What is new between two entries that were already in the case."""
    if pair.entries not in scores:
        yield Sentence("两个项目之间有了此前没有的证据", "evidence between two entries that had none")
        return
    old, new = scores[pair.entries], pair.score
    if old is not None and new is not None and bits(new) >= bits(old) + CLEARLY:
        yield Sentence(f"得分由 {old:.3f} 升至 {new:.3f}", f"the score rose from {old:.3f} to {new:.3f}")
