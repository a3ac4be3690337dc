"""Decisions of clerks on duplicate cases: who decided what and why, with the evidence that lay before them; on record, and
the roster follows in the same transaction.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from schema.audit import AuditAction
from schema.canonical import Json
from schema.errors import Problem, RequestError, reason_missing
from schema.vocabulary import CaseStatus
from sync.audit import record
from sync.database import Database
from sync.repository.cases import CaseStore
from sync.roster import Author, follow
from sync.scope import Scope
from sync.tables import CaseRow, DecisionRow


def decide(
    database: Database,
    scope: Scope,
    *,
    case: str,
    status: CaseStatus,
    reason: str,
    author: str,
    kept_entry: str | None = None,
) -> CaseRow:
    """Record a decision with author and reason. A confirmed duplicate names the entry that stays."""
    with database.write() as session:
        store = CaseStore(session, scope)
        row = store.case(case)
        entries = [] if row is None else [entry.entry_id for entry in store.entries([case])[case]]
        problems = _decision_problems(row, entries, status, reason, kept_entry)
        if row is None or problems:
            raise RequestError(problems)
        now = datetime.now(UTC)
        store.decide(
            row,
            DecisionRow(
                case_id=case,
                status=status,
                kept_entry_id=kept_entry,
                reason=reason.strip(),
                author=author,
                decided_at=now,
                kind=row.kind,
                entries=entries,
                evidence=row.evidence,
            ),
        )
        change: dict[str, Json] = {"status": status, "kept": kept_entry, "entries": entries}
        record(
            session, actor=author, action=AuditAction.CASE_DECIDED, subject=case, reason=reason, change=change, at=now
        )
        follow(session, Author(author, reason, now))
        return row


def _decision_problems(
    row: CaseRow | None, entries: Sequence[str], status: CaseStatus, reason: str, kept_entry: str | None
) -> list[Problem]:
    if row is None:
        return [
            Problem(
                "CASE_UNKNOWN", "caseId", "没有这个查重案件", "there is no such case", None,
                "用 duplicateCases 查看案件", "see duplicateCases",
            )
        ]  # fmt: skip
    problems = []
    if status is CaseStatus.OPEN:
        problems.append(
            Problem(
                "DECISION_INVALID", "decision", "不能裁定为未决", "a decision does not leave a case open", status,
                "裁定为 CONFIRMED 或 DISMISSED", "decide CONFIRMED or DISMISSED",
            )
        )  # fmt: skip
    if not reason.strip():
        problems.append(reason_missing())
    if status is CaseStatus.CONFIRMED and kept_entry not in entries:
        problems.append(
            Problem(
                "KEPT_ENTRY_INVALID",
                "keepEntryId",
                value=kept_entry,
                zh="确认重复时须指明保留案件中的哪一个项目",
                en="a confirmed duplicate names which of its entries stays",
                remedy_zh="可选：" + "、".join(entries),
                remedy_en="choose one of " + ", ".join(entries),
            )
        )
    if status is CaseStatus.DISMISSED and kept_entry is not None:
        problems.append(
            Problem(
                "KEPT_ENTRY_INVALID", "keepEntryId", "排除重复时不指定保留项目", "nothing is kept on dismissal", kept_entry,
                "去掉 keepEntryId，或改为确认", "leave keepEntryId out, or confirm",
            )
        )  # fmt: skip
    return problems
