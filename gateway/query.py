"""Root queries. Each reads within the viewer's scope; what is outside it does not exist."""

from collections.abc import Sequence
from datetime import UTC, datetime

import strawberry
from strawberry.types.nodes import Selection

from gateway import cases, entries, facts, paging
from gateway.access import Access
from gateway.audit import AuditQueries
from gateway.context import Context
from gateway.eligibility_query import EligibilityQueries
from gateway.inputs import EntryFilterInput, EntrySortInput, order_asked
from gateway.list_query import ListQueries
from gateway.nodes import NodeQueries
from gateway.operations import CaseCount, Pull, QuarantinedRow, StatisticsRow
from gateway.publicity import PublicityQueries
from gateway.roster_query import RosterQueries
from gateway.statistics import LOOKED_FOR, bounded, groups_asked
from gateway.subscription import ChangeQueries
from gateway.supervision import GuardStop, Schedule
from gateway.system import SystemQueries
from schema.types.cases import DuplicateCase
from schema.types.catalogue import NATIONAL_TRACKS, NationalTrack, Region
from schema.types.entry import Entry
from schema.types.scalars import RegionCode
from schema.vocabulary import CaseKind, CaseStatus
from sync.database import Session
from sync.repository.browse import EntryBrowser, Wanted
from sync.repository.cases import CaseStore
from sync.repository.entry_filter import EntryFilter
from sync.repository.guard_stops import GuardStopStore
from sync.repository.jobs import JobStore
from sync.repository.pulls import PullStore
from sync.repository.statistics import GroupKey, counting, lines
from sync.review_queue import CaseOrder, ReviewQueue
from sync.tables import CaseRow, PullRow
from sync.waivers import waived_standings

Info = strawberry.Info[Context]


@strawberry.type(description="查询 / Queries")
class Query(
    EligibilityQueries,
    ListQueries,
    RosterQueries,
    PublicityQueries,
    AuditQueries,
    ChangeQueries,
    NodeQueries,
    SystemQueries,
):
    """Reads only."""

    @strawberry.field(
        description="已接入的分赛区及其赛道、赛题 / The connected regions with their tracks and topics",
        extensions=[Access(cost=10, size=5)],
    )
    def regions(self, codes: list[RegionCode] | None = None) -> list[Region]:
        """In order of code."""
        return [region for code, region in facts.region_types().items() if codes is None or code in codes]

    @strawberry.field(description="14 个国家赛道 / The 14 national tracks", extensions=[Access(cost=1, size=14)])
    def national_tracks(self) -> list[NationalTrack]:
        """In order."""
        return list(NATIONAL_TRACKS.values())

    @strawberry.field(description="参赛项目 / Entries, filtered, sorted and paged", extensions=[Access(cost=20)])
    async def entries(
        self,
        info: Info,
        filter: EntryFilterInput | None = None,  # noqa: A002  the name every GraphQL client expects
        sort: list[EntrySortInput] | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> paging.Connection[Entry]:
        """Newest submissions first, unless told otherwise."""
        asked, order = (filter or EntryFilterInput()).as_filter(), order_asked(sort)
        scope = info.context.scope
        wanted = await _wanted(info.context, asked, needs_waivers=asked.asks_for_standings())
        return await paging.connection(
            info.context,
            paging.Asked(first, after, last, before),
            lambda session: EntryBrowser(session, scope).listing(wanted, order),
            lambda session, rows: entries.load(session, scope, rows),
        )

    @strawberry.field(
        description="一个参赛项目；没有或不属本省时为空 / One entry; null where there is none or it is not yours",
        extensions=[Access(cost=2)],
    )
    async def entry(self, info: Info, id: strawberry.ID) -> Entry | None:  # noqa: A002  as above
        """By the hub's id."""
        return await info.context.entry(str(id))

    @strawberry.field(
        description="按组计数；WEEK 为报名所在周的周一，ORGANISATION_KIND 为牵头单位性质，VERDICT 为有该结论的项目 / "
        "Entries and distinct lead organisations by group; WEEK: the Monday; ORGANISATION_KIND: the lead's; VERDICT: has such a one",
        extensions=[Access(cost=200, size=20)],
    )
    async def statistics(
        self,
        info: Info,
        group_by: list[GroupKey],
        filter: EntryFilterInput | None = None,  # noqa: A002  as above
    ) -> list[StatisticsRow]:
        """Largest groups first."""
        scope, asked = info.context.scope, (filter or EntryFilterInput()).as_filter()
        by_standing = GroupKey.STANDING in group_by or asked.asks_for_standings()
        wanted = await _wanted(info.context, asked, needs_waivers=by_standing)
        with_organisations = _asks_for(info.selected_fields, "organisations")
        groups = groups_asked(group_by)
        found = await info.context.read(
            lambda session: lines(
                session,
                counting(session, scope, groups, wanted, LOOKED_FOR, with_organisations=with_organisations),
            )
        )
        return [StatisticsRow.of(groups, line) for line in bounded(found)]

    @strawberry.field(
        description="查重案件，最近变化在前；REVIEW 为待裁定的队列 / Duplicate cases, newest change first; REVIEW: those to decide",
        extensions=[Access(cost=20)],
    )
    async def duplicate_cases(  # noqa: PLR0913, PLR0917  arguments of a field, always named
        self,
        info: Info,
        statuses: list[CaseStatus] | None = None,
        kinds: list[CaseKind] | None = None,
        order: CaseOrder = CaseOrder.CHANGED,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> paging.Connection[DuplicateCase]:
        """A region sees those that touch it."""
        scope, now = info.context.scope, datetime.now(UTC)

        def listing(session: Session) -> paging.Listed[CaseRow]:
            if order is CaseOrder.REVIEW:
                return ReviewQueue(session, scope, statuses or (), kinds or (), now)
            return CaseStore(session, scope).listing(statuses or (), kinds or ())

        return await paging.connection(
            info.context,
            paging.Asked(first, after, last, before),
            listing,
            lambda session, rows: cases.load(session, scope, rows),
        )

    @strawberry.field(
        description="一个查重案件；没有或与本省无关时为空 / One case; null where there is none or it is not yours",
        extensions=[Access(cost=10)],
    )
    async def duplicate_case(self, info: Info, id: strawberry.ID) -> DuplicateCase | None:  # noqa: A002  as above
        """By its id."""
        scope = info.context.scope

        def work(session: Session) -> DuplicateCase | None:
            row = CaseStore(session, scope).case(str(id))
            return cases.load(session, scope, [row])[0] if row is not None else None

        return await info.context.read(work)

    @strawberry.field(
        description="各状态的案件数 / How many cases there are of each status", extensions=[Access(cost=20, size=3)]
    )
    async def duplicate_case_counts(self, info: Info) -> list[CaseCount]:
        """A region's own and those that touch it."""
        scope = info.context.scope
        found = await info.context.read(lambda session: CaseStore(session, scope).counts())
        return [CaseCount(status=status, number=found.get(status, 0)) for status in CaseStatus]

    @strawberry.field(description="拉取记录，最近在前 / Pulls, newest first", extensions=[Access(cost=10)])
    async def pulls(
        self,
        info: Info,
        regions: list[RegionCode] | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> paging.Connection[Pull]:
        """Of the regions in scope."""
        scope = info.context.scope

        def nodes(session: Session, rows: Sequence[PullRow]) -> list[Pull]:
            store = PullStore(session)
            newest = store.newest({row.region for row in rows})
            return [Pull.of(row, is_newest=row.id in newest) for row in store.told(rows)]

        asked = paging.Asked(first, after, last, before)
        return await paging.connection(
            info.context, asked, lambda session: PullStore(session).listing(scope, regions or ()), nodes
        )

    @strawberry.field(
        description="定时作业；省密钥只见本省 / Scheduled jobs; a region sees its own", extensions=[Access(cost=10)]
    )
    async def schedules(self, info: Info) -> list[Schedule]:
        """By name."""
        scope, now = info.context.scope, datetime.now(UTC)
        rows = await info.context.read(lambda session: JobStore(session).all())
        found = [Schedule.of(row, now) for row in rows]
        return [each for each in found if scope.region is None or (each.region and scope.covers(each.region.code))]

    @strawberry.field(
        description="守护暂停，最近在前 / Pulls that were paused by their guard, newest first",
        extensions=[Access(cost=10)],
    )
    async def guard_stops(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> paging.Connection[GuardStop]:
        """Of the regions in scope."""
        scope = info.context.scope
        return await paging.connection(
            info.context,
            paging.Asked(first, after, last, before),
            lambda session: GuardStopStore(session, scope).listing(),
            lambda _, rows: [GuardStop.of(row) for row in rows],
        )

    @strawberry.field(description="隔离的行，最近在前 / Rows set aside, newest first", extensions=[Access(cost=10)])
    async def quarantine(
        self,
        info: Info,
        regions: list[RegionCode] | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> paging.Connection[QuarantinedRow]:
        """Of the regions in scope."""
        scope = info.context.scope
        return await paging.connection(
            info.context,
            paging.Asked(first, after, last, before),
            lambda session: PullStore(session).quarantine_listing(scope, regions or ()),
            lambda _, rows: [QuarantinedRow.of(row) for row in rows],
        )


def _asks_for(selections: Sequence[Selection], name: str) -> bool:
    """Whether a field of this name is asked for anywhere below."""
    return any(getattr(each, "name", "") == name or _asks_for(each.selections, name) for each in selections)


async def _wanted(context: Context, asked: EntryFilter, *, needs_waivers: bool) -> Wanted:
    """With the waivers that hold at this moment, where anything depends on them."""
    now = datetime.now(UTC)
    return Wanted(asked, await context.read(lambda session: waived_standings(session, now)) if needs_waivers else {})
