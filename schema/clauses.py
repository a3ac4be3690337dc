"""A clause of a notice: its words, where they stand, from when to when they hold, and what of it a machine may judge."""

from datetime import date

from pydantic import Field, JsonValue

from schema.provenance import Fact
from schema.vocabulary import ClauseKind


class Clause(Fact):
    """One rule as printed. `text` is verbatim up to white space, `lines` the first and last line in the notice's text.

    `predicate` names one of `schema.predicates.PREDICATES`, or "human" where no machine may judge, or "info" where there is
    nothing to judge of an entry. `leeway` are the notice's own words that leave the organiser room (原则上, 等, …): only
    where they stand may a verdict be waived. `inferred` marks a clause whose holding for the entry's region is our own
    conclusion: it may doubt an entry and never bars one.
    """

    id: str
    region: str  # code of the region whose notice prints it; "CN" for what is derived from the national form
    kind: ClauseKind
    text: str = Field(min_length=1)
    locator: str = Field(min_length=1)
    lines: tuple[int, int]
    notice: str  # path of the notice's text
    since: date
    until: date
    predicate: str
    arguments: dict[str, JsonValue] = {}
    leeway: str | None = None
    inferred: bool = False
    remark: str | None = None

    @property
    def is_machine(self) -> bool:
        """Whether a predicate judges it."""
        return self.predicate not in ("human", "info")

    @property
    def waivable(self) -> bool:
        """Whether the notice leaves room for a decision of the organiser."""
        return self.leeway is not None

    @property
    def version(self) -> str:
        """A digest of everything above: changes when the clause does, and only then."""
        raise NotImplementedError

    @property
    def inputs(self) -> frozenset[str]:
        """The parts of `Facts` that the predicate reads with these arguments: `entry.organisations`, `register.<NAME>`,
        `peers`, `history`, `form`, `documents`, `calendar`, `topics`, `cancelled`, … Nothing else can change its verdict.
        """
        raise NotImplementedError

    def in_force(self, day: date) -> bool:
        """Whether the clause holds for an entry handed in on this day."""
        return self.since <= day <= self.until


class Absence(Fact):
    """What a notice does not say, and the search that showed it: none of `searched` stands in its text."""

    about: str
    statement: str
    searched: tuple[str, ...] = Field(min_length=1)


class ClauseBook(Fact):
    """The clauses of one region (or of the nation), and what its notice does not say."""

    clauses: tuple[Clause, ...]
    absences: tuple[Absence, ...] = ()


class Comparison(Fact):
    """One way in which the regions differ, with each region's own words or our summary of them, by region slug."""

    dimension: str
    kind: ClauseKind | None
    regions: dict[str, str]


class Conflict(Fact):
    """Clauses that contradict one another, within a region or between regions, and what the hub does about it."""

    id: str
    what: str
    clauses: tuple[str, ...]
