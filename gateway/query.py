"""Root queries. Each reads within the viewer's scope; what is outside it does not exist."""

from collections.abc import Sequence
from datetime import UTC, datetime

import strawberry
from strawberry.types.nodes import Selection

from gateway import cases, entries, facts, paging
from gateway.audit import AuditQueries
from gateway.context import Context
from gateway.eligibility_query import EligibilityQueries, eligible
from gateway.inputs import EntryFilterInput, EntrySortInput
from gateway.list_query import ListQueries
from gateway.operations import CaseCount, Pull, QuarantinedRow, StatisticsRow
from gateway.publicity import PublicityQueries
from gateway.roster_query import RosterQueries
from gateway.supervision import GuardStop, Schedule
from gateway.system import SystemQueries
from schema.errors import Problem, RequestError
from schema.types.cases import DuplicateCase
from schema.types.catalogue import NATIONAL_TRACKS, NationalTrack, Region
from schema.types.entry import Entry
from schema.vocabulary import CaseKind, CaseStatus
from sync.database import Session
from sync.repository.browse import EntryBrowser, GroupKey, Slice
from sync.repository.cases import CaseStore
from sync.repository.guard_stops import GuardStopStore
from sync.repository.jobs import JobStore
from sync.repository.pulls import PullStore
from sync.review_queue import CaseOrder, review_queue

Info = strawberry.Info[Context]
_NEWEST_FIRST = EntrySortInput()
_MOST_GROUPS = 4


@strawberry.type(description="查询 / Queries")
class Query(EligibilityQueries, ListQueries, RosterQueries, PublicityQueries, AuditQueries, SystemQueries):
    """Reads only."""

    @strawberry.field(description="已接入的分赛区及其赛道、赛题 / The connected regions with their tracks and topics")
    def regions(self, codes: list[strawberry.ID] | None = None) -> list[Region]:
        """In order of code."""
        return [region for code, region in facts.region_types().items() if codes is None or code in codes]

    @strawberry.field(description="14 个国家赛道 / The 14 national tracks")
    def national_tracks(self) -> list[NationalTrack]:
        """In order."""
        return list(NATIONAL_TRACKS.values())

    @strawberry.field(description="参赛项目 / Entries, filtered, sorted and paged")
    async def entries(
        self,
        info: Info,
        filter: EntryFilterInput | None = None,  # noqa: A002  the name every GraphQL client expects
        sort: EntrySortInput = _NEWEST_FIRST,
        first: int = 20,
        after: str | None = None,
    ) -> paging.EntryConnection:
        """A Relay connection."""
        wanted = (filter or EntryFilterInput()).as_filter()
        place = paging.decode(sort.by, after) if after is not None else None
        wanted = await eligible(info.context, wanted)
        part = Slice(paging.page_size(first), sort.by, sort.descending, place)
        return await paging.connection(info.context, wanted, part)

    @strawberry.field(
        description="一个参赛项目；没有或不属本省时为空 / One entry; null where there is none or it is not yours"
    )
    async def entry(self, info: Info, id: strawberry.ID) -> Entry | None:  # noqa: A002  as above
        """By the hub's id."""
        return await info.context.entry(str(id))

    @strawberry.field(description="按组计数 / Entries and distinct lead organisations by group")
    async def statistics(
        self,
        info: Info,
        group_by: list[GroupKey],
        filter: EntryFilterInput | None = None,  # noqa: A002  as above
    ) -> list[StatisticsRow]:
        """Largest groups first."""
        groups = list(dict.fromkeys(group_by))
        if not 0 < len(groups) <= _MOST_GROUPS:
            raise RequestError(
                Problem(
                    "GROUPS_INVALID",
                    "groupBy",
                    zh=f"请给出 1 至 {_MOST_GROUPS} 个分组依据",
                    en=f"give 1 to {_MOST_GROUPS} groups",
                )
            )
        wanted, scope = await eligible(info.context, (filter or EntryFilterInput()).as_filter()), info.context.scope
        counted = _asks_for(info.selected_fields, "organisations")
        lines = await info.context.read(
            lambda session: EntryBrowser(session, scope).statistics(groups, wanted, with_organisations=counted)
        )
        return [StatisticsRow.of(groups, *line) for line in lines]

    @strawberry.field(
        description="查重案件，最近变化在前；REVIEW 为待裁定的队列 / Duplicate cases, newest change first; REVIEW: those to decide"
    )
    async def duplicate_cases(
        self,
        info: Info,
        statuses: list[CaseStatus] | None = None,
        kinds: list[CaseKind] | None = None,
        first: int = 100,
        order: CaseOrder = CaseOrder.CHANGED,
        ids: list[strawberry.ID] | None = None,
    ) -> list[DuplicateCase]:
        """A region sees those that touch it; `ids` asks for these, whatever else is said."""
        scope, size = info.context.scope, paging.page_size(first)

        def work(session: Session) -> list[DuplicateCase]:
            if ids is not None:
                store = CaseStore(session, scope)
                return cases.load(session, scope, [row for each in ids[:size] if (row := store.case(str(each)))])
            if order is CaseOrder.REVIEW:
                rows = review_queue(session, scope, statuses or (), kinds or (), size, datetime.now(UTC))
            else:
                rows = CaseStore(session, scope).cases(statuses or (), kinds or (), size)
            return cases.load(session, scope, rows)

        return await info.context.read(work)

    @strawberry.field(
        description="一个查重案件；没有或与本省无关时为空 / One case; null where there is none or it is not yours"
    )
    async def duplicate_case(self, info: Info, id: strawberry.ID) -> DuplicateCase | None:  # noqa: A002  as above
        """By its id."""
        scope = info.context.scope

        def work(session: Session) -> DuplicateCase | None:
            row = CaseStore(session, scope).case(str(id))
            return cases.load(session, scope, [row])[0] if row is not None else None

        return await info.context.read(work)

    @strawberry.field(description="各状态的案件数 / How many cases there are of each status")
    async def duplicate_case_counts(self, info: Info) -> list[CaseCount]:
        """A region's own and those that touch it."""
        scope = info.context.scope
        found = await info.context.read(lambda session: CaseStore(session, scope).counts())
        return [CaseCount(status=status, number=found.get(status, 0)) for status in CaseStatus]

    @strawberry.field(description="拉取记录，最近在前 / Pulls, newest first")
    async def pulls(self, info: Info, regions: list[strawberry.ID] | None = None, first: int = 50) -> list[Pull]:
        """Of the regions in scope."""
        scope, size = info.context.scope, paging.page_size(first)
        rows = await info.context.read(lambda session: PullStore(session).runs(scope, regions or (), size))
        newest = {row.region: row.id for row in reversed(rows)}
        return [Pull.of(row, is_newest=newest[row.region] == row.id) for row in rows]

    @strawberry.field(description="定时作业；省密钥只见本省 / Scheduled jobs; a region sees its own")
    async def schedules(self, info: Info) -> list[Schedule]:
        """By name."""
        scope, now = info.context.scope, datetime.now(UTC)
        rows = await info.context.read(lambda session: JobStore(session).all())
        found = [Schedule.of(row, now) for row in rows]
        return [each for each in found if scope.region is None or (each.region and scope.covers(each.region.code))]

    @strawberry.field(description="守护暂停，最近在前 / Pulls that were paused by their guard, newest first")
    async def guard_stops(self, info: Info, first: int = 50) -> list[GuardStop]:
        """Of the regions in scope."""
        scope, size = info.context.scope, paging.page_size(first)
        rows = await info.context.read(lambda session: GuardStopStore(session, scope).all(size))
        return [GuardStop.of(row) for row in rows]

    @strawberry.field(description="隔离的行，最近在前 / Rows set aside, newest first")
    async def quarantine(
        self, info: Info, regions: list[strawberry.ID] | None = None, first: int = 100
    ) -> list[QuarantinedRow]:
        """Of the regions in scope."""
        scope, size = info.context.scope, paging.page_size(first)
        rows = await info.context.read(lambda session: PullStore(session).quarantined(scope, regions or (), size))
        return [QuarantinedRow.of(row) for row in rows]


def _asks_for(selections: Sequence[Selection], name: str) -> bool:
    """Whether a field of this name is asked for anywhere below."""
    return any(getattr(each, "name", "") == name or _asks_for(each.selections, name) for each in selections)


def _load(session: Session, context: Context, ids: Sequence[str]) -> dict[str, Entry]:
    rows = EntryBrowser(session, context.scope).by_ids(ids)
    return {str(entry.id): entry for entry in entries.load(session, context.scope, list(rows.values()))}
