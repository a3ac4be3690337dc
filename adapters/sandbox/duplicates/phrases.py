"""Reads phrase tables: the words of one imagined author, and what the language gives to all of them."""

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Final

TABLES: Final = ("A", "B", "C")
FOLDER: Final = Path(__file__).parent / "phrases"
GROUPS: Final = ("problem", "data", "method", "function", "effect", "deploy", "extra")


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """One thing a project may say of itself: its wordings, of one meaning, and the fields they fill in."""

    wordings: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TrackWords:
    """The words of one national track. `objects` and `actions` hold the names of one thing together; `subjects` are the
    pairs of them that make sense, shuffled, so that neighbours have little in common.
    """

    objects: tuple[tuple[str, ...], ...]
    actions: tuple[tuple[str, ...], ...]
    subjects: tuple[tuple[int, int], ...]
    data: tuple[str, ...]
    effects: tuple[str, ...]
    modules: tuple[str, ...]
    users: tuple[str, ...]
    paragraph: str


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One author: words by track, sentences, titles and the way of rewriting (SYNONYMS, RETELLING or SUMMARY)."""

    name: str
    rewriting: str
    brand: tuple[str, str]
    brand_third: tuple[str, ...]
    site: tuple[str, str]
    site_last: tuple[str, ...]
    team_first: tuple[str, ...]
    team_last: tuple[str, ...]
    methods: tuple[tuple[str, ...], ...]
    titles: tuple[str, ...]
    generic_titles: tuple[str, ...]
    general: tuple[str, ...]
    synonyms: dict[str, str]
    facts: dict[str, tuple[Fact, ...]]
    tracks: dict[str, TrackWords]


@dataclass(frozen=True, slots=True)
class Language:
    """What all authors share."""

    forms: tuple[str, ...]
    trades: tuple[str, ...]
    legal_forms: tuple[str, ...]
    institutes: tuple[str, ...]
    common_names: tuple[str, ...]
    homophones: dict[str, str]
    areas: dict[str, tuple[str, ...]]
    cities: dict[str, tuple[str, ...]]
    traditional: dict[int, str]


def _names(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(word.split("/")) for word in text.split())


def _fact(wordings: list[str]) -> Fact:
    fields = {name for wording in wordings for _, name, _, _ in Formatter().parse(wording) if name}
    return Fact(tuple(wordings), tuple(sorted(fields)))


def _track(name: str, words: dict[str, str], general: str) -> TrackWords:
    """`suits` gives for every object the digits of the track's actions that fit it, or -; `general` ones fit all."""
    own, objects = _names(words["actions"]), _names(words["objects"])
    anywhere = range(len(own), len(own) + len(_names(general)))
    fitting = [[int(digit) for digit in digits if digit != "-"] for digits in words["suits"].split()]
    subjects = [(thing, task) for thing in range(len(objects)) for task in (*fitting[thing], *anywhere)]
    random.Random(name).shuffle(subjects)
    return TrackWords(
        objects=objects,
        actions=(*own, *_names(general)),
        subjects=tuple(subjects),
        data=tuple(words["data"].split()),
        effects=tuple(words["effects"].split()),
        modules=tuple(words["modules"].split()),
        users=tuple(words["users"].split()),
        paragraph=words["paragraph"],
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


@cache
def table(name: str) -> Table:
    """The phrase table called `name`, one of TABLES."""
    facts = _read(name.lower())
    return Table(
        name=name,
        rewriting=facts["rewriting"],
        brand=(facts["brand_first"], facts["brand_second"]),
        site=(facts["site_first"], facts["site_second"]),
        methods=tuple(tuple(method.split("/")) for method in facts["methods"]),
        synonyms=facts.get("synonyms", {}),
        facts={group: tuple(_fact(wordings) for wordings in facts["facts"][group]) for group in GROUPS},
        tracks={track: _track(track, words, facts["actions"]) for track, words in facts["tracks"].items()},
        **{
            each: tuple(facts[each])
            for each in ("brand_third", "site_last", "team_first", "team_last", "titles", "generic_titles", "general")
        },
    )


@cache
def language() -> Language:
    """Forms, names, cities and characters."""
    facts = _read("language")
    turned = "".join(facts["traditional"]["pairs"])
    return Language(
        **{each: tuple(facts[each]) for each in ("forms", "trades", "legal_forms", "institutes", "common_names")},
        homophones={sign: group.replace(sign, "") for group in facts["homophones"] for sign in group},
        areas={name: tuple(codes) for name, codes in facts["areas"].items()},
        cities={code: tuple(names.split()) for code, names in facts["cities"].items()},
        traditional={ord(turned[at]): turned[at + 1] for at in range(0, len(turned), 2)},
    )
