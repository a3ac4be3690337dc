"""Decisions of clerks on duplicate cases: who decided what and why, with the evidence that lay before them; on record, and
the roster follows in the same transaction.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from schema.audit import AuditAction
from schema.canonical import Json
from schema.errors import Problem, RequestError, reason_missing
from schema.provenance import CHINA
from schema.vocabulary import CaseStatus
from sync.audit import record
from sync.database import Database
from sync.repository.cases import CaseStore
from sync.roster import Author, follow
from sync.scope import Scope
from sync.tables import CaseRow, DecisionRow


def decide(  # noqa: PLR0913  a decision is that much, each part named
    database: Database,
    scope: Scope,
    *,
    case: str,
    status: CaseStatus,
    reason: str,
    author: str,
    kept_entry: str | None = None,
    seen_at: datetime | None = None,
) -> CaseRow:
    """Record a decision with author and reason. A confirmed duplicate names the entry that stays, OPEN takes the last
    decision back. With `seen_at`, when the case that was looked at had last changed, a case that changed since is left as it
    is: of two who decide at once the second hears of the first.
    """
    with database.write() as session:
        store = CaseStore(session, scope)
        row = store.case(case)
        entries = [] if row is None else [entry.entry_id for entry in store.entries([case])[case]]
        problems = _decision_problems(row, entries, status, reason, kept_entry)
        if row is not None and seen_at is not None and row.changed_at != seen_at.astimezone(UTC):
            problems.append(_changed_since(row))
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
    if status is CaseStatus.OPEN and row.status == CaseStatus.OPEN:
        problems.append(
            Problem(
                "DECISION_INVALID", "decision", "案件尚未裁定，无可撤回", "the case is open; there is nothing to take back", None,
                "裁定为确认或排除", "decide CONFIRMED or DISMISSED",
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
    if status is not CaseStatus.CONFIRMED and kept_entry is not None:
        problems.append(
            Problem(
                "KEPT_ENTRY_INVALID", "keepEntryId",
                "只有确认重复时才指定保留项目", "only a confirmed duplicate names what stays", kept_entry,
                "去掉 keepEntryId，或改为确认", "leave keepEntryId out, or confirm",
            )
        )  # fmt: skip
    return problems


def _changed_since(row: CaseRow) -> Problem:
    return Problem(
        "CASE_CHANGED", "seenAt",
        "案件在您打开之后已有变化，您的裁定未执行", "the case changed since you opened it; your decision was not taken",
        f"{row.status} {row.changed_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        "重新打开案件，看过新情况后再裁定", "open the case again and decide on what it is now",
    )  # fmt: skip
