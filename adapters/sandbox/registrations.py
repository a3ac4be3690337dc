"""What a generated corpus is made of: registrations with real-looking content, and the labels that say what was planted."""

import random
from dataclasses import dataclass, field
from datetime import datetime

from schema.vocabulary import AwardLevel, EntryStatus, OrganisationKind, Register, Stage


@dataclass(frozen=True, slots=True)
class Person:
    """A representative with generated numbers (see `identities`)."""

    name: str
    id_number: str
    phone: str
    duty: str


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation. `credit_code` may be empty, as on real forms."""

    name: str
    credit_code: str
    kind: OrganisationKind


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A topic as the province prints it, with the national track it is proposed for or may belong to."""

    track_id: str
    track_number: int
    track_name: str
    topic_id: str
    topic_number: int
    title: str
    national: str
    sub_topics: tuple[str, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Registration:
    """One entry, neutral of dialect. The first company leads; the first person is the contact."""

    region: str
    native_id: str
    city: str
    topic: TopicChoice
    sub_topic: str | None
    title: str
    summary: str
    team: str
    people: tuple[Person, ...]
    companies: tuple[Company, ...]
    submitted_at: datetime
    updated_at: datetime
    stage: Stage
    status: EntryStatus
    award: AwardLevel | None
    score: float | None
    flaw: str | None = None

    @property
    def entry_id(self) -> str:
        """The id the hub will give it."""
        return f"{self.region}:{self.native_id}"

    def rng(self) -> random.Random:
        """Chance for what only this province has; the same for the same entry."""
        return random.Random(self.entry_id)


@dataclass(frozen=True, slots=True)
class Label:
    """Something planted: a duplicate, a look-alike, a rule break or a flawed row, and the entries it concerns."""

    kind: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a register that goes with the corpus: an organisation, or a project with the organisation that won."""

    register: Register
    name: str
    credit_code: str
    project: str = ""
    contest: str | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """Registrations by region slug, in order of submission, and what was planted in them. A rule break is labelled with the
    id of the clause it breaks; some only show once `registers` are maintained as given here.
    """

    registrations: dict[str, list[Registration]]
    duplicates: tuple[Label, ...] = ()
    look_alikes: tuple[Label, ...] = ()
    rule_breaks: tuple[Label, ...] = ()
    flaws: tuple[Label, ...] = field(default=())
    registers: tuple[Listed, ...] = ()

    def personal_numbers(self) -> set[str]:
        """Every ID number and phone in the corpus: none may ever leave an adapter."""
        people = (p for part in self.registrations.values() for r in part for p in r.people)
        return {number for person in people for number in (person.id_number, person.phone)}
