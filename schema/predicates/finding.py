"""What a predicate is, and how it answers.

A predicate is a frozen model: its fields are the arguments that a clause gives in TOML, checked once when the clause is read;
calling it with facts gives a finding. It is pure, reads nothing but `inputs`, and answers MET only where everything that it
needs is known. Names stand sorted in its sentences, so the order of people and organisations shows nowhere.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import NamedTuple

from schema.facts import Facts
from schema.provenance import Fact
from schema.vocabulary import Verdict


class Finding(NamedTuple):
    """A verdict, the part of the entry it is about, and what was expected and found in Chinese and English."""

    verdict: Verdict
    field: str
    zh: str
    en: str


def met(field: str, zh: str, en: str) -> Finding:
    """All that the clause asks for is known and so."""
    return Finding(Verdict.MET, field, zh, en)


def not_met(field: str, zh: str, en: str) -> Finding:
    """What is known breaks the clause."""
    return Finding(Verdict.NOT_MET, field, zh, en)


def unknown(field: str, zh: str, en: str) -> Finding:
    """Something is to be settled; the sentences say what."""
    return Finding(Verdict.UNDETERMINED, field, zh, en)


def named(names: Iterable[str]) -> str:
    """Names for a sentence, each once and in an order of their own."""
    return "、".join(sorted(set(names)))


class Predicate(Fact, ABC):
    """One of the closed set; the class's docstring names its source in the notices."""

    @property
    @abstractmethod
    def inputs(self) -> frozenset[str]:
        """The parts of `Facts` it reads; nothing else can change its finding."""

    @property
    def names(self) -> frozenset[str]:
        """Ids of tracks, topics and items of the timetable in its arguments; all must be the region's."""
        return frozenset()

    @abstractmethod
    def __call__(self, facts: Facts) -> Finding:
        """What it finds."""
