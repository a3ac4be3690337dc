"""Publicity (公示): a list's names laid open for so many days, the same from the first moment to the last.

A window opens by the list's act PUBLISH, in its transaction; CONFIRM and the freezing of the roster wait for its end. It
stops early where its list ceases to count: what was returned or withdrawn is no more laid open to anybody, and the version
that comes in its place has a window of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema.audit import AuditAction
from schema.canonical import canonical, digest
from schema.errors import Problem
from schema.provenance import CHINA
from schema.publicity import DayKind
from schema.quotas import default_selection
from schema.selection import Days
from sync.audit import record
from sync.database import Session
from sync.lists.items import items_of
from sync.lists.rules import Issuer, issuers, rules_of
from sync.repository.browse import EntryBrowser
from sync.repository.publicity import PublicityStore
from sync.scope import EVERYTHING
from sync.tables import ListRow, PublicityRow
from sync.working_days import end_of_period


@dataclass(frozen=True, slots=True)
class Window:
    """A window as it stands now; `stopped_at` is when its list ceased to count, None where it still does."""

    row: PublicityRow
    stopped_at: datetime | None

    @property
    def issuer_name(self) -> str:
        """Whose list it is: a region's, or that of a body below one, by both names."""
        code = self.row.receipt.split("-")[1]
        names = [issuers()[each].name for each in dict.fromkeys((self.row.region, code)) if each in issuers()]
        return "".join(names)

    def is_open(self, now: datetime) -> bool:
        """Whether somebody may object at this moment."""
        return self.stopped_at is None and self.row.opened_at <= now < self.row.closes_at

    @property
    def shown(self) -> Sequence[Mapping[str, Any]]:
        """The names that everybody may read: none once it was stopped."""
        return () if self.stopped_at else self.row.names


def windows(session: Session, first: int = 1000) -> list[Window]:
    """Windows, newest first."""
    return standing(session, PublicityStore(session, EVERYTHING).windows(first))


def window(session: Session, identifier: str) -> Window | None:
    """One window; None where there is none."""
    row = PublicityStore(session, EVERYTHING).window(identifier)
    return standing(session, [row])[0] if row else None


def standing(session: Session, rows: Sequence[PublicityRow]) -> list[Window]:
    """The windows of these rows, each with when its list ceased to count, if it did."""
    stopped = PublicityStore(session, EVERYTHING).gave_way([row.receipt for row in rows])
    return [Window(row, stopped.get(row.receipt)) for row in rows]


def open_window(
    session: Session, row: ListRow, *, author: str, now: datetime, until: datetime | None = None
) -> PublicityRow:
    """Lay a list open. Without `until` it closes by the issuer's rule; RequestError where that cannot be said."""
    names = _names(session, row)
    closes_at, rule_zh, rule_en = until, "组委会指定", "set by the organiser"
    if closes_at is None:
        rule = _rule(session, issuers()[row.issuer])
        closes_at = end_of_period(now, rule.days or 0, rule.kind)
        rule_zh = f"{rule.days} {'天' if rule.kind is DayKind.CALENDAR else '个工作日'}，{rule.zh}"
        rule_en = f"{rule.days} {rule.kind.lower()} days, {rule.en}"
    made = PublicityRow(
        id=f"GS-{row.issuer}-{row.version:03d}", receipt=row.receipt, region=row.region, names=names,
        digest=digest(canonical(names)), opened_at=now, opened_by=author, closes_at=closes_at, rule_zh=rule_zh,
        rule_en=rule_en,
    )  # fmt: skip
    PublicityStore(session, EVERYTHING).open_window(made)
    change = {"receipt": row.receipt, "closes": made.closes_at.isoformat(), "digest": made.digest}
    record(
        session, actor=author, action=AuditAction.PUBLICITY_OPENED, subject=made.id, reason=made.rule_zh, change=change,
        at=now,
    )  # fmt: skip
    return made


def unsettled(session: Session, lists: Mapping[str, str], now: datetime) -> list[Problem]:
    """Why the publicity of these lists (issuers by receipt) is not behind them: not laid open, not over, or with
    objections that wait, also against a version that gave way to this one or a list from below: what was said of an entry
    is not settled by handing it in once more, or further up.
    """
    store = PublicityStore(session, EVERYTHING)
    opened, waiting = store.of_lists(list(lists)), store.waiting()
    problems = []
    for receipt, issuer in lists.items():
        row = opened.get(receipt)
        if row is None:
            problems.append(
                Problem(
                    "PUBLICITY_MISSING", issuer, "名单尚未公示", "this list was not laid open", receipt,
                    "先公示该名单（lists act … PUBLISH）", "publish it first (lists act … PUBLISH)",
                )
            )  # fmt: skip
            continue
        if now < row.closes_at:
            until = f"{row.closes_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
            problems.append(
                Problem(
                    "PUBLICITY_RUNNING", issuer, f"公示至 {until}", f"laid open until {until}", row.id,
                    "公示期满后再操作", "wait until it is over",
                )
            )  # fmt: skip
        if number := sum(many for code, many in waiting.items() if code.startswith(issuer)):
            problems.append(
                Problem(
                    "OBJECTIONS_WAIT", issuer, f"有 {number} 件异议未处理", f"{number} objections wait", row.id,
                    "先处理异议（publicity decide）", "decide them first (publicity decide)",
                )
            )  # fmt: skip
    return problems


def _rule(session: Session, issuer: Issuer) -> Days:
    """The issuer's own rule, or what holds where nobody says how long."""
    own, default = rules_of(session, issuer).selection.publicity_of_list, default_selection().publicity_of_list
    rule = own or default
    if rule is None or rule.days is None:
        raise ValueError("the rules always say for how long a list is laid open, if only by default")
    return rule


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
