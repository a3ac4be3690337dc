"""The life of duplicate cases: found, decided by a person, found again. Ids are stable and decisions survive every run."""

import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from schema.audit import AuditAction
from schema.errors import Problem, RequestError
from schema.vocabulary import CaseStatus
from sync.audit import record
from sync.blocking import EntryView, candidate_pairs
from sync.clustering import Cluster, clusters
from sync.comparison import compare
from sync.database import Database, Session
from sync.repository.cases import CaseStore
from sync.repository.entries import EntryStore
from sync.roster import Author, follow
from sync.scope import EVERYTHING, Scope
from sync.tables import CaseRow, DecisionRow

Confirm = Callable[[Session], None]


def _nothing_to_confirm(session: Session) -> None:
    del session


@dataclass(frozen=True, slots=True)
class DetectionReport:
    """What one detection saw and did."""

    entries: int
    pairs: int
    cases: int
    opened: int
    grown: int
    closed: int


def find(views: Sequence[EntryView]) -> tuple[int, list[Cluster]]:
    """Number of candidate pairs, and the clusters found among `views`. Pure; the order of `views` does not matter."""
    by_id = {view.id: view for view in views}
    pairs = candidate_pairs(views)
    matches = [match for left, right in sorted(pairs) for match in compare(by_id[left], by_id[right])]
    return len(pairs), clusters(matches)


def new_case_id() -> str:
    """The id of a new case, kept with it ever after. By chance: one made of its entries would tell a region, which sees
    the id, the number of the other side's entry for the trying.
    """
    return "C" + secrets.token_hex(6).upper()


def detect(database: Database, confirm: Confirm = _nothing_to_confirm) -> DetectionReport:
    """Compare all entries that are not withdrawn and bring the stored cases up to date, in one transaction.

    A cluster continues the case of its kind with which it shares two entries; a new entry or new evidence re-opens a
    decided case. An open case that no longer holds is dropped; a decided one is kept as it was decided. `confirm` is
    called first in the writing transaction, for whoever detects under a claim that may have been lost.
    """
    with database.read() as session:
        views = EntryStore(session).views()
    pairs, found = find(views)
    now = datetime.now(UTC)
    opened = grown = 0
    with database.write() as session:
        confirm(session)
        store = CaseStore(session, EVERYTHING)
        members = store.memberships()
        left = {case.id: case for case in store.cases()}
        index = _Index(left.values(), members)
        for cluster in found:
            case = left.pop(index.continued_by(cluster), None)
            evidence = [asdict(line) for line in cluster.evidence]
            if case is None:
                opened += 1
                case = CaseRow(
                    id=new_case_id(),
                    kind=cluster.kind,
                    status=CaseStatus.OPEN,
                    evidence=evidence,
                    opened_at=now,
                    changed_at=now,
                )
                store.save(case, cluster.entries)
            elif set(cluster.entries) - set(members[case.id]):
                grown += 1
                case.status, case.kept_entry_id, case.changed_at = CaseStatus.OPEN, None, now
                case.evidence = evidence
                store.save(case, cluster.entries)
        dropped = [case.id for case in left.values() if case.status == CaseStatus.OPEN]
        for identifier in dropped:
            store.drop(identifier)
    return DetectionReport(len(views), pairs, len(found), opened, grown, len(dropped))


class _Index:
    """Finds the stored case that a cluster continues, without walking all cases for each cluster."""

    def __init__(self, cases: Iterable[CaseRow], members: Mapping[str, Sequence[str]]) -> None:
        self._of_entry: dict[tuple[str, str], list[str]] = defaultdict(list)
        for case in sorted(cases, key=lambda row: row.id):
            for entry in members[case.id]:
                self._of_entry[case.kind, entry].append(case.id)
        self._taken: set[str] = set()

    def continued_by(self, cluster: Cluster) -> str:
        """The case of this kind that shares most entries, two at least, and is not yet continued; else an empty text."""
        shared = Counter(case for entry in cluster.entries for case in self._of_entry[cluster.kind, entry])
        for case, entries in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
            if entries > 1 and case not in self._taken:
                self._taken.add(case)
                return case
        return ""


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
        store.decide(
            row,
            DecisionRow(
                case_id=case,
                status=status,
                kept_entry_id=kept_entry,
                reason=reason.strip(),
                author=author,
                decided_at=datetime.now(UTC),
            ),
        )
        change = {"status": status.value, "kept": kept_entry, "entries": entries}
        now = datetime.now(UTC)
        record(
            session, actor=author, action=AuditAction.CASE_DECIDED, subject=case, reason=reason, change=change, at=now
        )
        follow(session, Author(author, reason, now))
        return row


def _decision_problems(
    row: CaseRow | None, entries: Sequence[str], status: CaseStatus, reason: str, kept_entry: str | None
) -> list[Problem]:
    if row is None:
        return [Problem("CASE_UNKNOWN", "caseId", zh="没有这个查重案件", en="there is no such case")]
    problems = []
    if status is CaseStatus.OPEN:
        problems.append(
            Problem("DECISION_INVALID", "decision", zh="裁定须为确认或排除", en="decide CONFIRMED or DISMISSED")
        )
    if not reason.strip():
        problems.append(Problem("REASON_MISSING", "reason", zh="请写明理由", en="a reason is required"))
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
                "KEPT_ENTRY_INVALID", "keepEntryId", zh="排除重复时不指定保留项目", en="nothing is kept on dismissal"
            )
        )
    return problems
