"""What a list is held against: the rules, the lists from below, its entries with their cases and verdicts."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from schema.eligibility import Judgement
from schema.selection import LowerListFacts
from sync.database import Session
from sync.eligibility import judged
from sync.lists.items import ListItem, items_of
from sync.lists.rules import Rules, lower_issuers
from sync.repository.browse import EntryBrowser
from sync.repository.cases import CaseStore
from sync.repository.entry_filter import EntryFilter
from sync.repository.lists import ListStore
from sync.repository.waivers import WaiverStore
from sync.scope import EVERYTHING, Scope
from sync.tables import CaseRow, EntryRow


@dataclass(frozen=True, slots=True)
class LowerList:
    """What a host city's own list says: the entries on the version that counts, None where none does."""

    name: str
    accepted: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Entries of another region are not among `entries`; an entry that nobody judged yet is not among `judgements`.
    `waived` are entry, clause and the clause's version; `lower` is by host city, `brought` counts the city's entries by who recommended
    them and by the kind of body that is.
    """

    rules: Rules
    now: datetime
    entries: Mapping[str, EntryRow] = field(default_factory=dict)
    cases: Mapping[str, Sequence[CaseRow]] = field(default_factory=dict)
    judgements: Mapping[str, Sequence[Judgement]] = field(default_factory=dict)
    waived: frozenset[tuple[str, str, str]] = frozenset()
    lower: Mapping[str, LowerList] = field(default_factory=dict)
    brought: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def award(self, entry: EntryRow) -> str | None:
        """The award that counts for this list: the province's, or that of the body whose list it is."""
        lower = self.rules.issuer.lower
        if lower is None or lower.award_field is None:
            return entry.award
        found = entry.native.get(lower.award_field)
        return str(found) if found else None

    def track(self, item: ListItem) -> str | None:
        """The national track that an item counts for."""
        entry = self.entries.get(item.entry_id)
        return item.national_track or (entry.national_track if entry else None)


def around(session: Session, rules: Rules, items: Sequence[ListItem], now: datetime) -> Surroundings:
    """Everything for these items, in a number of questions that does not depend on how many they are."""
    wanted = sorted({item.entry_id for item in items})
    entries = EntryBrowser(session, Scope(rules.issuer.region)).by_ids(wanted)
    return with_entries(session, ground(session, rules, now), entries)


def with_entries(session: Session, found: Surroundings, entries: Mapping[str, EntryRow]) -> Surroundings:
    """The same ground for these entries of the issuer's region, with their cases and verdicts."""
    ids = sorted(entries)
    cases = CaseStore(session, EVERYTHING).of_entries(ids)
    return replace(found, entries=entries, cases=cases, judgements=judged(session, ids))


def ground(session: Session, rules: Rules, now: datetime) -> Surroundings:
    """What is the same for every entry."""
    issuer = rules.issuer
    holding = WaiverStore(session, Scope(issuer.region)).holding(now)
    counted = ListStore(session, Scope(issuer.region)).counted()
    return Surroundings(
        rules=rules,
        now=now,
        waived=frozenset((row.entry_id, row.clause_id, row.clause_version) for row in holding),
        lower={}
        if issuer.lower
        else {
            below.lower.city: LowerList(
                below.name,
                frozenset(item.entry_id for item in items_of(counted[below.code])) if below.code in counted else None,
            )
            for below in lower_issuers(issuer.region)
            if below.lower is not None
        },
        brought=_brought(session, issuer.region, issuer.lower) if issuer.lower else {},
    )


def _brought(session: Session, region: str, lower: LowerListFacts) -> Counter[tuple[str, str]]:
    """How many of the city's entries each body recommended to it, with the kind of that body."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    if lower.authority_field is not None:
        wanted = EntryFilter(regions=[region], cities=[lower.city])
        for native in EntryBrowser(session, Scope(region)).natives(wanted):
            if name := native.get(lower.authority_field):
                found[str(name), str(native.get(lower.kind_field or "") or "")] += 1
    return Counter(found)
