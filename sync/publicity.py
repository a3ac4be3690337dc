"""Publicity (公示): a list's names laid open for so many days, the same from the first moment to the last."""

from collections.abc import Mapping
from datetime import datetime

from adapters.registry import regions
from schema.audit import AuditAction
from schema.canonical import canonical, digest
from schema.errors import Problem, RequestError
from schema.provenance import CHINA
from schema.publicity import DayKind, PublicityRule, default_publicity
from sync.audit import record
from sync.database import Database, Session
from sync.lists import items_of
from sync.punctuality import believed
from sync.repository.browse import EntryBrowser
from sync.repository.lists import ListStore
from sync.repository.publicity import PublicityStore
from sync.scope import EVERYTHING
from sync.tables import ListRow, PublicityRow
from sync.working_days import end_of_period


def rule_of(region: str) -> PublicityRule:
    """The region's own rule, or what holds where its notice prints none."""
    return regions()[region].catalogue.facts.publicity or default_publicity()


def open_window(
    database: Database, receipt: str, *, author: str, now: datetime, until: datetime | None = None
) -> PublicityRow:
    """Lay a region's list open; RequestError with every reason why not. Without `until` it closes by the region's rule."""
    with database.write() as session:
        believed(session, now)
        row = next((each for each in ListStore(session, EVERYTHING).newest().values() if each.receipt == receipt), None)
        problems = _faults(session, row, receipt, now, until)
        if row is None or problems:
            raise RequestError(problems)
        rule = rule_of(row.region)
        names = _names(session, row)
        made = PublicityRow(
            id=f"GS-{row.region}-{row.version:03d}", receipt=receipt, region=row.region, names=names,
            digest=digest(canonical(names)), opened_at=now, opened_by=author,
            closes_at=until or end_of_period(now, rule.days, rule.kind),
            rule_zh="组委会指定" if until else f"{rule.days} {'天' if rule.kind is DayKind.CALENDAR else '个工作日'}，{rule.zh}",
            rule_en="set by the organiser" if until else f"{rule.days} {rule.kind.lower()} days, {rule.en}",
        )  # fmt: skip
        PublicityStore(session, EVERYTHING).open_window(made)
        change = {"receipt": receipt, "closes": made.closes_at.isoformat(), "digest": made.digest}
        record(
            session, actor=author, action=AuditAction.PUBLICITY_OPENED, subject=made.id, reason=made.rule_zh,
            change=change, at=now,
        )  # fmt: skip
    return made


def unsettled(session: Session, lists: Mapping[str, str], now: datetime) -> list[Problem]:
    """Why the publicity of these lists (regions by receipt) does not let the roster be closed: not laid open, not over, or
    with objections that wait.
    """
    store = PublicityStore(session, EVERYTHING)
    windows = store.of_lists(list(lists))
    problems = []
    for receipt, region in lists.items():
        window = windows.get(receipt)
        if window is None:
            problems.append(
                Problem(
                    "PUBLICITY_MISSING", region, "名单尚未公示", "this list was not laid open", receipt,
                    "先开始公示（publicity open）", "open its publicity first (publicity open)",
                )
            )  # fmt: skip
            continue
        if now < window.closes_at:
            until = f"{window.closes_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
            problems.append(
                Problem(
                    "PUBLICITY_RUNNING", region, f"公示至 {until}", f"laid open until {until}", window.id,
                    "公示期满后再操作", "wait until it is over",
                )
            )  # fmt: skip
        waiting = store.undecided(window.id)
        if waiting:
            problems.append(
                Problem(
                    "OBJECTIONS_WAIT", region, f"有 {waiting} 件异议未处理", f"{waiting} objections wait", window.id,
                    "先处理异议（publicity decide）", "decide them first (publicity decide)",
                )
            )  # fmt: skip
    return problems


def _faults(
    session: Session, row: ListRow | None, receipt: str, now: datetime, until: datetime | None
) -> list[Problem]:
    if row is None:
        return [
            Problem(
                "LIST_UNKNOWN", "receipt", "没有这份现行名单", "no list that counts has this receipt", receipt,
                "在 recommendationLists 中查看回执号", "see recommendationLists for receipts",
            )
        ]  # fmt: skip
    problems = []
    if PublicityStore(session, EVERYTHING).of_lists([receipt]):
        problems.append(
            Problem(
                "PUBLICITY_REPEATED", "receipt", "该名单已公示过", "this list was laid open already", receipt,
                "更换名单须有新版本", "a changed list has a new version and receipt",
            )
        )  # fmt: skip
    if until is not None and until <= now:
        problems.append(
            Problem(
                "PUBLICITY_PAST", "until", "截止时间须在将来", "it must close in the future", until.isoformat(),
                "填写将来的时间", "give a time to come",
            )
        )  # fmt: skip
    return problems


def _names(session: Session, row: ListRow) -> list[dict[str, int | str | None]]:
    """What the public sees of a list: title, lead organisation and track; no person, no id."""
    items = items_of(row)
    browser, ids = EntryBrowser(session, EVERYTHING), [item.entry_id for item in items]
    entries, units = browser.by_ids(ids), browser.organisations(ids)
    return [
        {
            "rank": item.rank,
            "entry": item.entry_id,
            "title": entries[item.entry_id].title if item.entry_id in entries else "",
            "organisation": next((each.name for each in units.get(item.entry_id, ()) if each.is_lead), ""),
            "track": item.national_track
            or (entries[item.entry_id].national_track if item.entry_id in entries else None),
        }
        for item in items
    ]
