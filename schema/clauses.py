"""A clause of a notice: its words, where they stand, from when to when they hold, and what of it a machine may judge."""

import hashlib
import json
from datetime import date
from functools import cached_property

from pydantic import Field, JsonValue

from schema.predicates import PREDICATES, Predicate
from schema.provenance import Fact
from schema.vocabulary import ClauseKind

PEOPLE = ("human", "info")  # what stands for a predicate where there is none


class ClauseLine(Fact):
    """One rule as it stands in clauses.toml. `text` is verbatim up to white space, `lines` the first and last line in the
    notice's text.

    `predicate` names one of `schema.predicates.PREDICATES`, or "human" where no machine may judge, or "info" where there is
    nothing to judge of an entry. `leeway` are the notice's own words that leave the organiser room (原则上, 等, …): only
    where they stand may a verdict be waived. `inferred` marks a clause whose holding for the entry's region is our own
    conclusion: it may doubt an entry and never bars one.
    """

    id: str = Field(pattern=r"^[A-Z]{2}-[a-z_]+-[a-z0-9_]+$")
    kind: ClauseKind
    text: str = Field(min_length=1)
    locator: str = Field(min_length=1)
    lines: tuple[int, int]
    predicate: str
    arguments: dict[str, JsonValue] = Field(default_factory=dict)
    leeway: str | None = None
    inferred: bool = False
    remark: str | None = None


class Clause(ClauseLine):
    """A line with what its file says of all of them: whose notice it is, for which city it speaks (None: for the whole
    region), and the season it holds for.
    """

    region: str  # code of the region whose notice prints it; "CN" for what is derived from the national form
    notice: str  # path of the notice's text
    city: str | None = None
    since: date
    until: date

    @property
    def is_machine(self) -> bool:
        """Whether a predicate judges it."""
        return self.predicate not in PEOPLE

    @property
    def waivable(self) -> bool:
        """Whether the notice leaves room for a decision of the organiser."""
        return self.leeway is not None

    @cached_property
    def test(self) -> Predicate:
        """The predicate with its arguments, bound once. Raises pydantic's ValidationError with every argument of a wrong
        kind, and KeyError for a predicate that does not exist; `read_clauses` has asked for it before anyone else does.
        """
        return PREDICATES[self.predicate].model_validate_json(json.dumps(self.arguments), strict=True)

    @cached_property
    def version(self) -> str:
        """A digest of everything above: changes when the clause does, and only then."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @cached_property
    def inputs(self) -> frozenset[str]:
        """The parts of `Facts` that its judgement depends on: `entry.organisations`, `register.<NAME>`, `peers`, `history`,
        `form`, `documents`, `calendar`, `topics`, … Nothing else can change it.
        """
        if not self.is_machine:
            return frozenset()
        always = {"entry.submitted_at"} | ({"entry.city"} if self.city else set())
        return self.test.inputs | always

    def in_force(self, day: date) -> bool:
        """Whether the clause holds for an entry handed in on this day."""
        return self.since <= day <= self.until


class Absence(Fact):
    """What a notice does not say, and the search that showed it: none of `searched` stands in its text."""

    about: str
    statement: str
    en: str
    searched: tuple[str, ...] = Field(min_length=1)


class ClauseBook(Fact):
    """The clauses of one region (or of the nation), and what its notice does not say. `region` is as in `Clause`."""

    region: str
    clauses: tuple[Clause, ...]
    absences: tuple[Absence, ...] = ()


class Comparison(Fact):
    """One way in which the regions differ, in each region's own words or our summary of them, by region code. `en` has the
    English of what is no quote; `dimension` is the name that situations call it by.
    """

    dimension: str
    zh: str
    kind: ClauseKind
    regions: dict[str, str]
    en: dict[str, str] = Field(default_factory=dict)


class Conflict(Fact):
    """Clauses that contradict one another, within a region or between regions, and how they are to be read."""

    id: str
    what: str
    en: str
    clauses: tuple[str, ...]
