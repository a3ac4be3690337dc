"""Everything that goes into a roster, and nothing else: what is stored with each version, so that it can be computed again.

Frozen and without order of arrival: two hubs that know the same write the same canonical JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Self

import orjson

from schema.canonical import canonical, digest
from schema.quotas import Basis, Quota
from schema.roster import RosterAct
from schema.vocabulary import CaseStatus, EntryStatus


@dataclass(frozen=True, slots=True)
class ListedItem:
    """A row of a list: rank from 1, and the national track that the region declared, if it did."""

    rank: int
    entry_id: str
    national_track: str | None = None


@dataclass(frozen=True, slots=True)
class CountedList:
    """The version of a region's list that counts, and the places it has."""

    region: str
    receipt: str
    version: int
    digest: str
    quota: Quota
    items: tuple[ListedItem, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a listed entry: clauses of its region that it does not meet, that are still open, and that were
    waived. Clauses about what two entries share are left out: duplicate cases speak for them.
    """

    entry_id: str
    status: EntryStatus
    national_track: str | None = None
    not_met: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A duplicate case with a listed entry in it."""

    id: str
    status: CaseStatus
    kept: str | None
    entries: tuple[str, ...]

    @property
    def dropped(self) -> tuple[str, ...]:
        """The entries that its decision takes out."""
        return tuple(each for each in self.entries if self.status is CaseStatus.CONFIRMED and each != self.kept)


@dataclass(frozen=True, slots=True)
class Decision:
    """The organiser's word on an entry that holds. `objection` is the one it followed from, if it did."""

    entry_id: str
    act: RosterAct
    reason: str
    objection: str | None = None


@dataclass(frozen=True)
class Inputs:
    """All of it, each kind in its own order whatever order it was given in."""

    lists: tuple[CountedList, ...] = ()
    standings: tuple[Standing, ...] = ()
    cases: tuple[Case, ...] = ()
    decisions: tuple[Decision, ...] = ()

    def __post_init__(self) -> None:
        ordered = {
            "lists": tuple(
                replace(each, items=tuple(sorted(each.items, key=lambda item: (item.rank, item.entry_id))))
                for each in sorted(self.lists, key=lambda each: each.region)
            ),
            "standings": tuple(sorted(self.standings, key=lambda each: each.entry_id)),
            "cases": tuple(
                replace(each, entries=tuple(sorted(each.entries)))
                for each in sorted(self.cases, key=lambda each: each.id)
            ),
            "decisions": tuple(sorted(self.decisions, key=lambda each: each.entry_id)),
        }
        for name, value in ordered.items():
            object.__setattr__(self, name, value)

    @cached_property
    def content(self) -> bytes:
        """Canonical JSON."""
        lists = [{**_plain(each), "quota": each.quota.model_dump(mode="json")} for each in self.lists]
        for written, each in zip(lists, self.lists, strict=True):
            written["items"] = [_plain(item) for item in each.items]
        return canonical(
            {
                "lists": lists,
                "standings": [_plain(each) for each in self.standings],
                "cases": [_plain(each) for each in self.cases],
                "decisions": [_plain(each) for each in self.decisions],
            }
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of it."""
        return digest(self.content)

    @classmethod
    def read(cls, content: bytes) -> Self:
        """From canonical JSON."""
        said: dict[str, list[dict[str, Any]]] = orjson.loads(content)
        return cls(
            lists=tuple(
                CountedList(
                    **{
                        **each,
                        "quota": Quota(**{**each["quota"], "basis": Basis(each["quota"]["basis"])}),
                        "items": tuple(ListedItem(**item) for item in each["items"]),
                    }
                )
                for each in said["lists"]
            ),
            standings=tuple(
                Standing(**{**_tuples(each), "status": EntryStatus(each["status"])}) for each in said["standings"]
            ),
            cases=tuple(Case(**{**_tuples(each), "status": CaseStatus(each["status"])}) for each in said["cases"]),
            decisions=tuple(Decision(**{**each, "act": RosterAct(each["act"])}) for each in said["decisions"]),
        )

    def deciding(self, decisions: Mapping[str, Decision], cases: Mapping[str, Case]) -> Self:
        """These inputs with other words of the organiser, by entry, and other cases, by id. A cleared entry has no word."""
        words = {**{each.entry_id: each for each in self.decisions}, **decisions}
        kept = tuple(each for each in words.values() if each.act is not RosterAct.CLEAR)
        return replace(self, decisions=kept, cases=tuple({**{each.id: each for each in self.cases}, **cases}.values()))


def _plain(made: Any) -> dict[str, Any]:  # noqa: ANN401  any of the dataclasses above
    """Its fields, not walked into: `asdict` copies every value and takes ten times as long."""
    return {each.name: getattr(made, each.name) for each in fields(made)}


def _tuples(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
