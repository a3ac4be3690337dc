"""The roster of the national final: a pure function of the lists that count, the cases, the entries and the quotas.

The same inputs give the same roster in the same order, and every item says why it stands where it stands.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import orjson

from schema.quotas import Quota, quota_of
from schema.vocabulary import CaseStatus, EntryStatus, RosterState
from sync.database import Session
from sync.lists import ListItem, items_of
from sync.lists.rules import all_rules
from sync.repository.browse import EntryBrowser
from sync.repository.cases import CaseStore
from sync.repository.lists import ListStore
from sync.scope import EVERYTHING


@dataclass(frozen=True, slots=True)
class Standing:
    """What the roster must know of an entry: its status, the proposed track, and its cases as (id, status, kept)."""

    status: EntryStatus
    national_track: str | None
    cases: tuple[tuple[str, CaseStatus, str | None], ...]


@dataclass(frozen=True, slots=True)
class SealedList:
    """A region's list that counts, and its quota."""

    region: str
    receipt: str
    items: tuple[ListItem, ...]
    quota: Quota


@dataclass(frozen=True, slots=True)
class RosterItem:
    """One recommended entry on the roster, with the reason for its state and the list it came from."""

    region: str
    rank: int
    entry_id: str
    national_track: str | None
    state: RosterState
    reason_zh: str
    reason_en: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Roster:
    """The items by region and rank; `digest` is over them and says whether two rosters are the same."""

    items: tuple[RosterItem, ...]
    digest: str


def compute(lists: Sequence[SealedList], standings: Mapping[str, Standing]) -> Roster:
    """The roster of these lists; their order does not matter."""
    items: list[RosterItem] = []
    for sealed in sorted(lists, key=lambda each: each.region):
        places = 0
        for item in sorted(sealed.items, key=lambda each: each.rank):
            standing = standings.get(item.entry_id)
            state, zh, en = _state(item, standing, places, sealed.quota)
            places += state in (RosterState.INCLUDED, RosterState.HELD)
            track = item.national_track or (standing.national_track if standing else None)
            items.append(RosterItem(sealed.region, item.rank, item.entry_id, track, state, zh, en, sealed.receipt))
    content = orjson.dumps([asdict(item) for item in items], option=orjson.OPT_SORT_KEYS)
    return Roster(tuple(items), hashlib.sha256(content).hexdigest())


def _state(item: ListItem, standing: Standing | None, places: int, quota: Quota) -> tuple[RosterState, str, str]:
    if standing is None or standing.status is not EntryStatus.ACTIVE:
        return RosterState.EXCLUDED, "项目已撤回、未晋级或不存在", "withdrawn, eliminated or gone"
    for case, status, kept in standing.cases:
        if status is CaseStatus.CONFIRMED and kept != item.entry_id:
            # Which entry stays is not said: it may be another region's, and the reason is shown to this one.
            zh = f"查重案件 {case} 已确认，保留的是另一项目"
            return RosterState.EXCLUDED, zh, f"case {case} is confirmed and keeps another entry"
    if places >= quota.total:
        return (
            RosterState.ALTERNATE,
            f"名额 {quota.total} 已满，依次递补",
            f"the quota of {quota.total} is full; next in order",
        )
    for case, status, _ in standing.cases:
        if status is CaseStatus.OPEN:
            return RosterState.HELD, f"查重案件 {case} 未裁定", f"case {case} is open"
    return (
        RosterState.INCLUDED,
        f"名额 {quota.total} 之内（{quota.reason_zh}）",
        f"within the quota of {quota.total} ({quota.reason_en})",
    )


def current(session: Session) -> Roster:
    """The roster as the database stands."""
    counted = ListStore(session, EVERYTHING).counted()
    lists = [
        SealedList(code, counted[code].receipt, tuple(items_of(counted[code])), quota_of(rules.selection))
        for rules in all_rules(session)
        if (code := rules.issuer.code) in counted and rules.issuer.lower is None
    ]
    ids = [item.entry_id for sealed in lists for item in sealed.items]
    entries = EntryBrowser(session, EVERYTHING).by_ids(ids)
    cases = CaseStore(session, EVERYTHING).of_entries(ids)
    standings = {
        identifier: Standing(
            EntryStatus(row.status),
            row.national_track,
            tuple((case.id, CaseStatus(case.status), case.kept_entry_id) for case in cases.get(identifier, ())),
        )
        for identifier, row in entries.items()
    }
    return compute(lists, standings)
