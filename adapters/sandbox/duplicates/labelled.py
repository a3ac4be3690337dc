"""The labelled corpus: entries in the offline form, one after another, and what is true of them."""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from adapters.sandbox.duplicates.entry import Draft, kinds
from adapters.sandbox.duplicates.plan import PROJECT_REPEATED, Planted, Shares, plan
from adapters.sandbox.duplicates.repeating import repeat
from adapters.sandbox.duplicates.resembling import dress, resemble
from adapters.sandbox.duplicates.wording import Disguised
from adapters.sandbox.duplicates.world import World


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A pair that breaks rules, ids in order, with what hides it."""

    pair: tuple[str, str]
    kinds: tuple[str, ...]
    degree: str
    disguises: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A pair that is allowed, ids in order."""

    pair: tuple[str, str]
    kind: str
    degree: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What was planted. Every pair that is not among the duplicates is none."""

    table: str
    seed: int
    total: int
    duplicates: tuple[Duplicate, ...]
    look_alikes: tuple[LookAlike, ...]

    def as_json(self) -> dict[str, Any]:
        """The content of truth.json."""
        return asdict(self)


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


class LabelledCorpus:
    """`total` entries of one table and seed. Nothing is kept but the plan and the ids, so size costs little memory."""

    def __init__(self, table: str, seed: int, total: int, shares: Shares | None = None) -> None:
        self.table, self.seed, self.total = table, seed, total
        self._plan = plan(total, World(table, seed, 1).rng("plan", 0), shares or Shares())
        self._world = World(table, seed, self._plan.companies)
        self._ids: dict[int, str] = {}

    def _honest(self, number: int) -> Draft:
        made = self._plan
        draft = self._world.draft(number, self._world.company(made.company[number]), made.ordinal[number])
        what = made.resembled.get(number)
        return dress(self._world, number, draft, what, 0) if what else draft

    def _repeat(self, number: int, planted: Planted) -> Disguised:
        model, fresh = self._honest(planted.model), self._honest(number)
        rng = self._world.rng("disguise", number)
        return repeat(rng, self._world, model, fresh, planted.what, planted.degree)

    def draft(self, number: int) -> Draft:
        """Entry `number` of the plan, before it has an id."""
        planted = self._plan.planted.get(number)
        if planted is None:
            return self._honest(number)
        if planted.model in self._plan.resembled:
            rng = self._world.rng("disguise", number)
            model, fresh = self._honest(planted.model), self._honest(number)
            return resemble(rng, self._world, model, planted.model, fresh, planted.what, planted.degree)
        return self._repeat(number, planted)[0]

    def rows(self) -> Iterator[dict[str, Any]]:
        """The entries in order of appearance, as lines of the offline input. An id is the region's code, a colon and a
        serial number in that order, so it tells nothing of who repeats whom.
        """
        serial: dict[str, int] = defaultdict(int)
        for number in self._plan.order:
            draft = self.draft(number)
            serial[draft.region] += 1
            self._ids[number] = f"{draft.region}:{serial[draft.region]:07d}"
            yield draft.row(self._ids[number])

    def truth(self) -> Truth:
        """The labelled pairs, sorted."""
        if len(self._ids) < self.total:
            deque(self.rows(), 0)
        duplicates, look_alikes = [], []
        copies: dict[int, list[int]] = defaultdict(list)
        for number, planted in self._plan.planted.items():
            pair = _pair(self._ids[planted.model], self._ids[number])
            if planted.model in self._plan.resembled:
                look_alikes.append(LookAlike(pair, planted.what, planted.degree))
                continue
            copy, names = self._repeat(number, planted)
            duplicates.append(self._duplicate(pair, self._honest(planted.model), copy, planted, names))
            for earlier in copies[planted.model]:
                twin, more = self._repeat(earlier, self._plan.planted[earlier])
                both = _pair(self._ids[earlier], self._ids[number])
                duplicates.append(self._duplicate(both, twin, copy, planted, [*more, *names]))
            copies[planted.model].append(number)
        return Truth(
            self.table,
            self.seed,
            self.total,
            tuple(sorted(duplicates, key=lambda each: each.pair)),
            tuple(sorted(look_alikes, key=lambda each: each.pair)),
        )

    @staticmethod
    def _duplicate(pair: tuple[str, str], one: Draft, copy: Draft, planted: Planted, names: list[str]) -> Duplicate:
        found = kinds(one, copy, same_project=planted.what in PROJECT_REPEATED)
        return Duplicate(pair, tuple(map(str, found)), planted.degree, tuple(dict.fromkeys(names)))
