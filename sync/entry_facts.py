"""Puts together what the clauses may look at, for many entries in a fixed number of queries."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from adapters.registry import regions
from schema.eligibility import Law
from schema.facts import Change, Facts, History, Peer, Span
from schema.records import Entry
from schema.vocabulary import Changed, Register, Stage
from sync.database import Session
from sync.exact_keys import plain
from sync.organisation_names import normal_form
from sync.peers import peers_of
from sync.register_hits import RegisterIndex
from sync.registers import RegisterLine, maintained, printed
from sync.repository import history, peers
from sync.repository.eligibility import EligibilityStore, Stored
from sync.repository.pulls import PullStore
from sync.repository.registers import RegisterStore
from sync.tables import EntryChangeRow

_UNCHECKED = frozenset({Stage.REGISTERED, Stage.QUALIFICATION})


@dataclass(frozen=True, slots=True)
class RegionFacts:
    """What is the same for every entry of a region. `digest` stands for all of it, the clauses' versions included."""

    law: Law
    registers: frozenset[Register]
    calendar: Mapping[str, Span]
    topics: frozenset[str]
    digest: str


@cache
def region_facts(code: str) -> RegionFacts:
    """Of a connected region. Only the registers that one of its clauses asks about are looked into."""
    catalogue = regions()[code].catalogue
    law = Law(catalogue.clauses)
    read = {name.removeprefix("register.") for clause in law.clauses for name in clause.inputs if "register." in name}
    calendar = {item.id: Span(item.start, item.end) for item in catalogue.facts.timeline}
    topics = frozenset(topic.id for _, topic in catalogue.topics())
    said = repr(([clause.version for clause in law.clauses], calendar, sorted(topics)))
    return RegionFacts(law, frozenset(map(Register, read)), calendar, topics, hashlib.sha256(said.encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is the same for every entry at one moment: the registers that are maintained, the regions that were read."""

    maintained: frozenset[Register]
    compared: frozenset[str]

    @property
    def regions(self) -> str:
        """The regions compared, as they are kept with a judgement."""
        return " ".join(sorted(self.compared))

    @classmethod
    def now(cls, session: Session) -> "Surroundings":
        """As the database stands."""
        return cls(maintained(session), frozenset(PullStore(session).read_once()))


def stored_facts(
    session: Session, ids: Sequence[str], around: Surroundings
) -> tuple[list[tuple[Stored, Facts]], dict[str, set[str]]]:
    """Stored entries with their facts, and for each the ids of its peers."""
    found = EligibilityStore(session).entries(ids)
    sharing, kin = _peers(session, [one.entry for one in found])
    index = _index(session, [one.entry for one in found])
    changes = history.changes_of(session, ids)
    made = [
        (one, facts(one.entry, around, index, tuple(sharing[one.entry.id]), _history(one, changes[one.entry.id])))
        for one in found
    ]
    return made, kin


def facts(
    entry: Entry,
    around: Surroundings,
    index: RegisterIndex,
    sharing: tuple[Peer, ...],
    past: History | None,
) -> Facts:
    """The facts of one entry, its form and papers apart, which no platform sends."""
    region = region_facts(entry.region)
    return Facts(
        entry=entry,
        registers=index.hits(entry, around.maintained & region.registers),
        peers=sharing,
        compared_regions=around.compared,
        history=past,
        calendar=region.calendar,
        topics=region.topics,
    )


def basis(stored: Stored, known: Facts) -> str:
    """A digest over all that a judgement rests on: equal digests, equal judgements. The time of asking is no part of it,
    as no predicate judges by it.
    """
    hits = {str(register): found for register, found in known.registers.items()}
    said = (
        region_facts(known.entry.region).digest, stored.content_hash, str(known.entry.status), hits,
        sorted(map(repr, known.peers or ())), sorted(known.compared_regions), known.history,
    )  # fmt: skip
    return hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()


def unregistered_facts(session: Session, entry: Entry) -> Facts:
    """The facts of an entry that is not stored: nothing is known of its past, everything of who else is there."""
    return facts(
        entry, Surroundings.now(session), _index(session, [entry]), peers_of_unregistered(session, entry), None
    )


def peers_of_unregistered(session: Session, entry: Entry) -> tuple[Peer, ...]:
    """Stored entries that share something with one that is not stored."""
    found = EligibilityStore(session).entries(sorted(peers.resembling(session, entry)))
    return tuple(peer for one in found for peer in peers_of(entry, one.entry, {}))


def _index(session: Session, entries: Iterable[Entry]) -> RegisterIndex:
    """The lines of registers that may be about these entries."""
    codes, names, projects = set[str](), set[str](), set[str]()
    for entry in entries:
        projects |= {plain(entry.title), plain(entry.topic_id)}
        for unit in entry.organisations:
            codes.add(unit.credit_code or "")
            names.add(normal_form(unit.name))
    rows = RegisterStore(session).about(codes, names, projects)
    return RegisterIndex(map(RegisterLine.of, rows), beside=_printed_index())


@cache
def _printed_index() -> RegisterIndex:
    return RegisterIndex(printed())


def _peers(session: Session, entries: Sequence[Entry]) -> tuple[dict[str, list[Peer]], dict[str, set[str]]]:
    known = {entry.id: entry for entry in entries}
    pairs = peers.sharing(session, list(known)) | peers.in_one_case(session, list(known))
    absent = sorted({other for _, other in pairs} - known.keys())
    others = known | {one.entry.id: one.entry for one in EligibilityStore(session).entries(absent)}
    decided = peers.decisions(session, {entry for pair in pairs for entry in pair})
    sharing: dict[str, list[Peer]] = defaultdict(list)
    kin: dict[str, set[str]] = {entry: set() for entry in known}
    for left, right in sorted(pairs):
        judged = decided.get((min(left, right), max(left, right)), {})
        sharing[left] += peers_of(known[left], others[right], judged)
        kin[left].add(right)
    return sharing, kin


def _history(stored: Stored, rows: Sequence[EntryChangeRow]) -> History:
    parts = frozenset(Changed)
    changes = tuple(
        Change(Changed(part), row.changed_at) for row in rows for part in sorted(row.changes) if part in parts
    )
    return History(stored.first_seen_at, changes, _accepted_at(rows))


def _accepted_at(rows: Sequence[EntryChangeRow]) -> datetime | None:
    """When the organiser's check was passed: the first move, seen by the hub, out of the stages before the judging."""
    for row in rows:
        before, after = row.changes.get(history.STAGE, (None, None))
        if before in _UNCHECKED and after not in _UNCHECKED:
            return row.changed_at
    return None
