"""The organiser's decision that an entry passes a clause all the same: only where the notice's own words leave room.

A waiver ends by itself, by revocation, or when the clause is worded anew. It is laid over judgements when they are read, so
nothing that is stored turns false with time.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from schema.audit import AuditAction
from schema.clauses import Clause
from schema.eligibility import Judgement, status_of
from schema.errors import Problem, RequestError, reason_missing
from schema.vocabulary import EligibilityStatus
from sync.audit import record
from sync.database import Database, Session
from sync.eligibility import judged
from sync.entry_facts import region_facts
from sync.punctuality import implausible
from sync.repository.eligibility import EligibilityStore
from sync.repository.waivers import WaiverStore
from sync.scope import EVERYTHING
from sync.tables import WaiverRow


def holds(row: WaiverRow, now: datetime) -> bool:
    """Whether a waiver counts at this moment."""
    return row.revoked_at is None and row.expires_at > now


def standing(judgements: Iterable[Judgement], waivers: Iterable[WaiverRow], now: datetime) -> EligibilityStatus:
    """An entry's standing with the waivers that hold for the clauses as they were worded when it was judged."""
    kept = list(judgements)
    versions = {one.clause_id: one.clause_version for one in kept}
    waived = {row.clause_id for row in waivers if holds(row, now) and versions.get(row.clause_id) == row.clause_version}
    return status_of(kept, frozenset(waived))


def waived_standings(session: Session, now: datetime) -> dict[str, str]:
    """The standing of every entry for which a waiver holds."""
    by_entry: Mapping[str, list[WaiverRow]] = defaultdict(list)
    for row in WaiverStore(session, EVERYTHING).holding(now):
        by_entry[row.entry_id].append(row)
    return {
        entry: standing(judgements, by_entry[entry], now).value
        for entry, judgements in judged(session, sorted(by_entry)).items()
    }


def waive(
    database: Database, *, clause: str, entry: str, reason: str, expires_at: datetime, author: str, now: datetime
) -> WaiverRow:
    """Grant a waiver; RequestError with every reason why not."""
    with database.write() as session:
        known = bool(EligibilityStore(session).entries([entry]))
        found = _clause(entry, clause) if known else None
        problems = _problems(known=known, entry=entry, clause_id=clause, clause=found, reason=reason)
        problems += implausible("expiresAt", expires_at)
        if expires_at <= now:
            problems.append(
                Problem(
                    "EXPIRY_PAST", "expiresAt", "豁免期限须在将来", "a waiver must end in the future",
                    expires_at.isoformat(), "填写将来的时间，如大赛结束日", "give a time to come, such as the contest's end",
                )
            )  # fmt: skip
        if problems or found is None:
            raise RequestError(problems)
        row = WaiverRow(
            id="W" + secrets.token_hex(6).upper(), entry_id=entry, clause_id=clause, clause_version=found.version,
            reason=reason.strip(), author=author, granted_at=now, expires_at=expires_at,
        )  # fmt: skip
        WaiverStore(session, EVERYTHING).save(row)
        change = {"entry": entry, "clause": clause, "expires": expires_at.isoformat()}
        record(
            session, actor=author, action=AuditAction.WAIVER_GRANTED, subject=row.id, reason=reason, change=change, at=now
        )  # fmt: skip
    return row


def revoke(database: Database, *, waiver: str, reason: str, author: str, now: datetime) -> WaiverRow:
    """End a waiver before its time; it stays on record."""
    with database.write() as session:
        store = WaiverStore(session, EVERYTHING)
        row = store.get(waiver)
        problems = [] if reason.strip() else [reason_missing()]
        if row is None or row.revoked_at is not None:
            problems.append(
                Problem(
                    "WAIVER_UNKNOWN", "id", "没有这项有效豁免", "there is no such waiver, or it was revoked", waiver,
                    "在 waivers 中查看编号", "see waivers for ids",
                )
            )  # fmt: skip
        if row is None or problems:
            raise RequestError(problems)
        row.revoked_at, row.revoked_by, row.revoke_reason = now, author, reason.strip()
        store.save(row)
        change = {"entry": row.entry_id, "clause": row.clause_id}
        record(
            session, actor=author, action=AuditAction.WAIVER_REVOKED, subject=waiver, reason=reason, change=change, at=now
        )  # fmt: skip
    return row


def _clause(entry: str, identifier: str) -> Clause | None:
    return next((each for each in region_facts(entry[:2]).law.clauses if each.id == identifier), None)


def _problems(*, known: bool, entry: str, clause_id: str, clause: Clause | None, reason: str) -> list[Problem]:
    problems = [] if reason.strip() else [reason_missing()]
    if not known:
        return [
            *problems,
            Problem(
                "ENTRY_UNKNOWN", "entry", "没有这个项目", "there is no such entry", entry,
                "核对项目编号（形如 41:HA2025000123）", "check the id",
            ),
        ]  # fmt: skip
    if clause is None:
        problems.append(
            Problem(
                "CLAUSE_UNKNOWN", "clause", "该项目所在赛区没有这条可由系统判定的条款", "no machine clause of the entry's region",
                clause_id, "用 dexhub clauses 查看条款编号", "see dexhub clauses for ids",
            )
        )  # fmt: skip
    elif not clause.waivable:
        problems.append(
            Problem(
                "CLAUSE_NOT_WAIVABLE", "clause", f"通知原文未留余地：“{clause.text}”", "the notice's words leave no room",
                clause_id, "仅“原则上”“等”之类措辞的条款可豁免", "only clauses with words such as 原则上 or 等 can be waived",
            )
        )  # fmt: skip
    return problems


def by_entry(rows: Sequence[WaiverRow]) -> dict[str, list[WaiverRow]]:
    """Waivers by entry."""
    found: dict[str, list[WaiverRow]] = defaultdict(list)
    for row in rows:
        found[row.entry_id].append(row)
    return found
