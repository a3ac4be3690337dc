"""Fits the curves to labelled pairs: a penalised logistic regression whose steps have the sign that reason demands.

Deterministic: the same corpus gives the same file. Nothing is fitted while the hub runs; an organiser asks for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack

from sync.duplicates.comparison import Column
from sync.duplicates.scoring import Curve, Question, columns_of, holds, value

_LEAST: Final = 0.02  # bits; a curve that never says more is left out
_PICKED: Final = 100_000  # pairs of the first fit
_HOPELESS: Final = -8.0  # bits below which a pair of the first fit is no near miss
_RATIO: Final = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_HIGH: Final = (0.0, 0.4, 0.6, 0.75, 0.85, 0.95, 1.0)
_BITS: Final = (0.0, 3.0, 6.0, 9.0, 12.0, 16.0, 20.0, 26.0, 34.0, 45.0, 60.0, 90.0)
_COUNT: Final = (0.0, 1.0, 2.0, 3.0, 4.0)
_ONCE: Final = (0.0, 1.0)
_MANY: Final = (0.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a curve may look like: its feature, where it holds, its knots, and whether it speaks for (1) or against (-1)."""

    feature: str
    where: str
    knots: tuple[float, ...]
    sign: int = 1


def _both(feature: str, knots: tuple[float, ...], sign: int = 1) -> tuple[Shape, Shape]:
    return Shape(feature, "ONE_HOUSE", knots, sign), Shape(feature, "TWO_HOUSES", knots, sign)


_PEOPLE: Final = (
    Shape("tokens", "ANY", _COUNT),
    Shape("token_against", "ANY", _COUNT, -1),
    Shape("names", "ANY", _BITS),
    Shape("name_count", "ANY", _COUNT),
    Shape("name_against", "ANY", _COUNT, -1),
    Shape("persons", "ANY", _COUNT),
    Shape("phones", "ANY", _BITS),
    Shape("team", "ANY", _ONCE),
    Shape("team_near", "ANY", _HIGH),
)
_HOUSE: Final = (
    Shape("core", "ANY", _ONCE),
    Shape("core_bits", "ANY", _BITS),
    Shape("core_part", "ANY", _HIGH),
    Shape("lead", "ANY", _HIGH),
    Shape("code", "ANY", _ONCE),
    Shape("code_near", "ANY", _ONCE),
    Shape("code_against", "ANY", _ONCE, -1),
)
_TEXTS: Final = (
    *_both("title", _RATIO),
    *_both("title_part", _HIGH),
    *_both("title_signs", _HIGH),
    *_both("title_order", _HIGH),
    Shape("title_bits", "ANY", _BITS),
    *_both("title_in_text", _RATIO),
    *_both("title_in_text_least", _RATIO),
    *_both("words", _RATIO),
    *_both("words_part", _RATIO),
    *_both("shingles", _RATIO),
    *_both("shingle_bits", _MANY),
    *_both("numbers", _RATIO),
    *_both("number_bits", _BITS),
    *_both("number_against", _BITS, -1),
    *_both("title_in_text*words_part", _RATIO),
    Shape("title*core_part", "ANY", _RATIO),
    Shape("words_part*core_part", "ANY", _RATIO),
)
SHAPES: Final[Mapping[str, tuple[Shape, ...]]] = {
    "PROJECT": (*_TEXTS, *_HOUSE, *_PEOPLE),
    "PEOPLE": (*_PEOPLE, *_HOUSE),
    "TEAM": (*_PEOPLE, *_HOUSE),
}


def basis(table: Column, shapes: Sequence[Shape]) -> csr_matrix:
    """How far each pair has climbed each step of each curve, 0 to 1."""
    columns, given = [], columns_of(table)
    for shape in shapes:
        here, found = holds(given, shape.where), value(given, shape.feature)
        for low, high in zip(shape.knots, shape.knots[1:], strict=False):
            climbed = np.clip((found - low) / (high - low), 0, 1) * here
            columns.append(csr_matrix(climbed.reshape(-1, 1)))
    return hstack(columns, "csr")


# An ID number is one person's. Where every shared token comes with a shared name, a fit gives the name all the weight, and a
# token beside two spellings of it would be passed over; so it proves a person by itself, however the corpus is made.
_PROOF: Final = ("PEOPLE", "tokens")
_PROVEN: Final = 3.0  # bits of the posterior of a shared token and nothing else


def fit(name: str, table: Column, truth: npt.NDArray[np.bool_], penalty: float) -> Question:
    """The question whose curves tell `truth` best; `penalty` per squared bit keeps steps small that few pairs ask for.

    Of many pairs most are so far from a match that one stands for the next: a first fit to a part of them finds those that could be
    mistaken for one, and these are all in the second. The others count by those that were picked.
    """
    stride = max(len(truth) // _PICKED, 1)
    picked = truth | (np.arange(len(truth)) % stride == 0)
    found = _fitted(name, table[picked], truth[picked], np.where(truth[picked], 1.0, stride), penalty)
    if stride == 1:
        return found
    near = truth | (found.bits(columns_of(table)) >= _HOPELESS)
    kept = near | picked
    return _fitted(name, table[kept], truth[kept], np.where(near[kept], 1.0, stride), penalty)


def _fitted(
    name: str, table: Column, truth: npt.NDArray[np.bool_], weights: npt.NDArray[np.float64], penalty: float
) -> Question:
    sizes = columns_of(table)["doublings"].astype(np.float64)
    shapes = SHAPES[name]
    steps = basis(table, shapes).astype(np.float64)
    signs = np.repeat([shape.sign for shape in shapes], [len(shape.knots) - 1 for shape in shapes])
    sought = np.where(truth, 1.0, -1.0)
    ln2 = np.log(2)

    def loss(x: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        margin = sought * (x[0] + x[1] * sizes + steps @ (x[2:] * signs)) * ln2
        slope = -weights * sought * ln2 / (1 + np.exp(np.clip(margin, -500, 500)))
        gradient = np.concatenate(([slope.sum(), slope @ sizes], signs * (steps.T @ slope)))
        gradient[1:] += 2 * penalty * x[1:]
        return float(weights @ np.logaddexp(0, -margin) + penalty * (x[1:] ** 2).sum()), gradient

    start = np.concatenate(([-8.0, 0.0], np.full(steps.shape[1], 0.1)))
    bounds = [(None, None), (None, 0)] + [(0, None)] * steps.shape[1]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000, "maxfun": 3000})
    curves, place = [], 2
    for shape in shapes:
        grown = np.concatenate(([0], np.cumsum(found.x[place : place + len(shape.knots) - 1]))) * shape.sign
        place += len(shape.knots) - 1
        if (name, shape.feature) == _PROOF:
            grown[1:] = np.maximum(grown[1:], _PROVEN - round(float(found.x[0]), 3))
        if np.abs(grown[-1]) >= _LEAST:
            curves.append(Curve(shape.feature, shape.where, shape.knots, tuple(round(float(bit), 3) for bit in grown)))
    return Question(name, round(float(found.x[0]), 3), round(float(found.x[1]), 3), tuple(curves))
