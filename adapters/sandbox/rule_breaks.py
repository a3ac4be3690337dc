"""Entries that break one clause of their region's notice and no other, and the lines of registers that show it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from adapters.sandbox import identities, words
from adapters.sandbox.profile import Profile
from adapters.sandbox.registrations import Company, Listed, Person, Registration
from schema.clauses import Clause
from schema.facts import NATIONAL_CONTEST
from schema.predicates.government import GovernmentTracks
from schema.predicates.organisations import NotAnOrganiser
from schema.predicates.topics import OpenTopic, SubmittedWithin
from schema.vocabulary import OrganisationKind, Register

_DAY: Final = timedelta(days=1)
_BRANCHES: Final = ("分公司", "分行")


@dataclass(frozen=True, slots=True)
class Plot:
    """What a break is made of: the clause, a proper entry, its province, chance, and somebody who can give people."""

    clause: Clause
    own: Registration
    profile: Profile
    rng: random.Random
    people: Callable[[int], tuple[Person, ...]]

    def led_by(self, name: str, kind: OrganisationKind, authority: str = "91") -> Registration:
        """The entry with another lead, who is in no other entry."""
        lead = Company(name, identities.credit_code(self.rng, self.profile.code, authority), kind)
        return replace(self.own, companies=(lead, *self.own.companies[1:]))

    def name(self, ending: str) -> str:
        """A name that nobody else has, or as good as nobody."""
        core = "".join(self.rng.choice(words.GIVEN) for _ in range(4))
        return f"{self.profile.cities[0]}{core}{self.rng.choice(words.TRADES)}{ending}"


Broken = tuple[Registration, tuple[Listed, ...]] | None


def _too_many_people(plot: Plot) -> Broken:
    return replace(plot.own, people=plot.people(6)), ()


def _branch(plot: Plot) -> Broken:
    return plot.led_by(plot.name("有限公司第一分公司"), OrganisationKind.PRIVATE), ()


def _organiser(plot: Plot) -> Broken:
    rule = plot.clause.test
    assert isinstance(rule, NotAnOrganiser)  # noqa: S101  by the table below
    wanted = ("公司",) if rule.subjects == "enterprises" else ("",)
    names = [n for n in plot.profile.organisers if n.endswith(wanted) and not n.endswith(_BRANCHES)]
    return (plot.led_by(plot.rng.choice(names), OrganisationKind.OTHER), ()) if names else None


def _offender(plot: Plot) -> Broken:
    made = plot.led_by(plot.name("有限公司"), OrganisationKind.PRIVATE)
    lead = made.companies[0]
    return made, (Listed(Register.DISHONEST_DEBTORS, lead.name, lead.credit_code),)


def _winner(plot: Plot) -> Broken:
    made = plot.led_by(plot.name("有限公司"), OrganisationKind.PRIVATE)
    lead = made.companies[0]
    prize = Listed(Register.WINNERS_2024, lead.name, lead.credit_code, made.title, NATIONAL_CONTEST)
    return made, (prize,)


def _late(plot: Plot) -> Broken:
    rule = plot.clause.test
    assert isinstance(rule, SubmittedWithin)  # noqa: S101  by the table below
    if rule.edge == "first":
        return None
    late = plot.profile.closes + plot.rng.randint(1, 5) * _DAY
    return replace(plot.own, submitted_at=late, updated_at=late), ()


def _closed_topic(plot: Plot) -> Broken:
    rule = plot.clause.test
    assert isinstance(rule, OpenTopic)  # noqa: S101  by the table below
    closed = [topic for topic in plot.profile.topics if topic.topic_id in rule.closed]
    return replace(plot.own, topic=plot.rng.choice(closed), sub_topic=None), ()


def _government(plot: Plot) -> Broken:
    rule = plot.clause.test
    assert isinstance(rule, GovernmentTracks)  # noqa: S101  by the table below
    named = (*rule.topics, *rule.unclear)
    others = [t for t in plot.profile.topics if t.open and t.track_id not in rule.tracks and t.topic_id not in named]
    made = plot.led_by(plot.name("管理局"), OrganisationKind.GOVERNMENT, "11")
    return replace(made, topic=plot.rng.choice(others), sub_topic=None), ()


_WAYS: Final = MappingProxyType(
    {
        "max_representatives": _too_many_people,
        "legal_person": _branch,
        "not_an_organiser": _organiser,
        "not_on_registers": _offender,
        "not_a_winner": _winner,
        "submitted_within": _late,
        "open_topic": _closed_topic,
        "government_tracks": _government,
    }
)


def breakable(profile: Profile) -> list[Clause]:
    """The clauses of a province that can be broken."""
    return [clause for clause in profile.clauses if clause.predicate in _WAYS]


def broken(plot: Plot) -> Broken:
    """The entry as it breaks the clause, in the city that the clause speaks for, and the lines that show it; None where
    the province leaves no way to break it.
    """
    made = _WAYS[plot.clause.predicate](plot)
    if made is None or plot.clause.city is None:
        return made
    return replace(made[0], city=plot.clause.city), made[1]


def bystanders(rng: random.Random) -> list[Listed]:
    """A line in each register of organisations or projects about one that is in no contest: so all of them are maintained."""
    return [
        Listed(
            register,
            f"未参赛{rng.choice(words.TRADES)}{number}有限公司",
            identities.credit_code(rng, "11"),
            f"未参赛项目{number}" if register in (Register.WINNERS_2024, Register.PRIOR_FINALISTS) else "",
            NATIONAL_CONTEST if register is Register.WINNERS_2024 else None,
        )
        for number, register in enumerate(Register, start=1)
        if register is not Register.CANCELLED_SUB_TOPICS
    ]
