"""Recommended lists as GraphQL types: versions, events, findings, differences."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

import strawberry

from gateway import facts
from gateway.entries import beijing
from gateway.operations import Problem
from schema.list_life import COUNTED, REQUESTED, TRANSITIONS, ListAct, ListState
from schema.types.catalogue import NATIONAL_TRACKS, NationalTrack, Region
from schema.types.entry import Entry
from schema.types.node import Node
from sync.database import Session
from sync.lists import Finding, Severity, items_of
from sync.lists.comparison import Difference
from sync.lists.rules import issuers
from sync.lists.submission import ListOutcome
from sync.repository.lists import ListStore
from sync.repository.publicity import PublicityStore
from sync.scope import Scope
from sync.tables import ListEventRow, ListRow, PublicityRow

strawberry.enum(Severity, name="FindingSeverity", description="问题的轻重 / What a finding does to a list")


@strawberry.type(description="推荐名单的一行 / A row of a recommended list")
class RecommendationItem:
    """As sealed."""

    rank: int
    entry_id: strawberry.ID
    title: str | None = strawberry.field(description="名单所写的项目名称 / The title as the list has it")
    declared_national_track: NationalTrack | None
    remark: str | None

    @strawberry.field
    async def entry(self, info: strawberry.Info) -> Entry | None:
        """Read when asked for: a list is long."""
        found: Entry | None = await info.context.entry(str(self.entry_id))
        return found


@strawberry.type(description="校验所见的一个问题 / One thing that validation found")
class ListFinding:
    """The same for dry run, push and upload."""

    code: str
    severity: Severity
    item: int | None = strawberry.field(
        description="名单第几行，从 1 起；空为整份名单 / Row of the list as it came, from 1"
    )
    column: str | None = strawberry.field(description="列：rank、entryId、title、nationalTrack、remark / The column")
    value: str | None
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    confirmed: str | None = strawberry.field(description="推荐单位确认的理由 / Why the issuer stands by it")

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """From the record."""
        return cls(**finding.as_dict())


@strawberry.type(description="退回的一行 / A row that was returned")
class ReturnedRow:
    """With its reason."""

    rank: int
    column: str | None
    reason: str


@strawberry.type(description="名单上发生的一件事 / What happened to a list")
class ListEvent:
    """Who, when, what, why."""

    act: ListAct
    before: ListState | None
    after: ListState
    actor: str
    reason: str
    at: datetime
    rows: list[ReturnedRow] = strawberry.field(description="退回的各行 / The rows that were returned")

    @classmethod
    def of(cls, row: ListEventRow) -> Self:
        """From its row."""
        return cls(
            act=ListAct(row.act),
            before=ListState(row.before) if row.before else None,
            after=ListState(row.after),
            actor=row.actor,
            reason=row.reason,
            at=beijing(row.at),
            rows=[ReturnedRow(**each) for each in row.details.get("rows", [])],
        )


@strawberry.type(description="封存的推荐名单版本 / A sealed version of a recommended list")
class RecommendationList(Node):
    """`digest` is SHA-256 over `content`."""

    receipt: strawberry.ID = strawberry.field(description="回执号 / Receipt number")
    region: Region
    issuer: strawberry.ID = strawberry.field(
        description="推荐单位代码：本省，或其下一市 / The region, or a body below it"
    )
    issuer_name: str
    version: int
    state: ListState
    is_current: bool = strawberry.field(description="是否该单位最新版本 / Whether it is the issuer's latest version")
    counts: bool = strawberry.field(description="是否有效（已接受且未被替代） / Whether it is the one that counts")
    possible_acts: list[ListAct] = strawberry.field(description="此时可进行的操作 / What can be done to it now")
    digest: str
    content: str = strawberry.field(description="封存的规范 JSON（RFC 8785） / The sealed canonical JSON")
    submitted_by: str
    submitted_at: datetime
    publicity_window: strawberry.ID | None = strawberry.field(description="公示编号，见 publicityWindows / Its window")
    publicity_until: datetime | None
    size: int = strawberry.field(description="项目数 / How many items it has")
    items: list[RecommendationItem]
    events: list[ListEvent]
    findings: list[ListFinding] = strawberry.field(
        description="封存时的提醒和已确认的问题 / Warnings, and what was confirmed"
    )


def load(session: Session, scope: Scope, rows: Sequence[ListRow]) -> list[RecommendationList]:
    """The types of `rows`, in their order: a fixed number of queries, however many rows."""
    store = ListStore(session, scope)
    latest: dict[str, int] = {}
    for row in store.versions():
        latest.setdefault(row.issuer, row.version)
    receipts = [row.receipt for row in rows]
    events, windows = store.events(receipts), PublicityStore(session, scope).of_lists(receipts)
    return [
        _list(row, events.get(row.receipt, []), windows.get(row.receipt), is_current=latest[row.issuer] == row.version)
        for row in rows
    ]


def _list(
    row: ListRow,
    events: Sequence[ListEventRow],
    window: PublicityRow | None,
    *,
    is_current: bool,
) -> RecommendationList:
    state = ListState(row.state)
    issuer, items = issuers().get(row.issuer), items_of(row)
    return RecommendationList(
        id=strawberry.ID(row.receipt),
        receipt=strawberry.ID(row.receipt),
        region=facts.region_types()[row.region],
        issuer=strawberry.ID(row.issuer),
        issuer_name=issuer.name if issuer else row.issuer,
        version=row.version,
        state=state,
        is_current=is_current,
        counts=state in COUNTED,
        possible_acts=[act for act in REQUESTED if state in TRANSITIONS[act].before],
        digest=row.digest,
        content=row.content,
        submitted_by=row.submitted_by,
        submitted_at=beijing(row.submitted_at),
        publicity_window=strawberry.ID(window.id) if window else None,
        publicity_until=beijing(window.closes_at) if window else None,
        size=len(items),
        items=[
            RecommendationItem(
                rank=item.rank,
                entry_id=strawberry.ID(item.entry_id),
                title=item.title,
                declared_national_track=NATIONAL_TRACKS.get(item.national_track or ""),
                remark=item.remark,
            )
            for item in items
        ],
        events=[ListEvent.of(event) for event in events],
        findings=[ListFinding(**each) for each in row.findings],
    )


@strawberry.type(description="推送名单的结果 / What came of a list")
class SubmitRecommendationsResult:
    """Sealed only where nothing stops it and it was no dry run."""

    accepted: bool = strawberry.field(description="是否已封存 / Whether it was sealed")
    dry_run: bool
    repeated: bool = strawberry.field(
        description="同一推送已处理过，这是首次的回答 / The first answer to the same push"
    )
    recommendation_list: RecommendationList | None = strawberry.field(name="list")
    problems: list[Problem] = strawberry.field(description="使名单不能封存的问题 / What stops the list")
    warnings: list[Problem] = strawberry.field(description="不影响封存的问题 / What does not")
    findings: list[ListFinding] = strawberry.field(description="全部问题，按行 / Everything found, by row")
    audit_seal: str | None = strawberry.field(
        description="变更记录的最新封印，随回执留存以备核对 / The newest seal of the record, to be kept with the receipt"
    )

    @classmethod
    def of(cls, outcome: ListOutcome, sealed: RecommendationList | None, *, dry_run: bool) -> Self:
        """From the record."""
        return cls(
            accepted=sealed is not None,
            dry_run=dry_run,
            repeated=outcome.repeated,
            recommendation_list=sealed,
            problems=[Problem.of(problem) for problem in outcome.problems],
            warnings=[Problem.of(problem) for problem in outcome.warnings],
            findings=[ListFinding.of(finding) for finding in outcome.findings],
            audit_seal=str(outcome.audit_seal) if outcome.audit_seal else None,
        )


@strawberry.type(description="操作的结果 / What came of an act on a list")
class MoveListResult:
    """Either the list as it now stands, or the problems."""

    recommendation_list: RecommendationList | None = strawberry.field(name="list")
    problems: list[Problem]


@strawberry.type(description="两个版本的一处不同 / One difference of two versions")
class ListDifference:
    """`field` is entryId where the entry stands on one of them alone."""

    entry_id: strawberry.ID
    field: str
    before: str | None
    after: str | None

    @classmethod
    def of(cls, found: Difference) -> Self:
        """From the record."""
        return cls(entry_id=strawberry.ID(found.entry_id), field=found.field, before=found.before, after=found.after)
