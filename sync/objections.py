"""Objections to what is laid open: by real name, with grounds and evidence, within the window; and what they change.

Who objects is kept for the organiser alone, and how to reach them until the objection is decided. Telephone and identity
numbers are not taken at all: an address of electronic mail or an office is enough. Nothing of the objector is on record,
in a log or in a problem.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from schema.audit import AuditAction
from schema.errors import Problem, RequestError, reason_missing
from schema.identity import scrub
from schema.provenance import CHINA
from schema.publicity import ObjectionStatus
from schema.roster import RosterAct
from sync.audit import record
from sync.database import Database, Session
from sync.publicity import Window, window
from sync.repository.publicity import PublicityStore
from sync.roster.decisions import say
from sync.roster.inputs import Decision
from sync.roster.versions import Author, in_time
from sync.scope import EVERYTHING
from sync.tables import ObjectionRow

MOST_WAITING: Final = 500  # undecided objections of one window; whoever floods it is stopped there
_LONGEST: Final = {"objector": 60, "contact": 120, "grounds": 4000}
_MOST_EVIDENCE: Final = 20
_NAMELESS = re.compile(r"匿名|佚名|无名|某某|群众|网友|anonymous|n/?a", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d\s\-()（）]{5,}\d")


@dataclass(frozen=True, slots=True)
class Filing:
    """What somebody hands in. `rank` names the item by its place in the window; `evidence` are links or descriptions."""

    window: str
    rank: int
    objector: str
    contact: str
    grounds: str
    evidence: tuple[str, ...]


def file(database: Database, filing: Filing, *, filed_by: str, now: datetime) -> ObjectionRow:
    """Take an objection in; RequestError with every reason why not. `filed_by` is "public" or who entered a letter."""
    with database.write() as session:
        in_time(session, now)
        store = PublicityStore(session, EVERYTHING)
        found = window(session, filing.window)
        item = next((each for each in found.row.names if each["rank"] == filing.rank), None) if found else None
        problems = [*_said_wrong(filing), *_out_of_place(store, found, filing, now, listed=item is not None)]
        if found is None or item is None or problems:
            raise RequestError(problems)
        row = ObjectionRow(
            id="Y" + secrets.token_hex(6).upper(), window_id=found.row.id, entry_id=item["entry"],
            objector=filing.objector.strip(), contact=filing.contact.strip(), grounds=scrub(filing.grounds.strip()),
            evidence=[scrub(each.strip()) for each in filing.evidence], filed_at=now, filed_by=filed_by,
            status=ObjectionStatus.RECEIVED, reason="",
        )  # fmt: skip
        store.add(row)
        change = {"window": row.window_id, "entry": row.entry_id}
        record(
            session, actor=filed_by, action=AuditAction.OBJECTION_FILED, subject=row.id, change=change, at=now
        )  # fmt: skip
    return row


def decide(database: Database, objection: str, status: ObjectionStatus, author: Author) -> ObjectionRow:
    """Uphold an objection, which excludes the entry and lets the next alternate move up, or reject it; once."""
    with database.write() as session:
        now = in_time(session, author.at)
        row = PublicityStore(session, EVERYTHING).objection(objection)
        problems = [] if author.reason.strip() else [reason_missing()]
        problems += _undecidable(row, objection, status)
        if row is None or problems:
            raise RequestError(problems)
        row.status, row.decided_at, row.decided_by, row.reason = status, now, author.name, author.reason.strip()
        row.contact = None
        record(
            session, actor=author.name, action=AuditAction.OBJECTION_DECIDED, subject=row.id, reason=author.reason,
            change={"status": status.value, "entry": row.entry_id}, at=now,
        )  # fmt: skip
        if status is ObjectionStatus.UPHELD:
            _exclude(session, row, author)
    return row


def _exclude(session: Session, row: ObjectionRow, author: Author) -> None:
    say(session, [Decision(row.entry_id, RosterAct.EXCLUDE, author.reason.strip(), row.id)], author)


def _undecidable(row: ObjectionRow | None, objection: str, status: ObjectionStatus) -> list[Problem]:
    if row is None:
        return [
            Problem(
                "OBJECTION_UNKNOWN", "id", "没有这件异议", "there is no such objection", objection,
                "在 objections 中查看编号", "see objections for ids",
            )
        ]  # fmt: skip
    problems = []
    if row.status != ObjectionStatus.RECEIVED:
        problems.append(
            Problem(
                "OBJECTION_DECIDED", "id", f"{row.decided_by} 已处理：{row.status}", f"{row.decided_by} decided it: {row.status}",
                objection, "不再重复处理；名册的变更用 roster decide", "it is decided once; change the roster by roster decide",
            )
        )  # fmt: skip
    if status is ObjectionStatus.RECEIVED:
        problems.append(
            Problem(
                "DECISION_INVALID", "decision", "须为成立或不成立", "decide UPHELD or REJECTED", status,
                "填写 UPHELD 或 REJECTED", "give UPHELD or REJECTED",
            )
        )  # fmt: skip
    return problems


def _said_wrong(filing: Filing) -> list[Problem]:
    """What is wrong with the words; none of them is repeated."""
    problems = []
    for name, longest in _LONGEST.items():
        value = getattr(filing, name).strip()
        if not value or len(value) > longest:
            problems.append(
                Problem(
                    "OBJECTION_INCOMPLETE", name, f"必填，至多 {longest} 字", f"is needed, with at most {longest} characters",
                    remedy_zh="补全后重新提交", remedy_en="complete it and hand it in again",
                )
            )  # fmt: skip
    if _NAMELESS.search(filing.objector) or _NUMBER.search(filing.objector):
        problems.append(
            Problem(
                "OBJECTION_NAMELESS", "objector", "实行实名制，匿名异议无效", "objections are by real name; nameless ones are void",
                remedy_zh="填写真实姓名或单位全称", remedy_en="give your real name or your organisation's",
            )
        )  # fmt: skip
    if _NUMBER.search(filing.contact):
        problems.append(
            Problem(
                "CONTACT_PERSONAL", "contact", "请勿填写电话或证件号码", "give no telephone or identity number",
                remedy_zh="填写电子邮箱或单位地址", remedy_en="give an e-mail address or an office",
            )
        )  # fmt: skip
    evidence = [each.strip() for each in filing.evidence]
    if not 0 < len(evidence) <= _MOST_EVIDENCE or not all(evidence) or any(len(each) > 1000 for each in evidence):
        problems.append(
            Problem(
                "EVIDENCE_MISSING", "evidence", f"须附证据，1 至 {_MOST_EVIDENCE} 项，每项至多 1000 字",
                f"evidence is needed: 1 to {_MOST_EVIDENCE} items of at most 1000 characters",
                remedy_zh="写明证据内容或链接", remedy_en="describe it or link to it",
            )
        )  # fmt: skip
    return problems


def _out_of_place(
    store: PublicityStore, found: Window | None, filing: Filing, now: datetime, *, listed: bool
) -> list[Problem]:
    if found is None:
        return [
            Problem(
                "PUBLICITY_UNKNOWN", "window", "没有这次公示", "there is no such publicity", filing.window[:40],
                "在公示页面查看编号", "see the page of publicity for its number",
            )
        ]  # fmt: skip
    problems, row = [], found.row
    if found.stopped_at is not None:
        problems.append(
            Problem(
                "PUBLICITY_STOPPED", "window", "该名单已不再有效，公示中止", "this list does not count any more: its publicity was stopped",
                row.id, "对新版本名单的公示提出异议", "object to the list that is laid open in its place",
            )
        )  # fmt: skip
    elif not found.is_open(now):
        until = f"{row.closes_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        problems.append(
            Problem(
                "OBJECTION_LATE", "window", f"公示已于 {until} 结束", f"this publicity was over at {until}", row.id,
                "期满后的问题请向组委会监督渠道反映", "tell the organiser by the ways for complaints",
            )
        )  # fmt: skip
    if not listed:
        problems.append(
            Problem(
                "ITEM_UNKNOWN", "rank", "公示名单中没有这个名次", "nothing stands at this rank", str(filing.rank),
                "核对公示页面上的名次", "check the rank on the page",
            )
        )  # fmt: skip
    if store.undecided(row.id) >= MOST_WAITING:
        problems.append(
            Problem(
                "OBJECTIONS_FULL", "window", "待处理的异议过多", "too many objections wait", row.id,
                "稍后再试，或书面提交组委会", "try later, or write to the organiser",
            )
        )  # fmt: skip
    return problems
