"""Decides which entries repeat or resemble which, before any is made: counts, kinds, degrees, companies, order."""

import random
from array import array
from dataclasses import dataclass
from typing import Final

DEGREES: Final = ("easy", "medium", "hard")
_DEGREE_WEIGHTS: Final = (35, 35, 30)
# What a duplicate repeats of its model, and how many in a hundred do.
_REPEATS: Final = {
    "project_and_team": 30,
    "project": 20,
    "project_and_person": 12,
    "team": 14,
    "person": 14,
    "team_at_home": 10,
}
LOOK_ALIKES: Final = (
    "SAME_ORGANISATION",
    "SIBLING",
    "GENERIC_TITLE",
    "COMMON_NAME",
    "SUBSIDIARY",
    "BOILERPLATE",
    "SHARED_PHONE",
    "JOINT_AREA",
)
SAME_COMPANY: Final = frozenset({"SAME_ORGANISATION", "SIBLING", "SHARED_PHONE", "team", "team_at_home"})
PROJECT_REPEATED: Final = frozenset({"project_and_team", "project", "project_and_person"})
_ENTRIES_PER_COMPANY: Final = 1.7
_THIRD_COPY: Final = 0.05  # of the easy repeats of a whole entry that are entered once more


@dataclass(frozen=True, slots=True)
class Shares:
    """Planted entries as shares of all entries."""

    duplicates: float = 0.025
    look_alikes: float = 0.06


@dataclass(frozen=True, slots=True)
class Planted:
    """An entry that repeats (`what` is a key of _REPEATS) or resembles (one of LOOK_ALIKES) entry `model`."""

    what: str
    model: int
    degree: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All of a corpus but its words. Entries are numbered; `order` is the order in which they appear."""

    companies: int
    company: "array[int]"
    ordinal: "array[int]"
    planted: dict[int, Planted]
    resembled: dict[int, str]  # models of look-alikes, by kind: some kinds dress both sides
    order: "array[int]"


def _counts(total: int, shares: Shares) -> tuple[int, int]:
    return round(total * shares.duplicates), round(total * shares.look_alikes)


def plan(total: int, rng: random.Random, shares: Shares) -> Plan:
    """A plan of `total` entries; linear in time."""
    repeats, resembling = _counts(total, shares)
    originals = total - repeats - resembling
    if originals < repeats + resembling:
        raise ValueError("at most half of the entries can repeat or resemble others, each another one")
    companies = max(1, int(originals / _ENTRIES_PER_COMPANY))
    company, ordinal, entered = array("q"), array("q"), array("q", [0]) * companies

    def enters(number: int) -> None:
        company.append(number)
        ordinal.append(entered[number])
        entered[number] += 1

    for _ in range(originals):
        enters(rng.randrange(companies))
    models = rng.sample(range(originals), originals)
    planted, resembled = {}, {}
    last: Planted | None = None
    for number in range(originals, total):
        if number < originals + repeats:
            again = last is not None and last.what == "project_and_team" and rng.random() < _THIRD_COPY
            if last is not None and again and last.degree == "easy":
                made, last = last, None
            else:
                what = rng.choices(list(_REPEATS), list(_REPEATS.values()))[0]
                last = made = Planted(what, models.pop(), rng.choices(DEGREES, _DEGREE_WEIGHTS)[0])
        else:
            what = rng.choice(LOOK_ALIKES)
            model = models.pop()
            if (
                what == "SIBLING" and entered[company[model]] > 1
            ):  # whose other projects might have the sibling's object
                what = "SAME_ORGANISATION"
            made = Planted(what, model, rng.choices(DEGREES, _DEGREE_WEIGHTS)[0])
            resembled[model] = what
        planted[number] = made
        enters(company[made.model] if made.what in SAME_COMPANY else rng.randrange(companies))
    order = array("q", range(total))
    rng.shuffle(order)
    return Plan(companies, company, ordinal, planted, resembled, order)
