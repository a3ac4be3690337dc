"""Recommended lists: one validation for dry run and push, all problems of all rows at once, sealed whole or not at all."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from adapters.registry import regions
from schema.catalogue import national_tracks
from schema.errors import Problem
from schema.vocabulary import CaseStatus, EntryStatus, TrackMatch
from sync.database import Database
from sync.repository.browse import EntryBrowser
from sync.repository.cases import CaseStore
from sync.repository.lists import ListStore
from sync.scope import EVERYTHING, Scope
from sync.tables import CaseRow, EntryRow, ListRow

MOST_ITEMS = 1000


@dataclass(frozen=True, slots=True)
class ListItem:
    """One row of a list: rank from 1, the entry's id, and the national track the province declares, if it does."""

    rank: int
    entry_id: str
    national_track: str | None = None


@dataclass(frozen=True, slots=True)
class ListOutcome:
    """What came of a list. `sealed` is None on a dry run and where there are problems; warnings stop nothing."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    sealed: ListRow | None


def validate(
    items: Sequence[ListItem], entries: Mapping[str, EntryRow], cases: Mapping[str, Sequence[CaseRow]]
) -> tuple[list[Problem], list[Problem]]:
    """Problems and warnings of a list. `entries` holds those of the list's own region only; pure."""
    if not items:
        return [
            _problem("LIST_EMPTY", "items", None, "名单为空", "the list is empty", "至少推荐一个项目", "add an entry")
        ], []
    if len(items) > MOST_ITEMS:
        text = f"at most {MOST_ITEMS} items"
        return [
            _problem("LIST_TOO_LONG", "items", str(len(items)), f"名单超过 {MOST_ITEMS} 行", text, "请拆分", "split it")
        ], []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    ranks, named = Counter(item.rank for item in items), Counter(item.entry_id for item in items)
    for number, item in enumerate(items, start=1):
        row = f"第 {number} 行 row {number}"
        if ranks[item.rank] > 1 or not 1 <= item.rank <= len(items):
            problems.append(
                _problem("RANK_INVALID", f"{row}: rank", str(item.rank), "名次重复、为零或有间断", "ranks must be 1, 2, 3 … once each",
                         f"名次应为 1 至 {len(items)}，各用一次", f"use 1 to {len(items)}, once each")
            )  # fmt: skip
        if named[item.entry_id] > 1:
            problems.append(
                _problem("ENTRY_REPEATED", f"{row}: entryId", item.entry_id, "同一项目出现多次", "this entry stands more than once",
                         "只保留一行", "keep one row")
            )  # fmt: skip
        entry = entries.get(item.entry_id)
        if entry is None:
            problems.append(
                _problem("ENTRY_UNKNOWN", f"{row}: entryId", item.entry_id, "本省没有这个项目", "your region has no such entry",
                         "核对项目编号（形如 41:HA2025000123），或先等待拉取", "check the id, or wait for the next pull")
            )  # fmt: skip
            continue
        found, noted = _entry_findings(row, item, entry, cases.get(entry.id, ()))
        problems += found
        warnings += noted
    return problems, warnings


def _entry_findings(
    row: str, item: ListItem, entry: EntryRow, cases: Sequence[CaseRow]
) -> tuple[list[Problem], list[Problem]]:
    problems: list[Problem] = []
    warnings: list[Problem] = []
    if entry.status != EntryStatus.ACTIVE:
        problems.append(
            _problem("ENTRY_NOT_ACTIVE", f"{row}: entryId", entry.status, "项目已撤回或未晋级", "withdrawn or eliminated",
                     "从名单中去掉，或请省平台更正状态", "take it off, or have its status mended")
        )  # fmt: skip
    problems += _track_problems(row, item, entry)
    if item.national_track and entry.national_track and item.national_track != entry.national_track:
        warnings.append(
            _problem("TRACK_DIFFERS", f"{row}: nationalTrack", item.national_track,
                     f"申报的国家赛道与对照表建议（{entry.national_track}）不同", f"differs from the proposal {entry.national_track}",
                     "确认无误可忽略", "ignore if this is meant")
        )  # fmt: skip
    for case in cases:
        if case.status == CaseStatus.CONFIRMED and case.kept_entry_id != entry.id:
            problems.append(
                _problem("DUPLICATE_CONFIRMED", f"{row}: entryId", case.id, "已确认重复，保留的是另一项目",
                         "confirmed as a duplicate; another entry was kept", "从名单中去掉", "take it off")
            )  # fmt: skip
        elif case.status == CaseStatus.OPEN:
            warnings.append(
                _problem("DUPLICATE_OPEN", f"{row}: entryId", case.id, "有未裁定的查重案件，裁定前在总决赛名册中挂起",
                         "an open duplicate case holds it on the roster", "等待裁定", "wait for the decision")
            )  # fmt: skip
    return problems, warnings


def _track_problems(row: str, item: ListItem, entry: EntryRow) -> list[Problem]:
    known = {track.id: track.name for track in national_tracks()}
    if item.national_track is not None and item.national_track not in known:
        return [
            _problem("TRACK_UNKNOWN", f"{row}: nationalTrack", item.national_track, "没有这个国家赛道", "no such national track",
                     "可用：" + "、".join(f"{k} {v}" for k, v in known.items()), "one of " + ", ".join(known))
        ]  # fmt: skip
    if item.national_track is None and entry.match in (TrackMatch.AMBIGUOUS, TrackMatch.NONE):
        return [
            _problem("TRACK_MISSING", f"{row}: nationalTrack", entry.topic_id, "该赛题对应多个或没有国家赛道，须申报其一",
                     "its topic leads to several national tracks or none: declare one", "填写国家赛道，如 N01", "give one, as N01")
        ]  # fmt: skip
    return []


def _problem(code: str, place: str, value: str | None, zh: str, en: str, remedy_zh: str, remedy_en: str) -> Problem:
    return Problem(code, place, zh, en, value, remedy_zh, remedy_en)


def seal(region: str, version: int, items: Sequence[ListItem], submitted_by: str) -> ListRow:
    """The sealed version: canonical JSON (sorted keys, no spaces, UTF-8), its SHA-256, and a receipt number."""
    content = orjson.dumps(
        {
            "region": region,
            "version": version,
            "items": [
                {"rank": item.rank, "entryId": item.entry_id, "nationalTrack": item.national_track}
                for item in sorted(items, key=lambda item: item.rank)
            ],
        },
        option=orjson.OPT_SORT_KEYS,
    )
    digest = hashlib.sha256(content).hexdigest()
    return ListRow(
        receipt=f"TJ-{region}-{version:03d}-{digest[:8].upper()}",
        region=region,
        version=version,
        digest=digest,
        content=content.decode(),
        submitted_by=submitted_by,
        submitted_at=datetime.now(UTC),
    )


def items_of(row: ListRow) -> list[ListItem]:
    """The items of a sealed version, by rank."""
    return [
        ListItem(item["rank"], item["entryId"], item["nationalTrack"]) for item in orjson.loads(row.content)["items"]
    ]


def submit(
    database: Database, region: str, items: Sequence[ListItem], submitted_by: str, *, dry_run: bool
) -> ListOutcome:
    """Validate a region's list and, unless it is a dry run or has problems, seal it as the region's next version."""
    if region not in regions():
        unknown = _problem("REGION_UNKNOWN", "region", region, "未接入的地区", "not a connected region", "", "")
        return ListOutcome((unknown,), (), None)
    with database.write() as session:
        wanted = list({item.entry_id for item in items})[:MOST_ITEMS]
        entries = EntryBrowser(session, Scope(region)).by_ids(wanted)
        cases = CaseStore(session, EVERYTHING).of_entries(list(entries))
        problems, warnings = validate(items, entries, cases)
        if problems or dry_run:
            return ListOutcome(tuple(problems), tuple(warnings), None)
        store = ListStore(session, Scope(region))
        row = seal(region, store.next_version(region), items, submitted_by)
        store.add(row)
    return ListOutcome((), tuple(warnings), row)
