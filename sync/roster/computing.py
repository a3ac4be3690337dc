"""The roster: a pure function of its inputs. The same inputs give the same bytes, and every item says why it stands there.

Within a region places are given by rank, and within a national track where a rule counts places by track. What is excluded
takes none, so the next in order moves up; what is held keeps its place, so nobody moves up before it is settled.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import orjson

from schema.canonical import Json, canonical, digest
from schema.quotas import Quota
from schema.roster import RosterAct, RosterReason
from schema.vocabulary import CaseStatus, EntryStatus, RosterState
from sync.roster.inputs import Case, CountedList, Decision, Inputs, ListedItem, Standing

PLACED = (RosterState.INCLUDED, RosterState.HELD)  # what takes a place


@dataclass(frozen=True, slots=True)
class RosterItem:
    """One recommended entry: state, reason, and what it rests on. `receipt`, `version` and `rank` name the row of the list;
    `clauses` are those that bar it or are still open, `cases` those it is part of.
    """

    region: str
    rank: int
    entry_id: str
    national_track: str | None
    state: RosterState
    reason: RosterReason
    reason_zh: str
    reason_en: str
    receipt: str
    version: int
    clauses: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    objection: str | None = None


@dataclass(frozen=True)
class Roster:
    """The items by region and rank; `digest` is over them and says whether two rosters are the same."""

    items: tuple[RosterItem, ...]

    @cached_property
    def content(self) -> bytes:
        """Canonical JSON."""
        names = RosterItem.__dataclass_fields__
        items: list[Json] = [{name: getattr(item, name) for name in names} for item in self.items]
        return canonical({"items": items})

    @cached_property
    def digest(self) -> str:
        """SHA-256 of it."""
        return digest(self.content)

    @classmethod
    def read(cls, content: bytes) -> Self:
        """From canonical JSON."""
        said: list[dict[str, Any]] = orjson.loads(content)["items"]
        many = ("clauses", "waived", "cases")
        return cls(
            tuple(
                RosterItem(
                    **{
                        **each,
                        **{name: tuple(each[name]) for name in many},
                        "state": RosterState(each["state"]),
                        "reason": RosterReason(each["reason"]),
                    }
                )
                for each in said
            )
        )


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What becomes of an item that is not in the way of the quota alone."""

    state: RosterState
    reason: RosterReason
    zh: str
    en: str


def compute(inputs: Inputs) -> Roster:
    """The roster of these inputs."""
    known = {each.entry_id: each for each in inputs.standings}
    words = {each.entry_id: each for each in inputs.decisions}
    cases: dict[str, list[Case]] = defaultdict(list)
    for case in inputs.cases:
        for entry in case.entries:
            cases[entry].append(case)
    circular = contradicting(inputs.cases)
    items: list[RosterItem] = []
    for listed in inputs.lists:
        places: Counter[str | None] = Counter()  # taken, by national track
        for item in listed.items:
            standing, word, own = known.get(item.entry_id), words.get(item.entry_id), cases[item.entry_id]
            track = item.national_track or (standing.national_track if standing else None)
            verdict = (
                _excluded(item, standing, word, own, circular)
                or _beyond(places, track, listed.quota)
                or _held(word, own, contradictory=item.entry_id in circular)
                or _included(listed.quota)
            )
            places[track] += verdict.state in PLACED
            items.append(_item(listed, item, track, verdict, standing, word, own))
    return Roster(tuple(items))


def contradicting(cases: Sequence[Case]) -> frozenset[str]:
    """Entries that confirmed cases drop in a circle, each in favour of another that is dropped as well: whoever decided so
    cannot have meant that all of them go.
    """
    favoured: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        if case.kept is not None:
            for entry in case.dropped:
                favoured[entry].add(case.kept)
    left = set(favoured)
    while settled := {entry for entry in left if favoured[entry].isdisjoint(left)}:
        left -= settled
    return frozenset(left)


def _excluded(
    item: ListedItem,
    standing: Standing | None,
    word: Decision | None,
    cases: Sequence[Case],
    circular: frozenset[str],
) -> _Verdict | None:
    if standing is None or standing.status is not EntryStatus.ACTIVE:
        return _Verdict(
            RosterState.EXCLUDED, RosterReason.ENTRY_GONE, "项目已撤回、未晋级或不存在", "withdrawn, eliminated or gone"
        )
    if word is not None and word.act is RosterAct.EXCLUDE:
        why = f"异议 {word.objection} 成立" if word.objection else "组委会决定"
        return _Verdict(
            RosterState.EXCLUDED, RosterReason.ORGANISER_EXCLUDED, f"{why}：{word.reason}",
            f"{f'objection {word.objection} was upheld' if word.objection else 'the organiser decided'}: {word.reason}",
        )  # fmt: skip
    for case in cases:
        if item.entry_id in case.dropped and item.entry_id not in circular:
            # Which entry stays is not said: it may be another region's, and the reason is shown to this one.
            zh, en = (
                f"查重案件 {case.id} 已确认，保留的是另一项目",
                f"case {case.id} is confirmed and keeps another entry",
            )
            return _Verdict(RosterState.EXCLUDED, RosterReason.DUPLICATE, zh, en)
    if standing.not_met:
        named = "、".join(standing.not_met)
        return _Verdict(
            RosterState.EXCLUDED, RosterReason.CLAUSE_NOT_MET, f"不符合条款 {named}，未获豁免",
            f"does not meet {', '.join(standing.not_met)}, not waived",
        )  # fmt: skip
    return None


def _beyond(places: Counter[str | None], track: str | None, quota: Quota) -> _Verdict | None:
    if places.total() >= quota.total:
        zh, en = f"名额 {quota.total} 已满，依次递补", f"the quota of {quota.total} is full; next in order"
        return _Verdict(RosterState.ALTERNATE, RosterReason.QUOTA_FULL, zh, en)
    if quota.per_track is not None and track is not None and places[track] >= quota.per_track:
        zh = f"国家赛道 {track} 名额 {quota.per_track} 已满，本赛道依次递补"
        en = f"the {quota.per_track} places of track {track} are taken; next of this track in order"
        return _Verdict(RosterState.ALTERNATE, RosterReason.TRACK_FULL, zh, en)
    return None


def _held(word: Decision | None, cases: Sequence[Case], *, contradictory: bool) -> _Verdict | None:
    if contradictory:
        return _Verdict(
            RosterState.HELD, RosterReason.CASES_CONTRADICT, "查重裁定互相矛盾，须重新裁定",
            "decisions on cases contradict each other and must be taken again",
        )  # fmt: skip
    if word is not None:
        return _Verdict(
            RosterState.HELD, RosterReason.ORGANISER_HELD, f"组委会决定：{word.reason}",
            f"the organiser decided: {word.reason}",
        )  # fmt: skip
    for case in cases:
        if case.status not in (CaseStatus.CONFIRMED, CaseStatus.DISMISSED):
            return _Verdict(
                RosterState.HELD, RosterReason.CASE_OPEN, f"查重案件 {case.id} 未裁定", f"case {case.id} is open"
            )
    return None


def _included(quota: Quota) -> _Verdict:
    zh, en = f"名额 {quota.total} 之内（{quota.reason_zh}）", f"within the quota of {quota.total} ({quota.reason_en})"
    return _Verdict(RosterState.INCLUDED, RosterReason.WITHIN_QUOTA, zh, en)


def _item(
    listed: CountedList,
    item: ListedItem,
    track: str | None,
    verdict: _Verdict,
    standing: Standing | None,
    word: Decision | None,
    cases: Sequence[Case],
) -> RosterItem:
    return RosterItem(
        listed.region, item.rank, item.entry_id, track, verdict.state, verdict.reason, verdict.zh, verdict.en,
        listed.receipt, listed.version,
        clauses=(*standing.not_met, *standing.open) if standing else (),
        waived=standing.waived if standing else (),
        cases=tuple(case.id for case in cases),
        objection=word.objection if word else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that stands otherwise in the newer of two rosters; None where it is not in one of them."""

    before: RosterItem | None
    after: RosterItem | None

    @property
    def promoted(self) -> bool:
        """Whether an alternate moved up into a place."""
        return (
            self.before is not None
            and self.after is not None
            and self.before.state is RosterState.ALTERNATE
            and self.after.state in PLACED
        )


def compare(older: Roster, newer: Roster) -> list[ItemChange]:
    """Every difference, in the order of region and rank as the newer has them, then what is gone."""
    before: Mapping[tuple[str, str], RosterItem] = {(each.region, each.entry_id): each for each in older.items}
    after = {(each.region, each.entry_id): each for each in newer.items}
    changes = [ItemChange(before.get(key), each) for key, each in after.items() if before.get(key) != each]
    return changes + [ItemChange(each, None) for key, each in before.items() if key not in after]
