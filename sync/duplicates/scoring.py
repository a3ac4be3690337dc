"""Weighs a comparison: additive match weights in bits, from the prior to a calibrated probability, for each question.

Two questions are asked of a pair, each with its own curves: is it one project, and are they the same people. A curve says
how many bits a feature of that size is worth; curves never fall where evidence grows (they never rise for what speaks
against). Where the lead organisations differ a likeness of texts says more than inside one house, so texts have a second
curve there.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from schema.vocabulary import CaseKind
from sync.duplicates.comparison import FEATURES, Column, Columns

Bits = npt.NDArray[np.float64]

_LIKELIER: Final = 0.5
_ROUNDING: Final = 1e-6  # bits


@dataclass(frozen=True, slots=True)
class Curve:
    """Bits by size of a feature, linear between knots, level beyond the last."""

    feature: str
    where: str
    knots: tuple[float, ...]
    bits: tuple[float, ...]

    def of(self, columns: Columns) -> Bits:
        """The bits of each row."""
        found = np.interp(value(columns, self.feature), self.knots, self.bits)
        return found if self.where == "ANY" else np.where(holds(columns, self.where), found, 0.0)

    def at_most(self, columns: Columns) -> Bits:
        """The same where all its features are known, else the most it could be."""
        if all(name in columns for name in self.feature.split("*")):
            return self.of(columns)
        most = max(self.bits[-1], 0.0)
        return np.array(most) if self.where == "ANY" else np.where(holds(columns, self.where), most, 0.0)


def columns_of(table: Column) -> Columns:
    """The columns of a table of comparisons by their names."""
    return {name: table[:, place] for place, name in enumerate(FEATURES)}


def value(columns: Columns, feature: str) -> Column:
    """A feature, or what two of them (`a*b`) say together."""
    found = [columns[name] for name in feature.split("*")]
    return np.sqrt(found[0] * found[1]) if len(found) > 1 else found[0]


def holds(columns: Columns, where: str) -> npt.NDArray[np.bool_]:
    """Rows to which a curve applies: all, those of one organisation, those of two."""
    if where == "ANY":
        return np.ones(len(columns["core"]), np.bool_)
    one = (columns["core"] > 0) | (columns["code"] > 0) | (columns["code_near"] > 0)
    return one if where == "ONE_HOUSE" else ~one


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a pair: the prior in bits before anything is compared, and the curves.

    The prior is that of a corpus of the usual size; each doubling moves it by `growth`, since chance makes look-alikes out
    of more pairs while the share of duplicates stays.
    """

    name: str
    prior: float
    growth: float
    curves: tuple[Curve, ...]

    def prior_bits(self, columns: Columns) -> Bits:
        """Of each pair, in a corpus of the size it was compared in."""
        return self.prior + self.growth * columns["doublings"].astype(np.float64)

    def bits(self, columns: Columns) -> Bits:
        """Of each pair, prior and curves together."""
        total = self.prior_bits(columns)
        for curve in self.curves:
            total += curve.of(columns)
        return total

    def bits_at_most(self, columns: Columns) -> Bits:
        """As `bits`, where some features are not known yet: no less than it will be."""
        total = self.prior_bits(columns)
        for curve in self.curves:
            total += curve.at_most(columns)
        return total


def probability(bits: Bits) -> Bits:
    """Of log-odds in bits."""
    return 1 / (1 + np.exp2(-np.clip(bits, -60, 60)))


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which probability a case of a kind is opened without a look, and from which a clerk is asked; of the labelled pairs,
    the share that is true from review on, and the share of all duplicates that stands there (see `thresholds`).
    """

    open: float
    review: float
    precision: float
    recall: float


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
            f'corpus = "{self.corpus}"  # SHA-256 of each file, entries and truth in turn',
            "",
            "# Probabilities: from `open` on a case is opened by itself, from `review` on a clerk is asked, below it is ignored.",
            "# Review is where F1 is best, sought from 0.3 to 0.7; from `open` on at most 1 pair in 200 is false. Precision and recall",
            "# are those at review, on the corpus above, told in full and told with parts left out.",
        ]
        for kind, threshold in self.thresholds.items():
            lines += ["", f"[thresholds.{kind}]", *(f"{name} = {number}" for name, number in asdict(threshold).items())]
        for question in self.questions.values():
            lines += [
                "",
                f"[questions.{question.name}]",
                f"prior = {question.prior}",
                f"growth = {question.growth}",
                "curves = [",
            ]
            lines += [
                f'  {{ feature = "{c.feature}", where = "{c.where}", knots = {list(c.knots)}, bits = {list(c.bits)} }},'
                for c in question.curves
            ]
            lines.append("]")
        return "\n".join(lines) + "\n"


def _question(name: str, content: Mapping[str, Any]) -> Question:
    curves = [Curve(c["feature"], c["where"], tuple(c["knots"]), tuple(c["bits"])) for c in content["curves"]]
    return Question(name, content["prior"], content["growth"], tuple(curves))


@cache
def fitted_model() -> Model:
    """The model that comes with the hub."""
    return Model.parse(files("sync.duplicates").joinpath("matching.toml").read_text("utf-8"))


def possible(columns: Columns, model: Model) -> npt.NDArray[np.bool_]:
    """Which pairs may still reach review of some kind, by what a `glance` at them told."""
    least = {kind: np.log2(each.review / (1 - each.review)) - _ROUNDING for kind, each in model.thresholds.items()}
    project = model.questions["PROJECT"].bits_at_most(columns) >= least.pop(CaseKind.SAME_PROJECT)
    people = model.questions["PEOPLE"].bits_at_most(columns) >= min(least.values())
    found: npt.NDArray[np.bool_] = project | people
    return found


def score(table: Column, model: Model) -> dict[CaseKind, Bits]:
    """The probability of each kind for each pair; several may hold at once, each breaks a clause of its own.

    The same people make a team where most of them came along; a team twice in one place has two projects, elsewhere it
    is entered twice; a single person is named as such. However rare, one name alone is no person: it takes a token, the phone
    beside the name, or a second name.
    """
    columns = columns_of(table)
    project, people, team = (probability(model.questions[name].bits(columns)) for name in ("PROJECT", "PEOPLE", "TEAM"))
    one_place = (columns["region"] > 0) & (columns["city"] > 0)
    whole_team = team >= _LIKELIER
    known = (columns["tokens"] > 0) | (columns["persons"] > 0) | (columns["name_count"] > 1)
    return {
        CaseKind.SAME_PROJECT: project,
        CaseKind.SAME_TEAM: np.where(whole_team & ~one_place, people, 0.0),
        CaseKind.SAME_PERSON: np.where(whole_team | ~known, 0.0, people),
        CaseKind.TEAM_TWO_PROJECTS: np.where(whole_team & one_place & (project < _LIKELIER), people, 0.0),
    }
