"""What is known of one entry when its clauses are judged: the record, and what lies outside it.

Everything is immutable and explicit. None, or a register that is not there, means unknown; an empty tuple means looked and
found nothing. The difference decides between UNDETERMINED and MET, so whoever builds `Facts` must keep it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from pydantic import JsonValue

from schema.records import Entry
from schema.vocabulary import Changed, DocumentKind, EntryStatus, OrganiserRole, Register, Shared

NATIONAL_CONTEST: Final = "national"  # the contest of a winner of the national final; others are region codes


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a register that was found for this entry.

    `subject` is who or what in the entry was found, `listed` the register's own words. `certain` is False where only the
    normalised name agrees: that is a warning and never settles a clause. `contest` is the region code whose contest the
    line is about (a winner's, an organiser's), `NATIONAL_CONTEST` for the national one, None where it is about none.
    For winners and finalists a hit means the project; that a winner's company enters something else is no hit. For
    cancelled sub-topics it means one of the entry's topic, `subject` its id: whether the entry is in it the clause asks.
    """

    subject: str
    listed: str
    certain: bool = True
    contest: str | None = None
    role: OrganiserRole | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """Another entry that shares something with this one. `certain` is False while a person has yet to decide whether it
    does (an open case on resemblance); equal tokens of a person, or a confirmed case, are certain. `updated_at` is its
    platform's last word on it, so an entry that is out was out by then; None: not known.
    """

    entry_id: str
    region: str
    topic_id: str
    title: str
    shares: frozenset[Shared]
    city: str | None = None
    status: EntryStatus = EntryStatus.ACTIVE
    certain: bool = True
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the entry, by the time the platform gives for it (else when the hub noticed)."""

    what: Changed
    at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What the hub saw of the entry's life. Changes before `known_since` cannot be seen; `accepted_at` is when the
    organiser's check was passed (报名成功), where that is known.
    """

    known_since: datetime
    changes: tuple[Change, ...] = ()
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A paper handed in, and the organisation it belongs to or was issued to, where that is known."""

    kind: DocumentKind
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day of an item of a timetable, both whole days at +08:00; None where the notice gives none."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the clauses of a region may look at; each predicate names the parts it reads as its inputs.

    registers        per register that is maintained: the lines found for this entry; a register not there is unknown
    peers            entries that share a representative, the team or the project; None: not compared yet
    compared_regions region codes whose entries were compared; what is in no hub is in none of them
    history          None: the hub has not followed this entry
    form             the application form, field id (F001 …) to value; a field of an organisation (F032 to F062) holds a
                     list with one value an organisation. None: not handed in with the entry
    documents        the papers handed in; None: not known
    calendar         the region's timetable by item id (as in notice.toml), with what the organiser has since moved
    topics           ids of the topics that the region's catalogue prints
    """

    entry: Entry
    registers: Mapping[Register, tuple[Hit, ...]] = field(default_factory=lambda: MappingProxyType({}))
    peers: tuple[Peer, ...] | None = None
    compared_regions: frozenset[str] = frozenset()
    history: History | None = None
    form: Mapping[str, JsonValue] | None = None
    documents: tuple[Document, ...] | None = None
    calendar: Mapping[str, Span] | None = None
    topics: frozenset[str] | None = None
