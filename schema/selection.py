"""Who goes up from a contest to the next: numbers, places, awards and order of preference, each with its ground.

A rule either quotes the notice that prints it, or gives our reason and is then an inference: it may doubt a list and never
bars one. What nobody prints stays absent until the organiser sets it.
"""

from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field, model_validator

from schema.provenance import Fact
from schema.publicity import DayKind
from schema.vocabulary import Stage


class Basis(StrEnum):
    """What a rule rests on."""

    PRINTED = "PRINTED"  # the region's notice says so
    INFERRED = "INFERRED"  # we read it out of a pattern; the organiser must confirm
    SET = "SET"  # the organiser said so, on record


class Grounded(Fact):
    """What every rule says of itself: the notice's words and their place, or our reason, or who set it and why."""

    quote: str | None = None
    locator: str | None = None
    reason_zh: str | None = None
    reason_en: str | None = None
    set_by: str | None = None

    @model_validator(mode="after")
    def _one_ground(self) -> "Grounded":
        if (self.quote is None) != (self.locator is None) or (self.reason_zh is None) != (self.reason_en is None):
            raise ValueError("give quote with locator, or reason_zh with reason_en")
        if (self.quote is None) == (self.reason_zh is None):
            raise ValueError("give either a quote or a reason")
        return self

    @property
    def basis(self) -> Basis:
        """What it rests on."""
        if self.set_by is not None:
            return Basis.SET
        return Basis.INFERRED if self.quote is None else Basis.PRINTED

    @property
    def binding(self) -> bool:
        """Whether it may bar a list; an inference may not."""
        return self.basis is not Basis.INFERRED

    @property
    def zh(self) -> str:
        """The ground in Chinese."""
        return f"通知{self.locator}：“{self.quote}”" if self.quote else str(self.reason_zh)

    @property
    def en(self) -> str:
        """The ground in English."""
        return f"printed in the notice, {self.locator}" if self.quote else str(self.reason_en)


class Limit(Grounded):
    """At most so many."""

    most: int = Field(ge=0)


class Days(Grounded):
    """How long a result or a list is laid open to objection; None where it must be over but nobody says how long it takes."""

    days: int | None = Field(default=None, ge=1, le=90)
    kind: DayKind = DayKind.CALENDAR


class Prize(Grounded):
    """At most so many entries hold one of these awards, in all."""

    awards: tuple[str, ...] = Field(min_length=1)
    most: int = Field(ge=1)


class Entitled(Grounded):
    """Only entries of these stages, or with one of these awards, go up."""

    stages: tuple[Stage, ...] = ()
    awards: tuple[str, ...] = ()


class Priority(Grounded):
    """Entries of which this native field is true go before the others."""

    field: str
    name_zh: str
    name_en: str


class Pool(Grounded):
    """So many of the best of each national track first; the other places go to those ranked within `places` of their
    track, in order of a second score: a native field, or the same score where none is named.
    """

    firsts: int = Field(ge=1)
    places: tuple[int, int] = (2, 3)
    second_score: str | None = None


class Minimum(Grounded):
    """Each of these bodies (or each of this kind) recommends at least so many; `leeway` are the words that leave room."""

    authorities: tuple[str, ...] = ()
    kind: str | None = None
    at_least: int = Field(ge=1)
    leeway: str | None = None


class SelectionFacts(Fact):
    """The rules of one list, as far as they are known."""

    total: Limit | None = None
    per_track: Limit | None = None
    alternates: Limit | None = None
    stages: Entitled | None = None
    awards: Entitled | None = None
    publicity: Days | None = None  # of the contest's result
    publicity_of_list: Days | None = None
    prizes: tuple[Prize, ...] = ()
    priorities: tuple[Priority, ...] = ()
    pool: Pool | None = None

    def rules(self) -> Iterator[tuple[str, Grounded]]:
        """Every rule with its place in the file."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, Grounded):
                yield name, value
            elif isinstance(value, tuple):
                yield from ((f"{name}.{index}", each) for index, each in enumerate(value))


class LowerListFacts(SelectionFacts):
    """The list of a body below the region, whose entries are those of a host city. `code` is its own (GB/T 2260, more
    digits than the region's); the fields are names of native fields that hold the body's award, and who recommended an
    entry to it.
    """

    code: str = Field(pattern=r"^\d{4,6}$")
    city: str
    award_field: str | None = None
    authority_field: str | None = None
    kind_field: str | None = None
    minimums: tuple[Minimum, ...] = ()
