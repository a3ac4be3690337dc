"""What a project is, apart from how it is told: object, task, data, sites, figures, and the facts its text states."""

import random
from dataclasses import dataclass
from functools import cache
from typing import Final

from adapters.sandbox.duplicates.chance import one_of, some
from adapters.sandbox.duplicates.phrases import GROUPS, Fact, Table, language

Values = dict[str, str]
_COUNTS: Final = {"data": (1, 3), "function": (1, 3), "extra": (0, 2)}  # of facts told; one or two of the others
_NUMBERS: Final = {
    "volume": (20, 9800),
    "hundreds": (100, 9000),
    "units": (20, 900),
    "minutes": (2, 45),
    "percent": (8, 62),
    "half": (5, 40),
    "money": (30, 4800),
    "places": (3, 96),
    "small": (1, 9),
    "few": (2, 6),
    "year": (2022, 2024),
    "month": (1, 12),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact as this project has it: which one, and the figures it gives."""

    group: str
    number: int
    figures: Values


@dataclass(frozen=True, slots=True)
class Project:
    """A project. `object_` and `action` are numbers in the track's words; `names` fill the fields of any sentence."""

    track: str
    object_: int
    action: int
    method: int
    form: str
    names: Values
    statements: tuple[Statement, ...]
    general: int | None
    paragraph: bool


def figure(rng: random.Random, field: str) -> str:
    """A figure as a text gives it: a rate in per cent with one decimal, or a whole number, wide ranges by their order."""
    chance = rng.random()
    if field == "rate":
        return f"{82 + 17 * chance:.1f}"
    low, high = _NUMBERS[field]
    return str(int(low * (high / low) ** chance) if high > 50 * low else int(low + (high + 1 - low) * chance))


@cache
def _figures(fact: Fact) -> tuple[str, ...]:
    return tuple(field for field in fact.fields if field in _NUMBERS or field == "rate")


def _statements(rng: random.Random, table: Table) -> tuple[Statement, ...]:
    chosen = []
    for group in GROUPS:
        facts = table.facts[group]
        low, high = _COUNTS.get(group, (1, 2))
        count = low + int((high + 1 - low) * rng.random())
        for number in sorted(some(rng, range(len(facts)), count)):
            figures = {field: figure(rng, field) for field in _figures(facts[number])}
            chosen.append(Statement(group, number, figures))
    return tuple(chosen)


def site(rng: random.Random, table: Table) -> str:
    """The name of a place too small to be on any list."""
    return one_of(rng, table.site[0]) + one_of(rng, table.site[1]) + one_of(rng, table.site_last)


def invent(rng: random.Random, table: Table, track: str, subject: int, names: Values) -> Project:
    """A project of a track. `subject` counts through the track's subjects; `names` gives city, org and brand."""
    words = table.tracks[track]
    thing, task = words.subjects[subject % len(words.subjects)]
    data, effects, modules = some(rng, words.data, 2), some(rng, words.effects, 2), some(rng, words.modules, 3)
    return Project(
        track=track,
        object_=thing,
        action=task,
        method=int(rng.random() * len(table.methods)),
        form=one_of(rng, language().forms),
        names=names
        | {
            "data1": data[0],
            "data2": data[1],
            "data": data[0],
            "effect1": effects[0],
            "effect2": effects[1],
            "module1": modules[0],
            "module2": modules[1],
            "module3": modules[2],
            "users": one_of(rng, words.users),
            "site1": site(rng, table),
            "site2": site(rng, table),
        },
        statements=_statements(rng, table),
        general=int(rng.random() * len(table.general)) if rng.random() < 0.15 else None,
        paragraph=rng.random() < 0.2,
    )
