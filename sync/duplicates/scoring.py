"""Weighs a comparison: additive match weights in bits, from the prior to a calibrated probability, for each question.

Two questions are asked of a pair, each with its own curves: is it one project, and are they the same people. A curve says
how many bits a feature of that size is worth; curves never fall where evidence grows (they never rise for what speaks
against). Where the lead organisations differ a likeness of texts says more than inside one house, so texts have a second
curve there.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from schema.vocabulary import CaseKind
from sync.duplicates.comparison import FEATURES, Column

Bits = npt.NDArray[np.float64]

_LIKELIER: Final = 0.5


@dataclass(frozen=True, slots=True)
class Curve:
    """Bits by size of a feature, linear between knots, level beyond the last."""

    feature: str
    where: str
    knots: tuple[float, ...]
    bits: tuple[float, ...]

    def of(self, table: Column) -> Bits:
        """The bits of each row."""
        found = np.interp(value(table, self.feature), self.knots, self.bits)
        return np.where(holds(table, self.where), found, 0.0)


def value(table: Column, feature: str) -> Column:
    """A feature, or what two of them (`a*b`) say together."""
    columns = [table[:, FEATURES.index(name)] for name in feature.split("*")]
    return np.sqrt(columns[0] * columns[1]) if len(columns) > 1 else columns[0]


def holds(table: Column, where: str) -> npt.NDArray[np.bool_]:
    """Rows to which a curve applies: all, those of one organisation, those of two."""
    if where == "ANY":
        return np.ones(len(table), np.bool_)
    one = (value(table, "core") > 0) | (value(table, "code") > 0) | (value(table, "code_near") > 0)
    return one if where == "ONE_HOUSE" else ~one


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a pair: the prior in bits before anything is compared, and the curves."""

    name: str
    prior: float
    curves: tuple[Curve, ...]

    def bits(self, table: Column) -> Bits:
        """Of each pair, prior and curves together."""
        total = np.full(len(table), self.prior)
        for curve in self.curves:
            total += curve.of(table)
        return total


def probability(bits: Bits) -> Bits:
    """Of log-odds in bits."""
    return 1 / (1 + np.exp2(-np.clip(bits, -60, 60)))


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which probability a case of a kind is opened without a look, and from which a clerk is asked."""

    open: float
    review: float


@dataclass(frozen=True, slots=True)
class Model:
    """Questions, thresholds, and when and on which corpora both were measured."""

    measured: str
    corpus: str
    questions: Mapping[str, Question]
    thresholds: Mapping[CaseKind, Threshold]

    @classmethod
    def parse(cls, text: str) -> Self:
        """From the text of a matching file."""
        content = tomllib.loads(text)
        questions = {name: _question(name, each) for name, each in content["questions"].items()}
        thresholds = {CaseKind(name): Threshold(**each) for name, each in content["thresholds"].items()}
        return cls(content["measured"], content["corpus"], questions, thresholds)

    def text(self) -> str:
        """The matching file of this model; `parse` reads it back unchanged."""
        lines = [
            "# Match weights in bits and thresholds; written by `dexhub detect fit`, not by hand.",
            f'measured = "{self.measured}"',
            f'corpus = "{self.corpus}"  # SHA-256 of the files, entries and truth in turn',
        ]
        for kind, threshold in self.thresholds.items():
            lines += ["", f"[thresholds.{kind}]", f"open = {threshold.open}", f"review = {threshold.review}"]
        for question in self.questions.values():
            lines += ["", f"[questions.{question.name}]", f"prior = {question.prior}", "curves = ["]
            lines += [
                f'  {{ feature = "{c.feature}", where = "{c.where}", knots = {list(c.knots)}, bits = {list(c.bits)} }},'
                for c in question.curves
            ]
            lines.append("]")
        return "\n".join(lines) + "\n"


def _question(name: str, content: Mapping[str, Any]) -> Question:
    curves = [Curve(c["feature"], c["where"], tuple(c["knots"]), tuple(c["bits"])) for c in content["curves"]]
    return Question(name, content["prior"], tuple(curves))


@cache
def fitted_model() -> Model:
    """The model that comes with the hub."""
    return Model.parse(files("sync.duplicates").joinpath("matching.toml").read_text("utf-8"))


def score(table: Column, model: Model) -> dict[CaseKind, Bits]:
    """The probability of each kind for each pair; several may hold at once, each breaks a clause of its own.

    The same people make a team where most of them came along; a team twice in one place has two projects, elsewhere it
    is entered twice; a single person is named as such.
    """
    project, people, team = (probability(model.questions[name].bits(table)) for name in ("PROJECT", "PEOPLE", "TEAM"))
    one_place = (value(table, "region") > 0) & (value(table, "city") > 0)
    whole_team = team >= _LIKELIER
    return {
        CaseKind.SAME_PROJECT: project,
        CaseKind.SAME_TEAM: np.where(whole_team & ~one_place, people, 0.0),
        CaseKind.SAME_PERSON: np.where(whole_team, 0.0, people),
        CaseKind.TEAM_TWO_PROJECTS: np.where(whole_team & one_place & (project < _LIKELIER), people, 0.0),
    }
