"""Root mutations. Expected failures come back as `problems`; only what a role may not do at all is an error."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import strawberry

from adapters.base import Adapter
from adapters.registry import not_connected, region_named
from gateway import cases, facts
from gateway.access import JOB, NATIONAL, Access
from gateway.context import Context
from gateway.eligibility_mutation import EligibilityMutations
from gateway.inputs import DecideCaseInput
from gateway.list_mutation import ListMutations
from gateway.operations import (
    DecideCaseResult,
    DetectionReport,
    Problem,
    ReplayResult,
    StartPullResult,
)
from gateway.publicity_mutation import PublicityMutations
from gateway.roster_mutation import RosterMutations
from gateway.supervision import GuardStop, OverrideResult, StopPullResult
from schema.errors import RequestError
from schema.types.cases import DuplicateCase
from sync import decisions, guard
from sync.database import Session
from sync.eligibility import evaluate, evaluate_cases
from sync.pull import job_name
from sync.remap import Remapper
from sync.repository.jobs import JobStore
from sync.tables import CaseRow, GuardStopRow

Info = strawberry.Info[Context]


@strawberry.type(description="变更 / Mutations")
class Mutation(EligibilityMutations, ListMutations, RosterMutations, PublicityMutations):
    """Writes."""

    @strawberry.mutation(description="裁定查重案件 / Decide a duplicate case", extensions=[Access(NATIONAL, cost=200)])
    async def decide_case(self, info: Info, input: DecideCaseInput) -> DecideCaseResult:
        """By the national organiser, with a reason."""
        context = info.context
        try:
            row = await asyncio.to_thread(
                decisions.decide,
                context.hub.database,
                context.scope,
                case=str(input.case_id),
                status=input.decision,
                reason=input.reason,
                author=context.viewer.name,
                kept_entry=str(input.keep_entry_id) if input.keep_entry_id else None,
                seen_at=input.seen_at,
            )
        except RequestError as error:
            return DecideCaseResult(case=None, problems=[Problem.of(problem) for problem in error.problems])
        await asyncio.to_thread(evaluate_cases, context.hub.database, datetime.now(UTC), [row.id])
        return DecideCaseResult(case=await context.read(lambda session: _case(session, context, row)), problems=[])

    @strawberry.mutation(
        description="启动拉取，后台进行 / Start pulls; they go on in the background",
        extensions=[Access(NATIONAL, JOB, cost=500)],
    )
    async def start_pull(
        self, info: Info, regions: list[strawberry.ID] | None = None, full: bool = False
    ) -> StartPullResult:
        """All regions unless some are named; `full` asks each platform from the beginning."""
        context = info.context
        names = [str(name) for name in regions] if regions is not None else list(facts.region_types())
        adapters, problems = _adapters(names)
        if problems:
            return StartPullResult(started=[], already_running=[], problems=problems)
        started, running = context.hub.start_pulls(adapters, context.viewer.name, full=full)
        types = facts.region_types()
        return StartPullResult(
            started=[types[code] for code in started], already_running=[types[code] for code in running], problems=[]
        )

    @strawberry.mutation(
        description="停止拉取，不论在哪个进程 / Stop pulls, in whatever process they run",
        extensions=[Access(NATIONAL, JOB, cost=100)],
    )
    async def stop_pull(self, info: Info, regions: list[strawberry.ID]) -> StopPullResult:
        """What was stored stays; the next run goes on from there."""
        context = info.context
        found, problems = _adapters([str(name) for name in regions])
        if problems:
            return StopPullResult(stopped=[], problems=problems)
        codes = [adapter.manifest.code for adapter in found]

        def work() -> None:
            with context.hub.database.write() as session:
                for code in codes:
                    JobStore(session).revoke(job_name(code))

        await asyncio.to_thread(work)
        return StopPullResult(stopped=[facts.region_types()[code] for code in codes], problems=[])

    @strawberry.mutation(
        description="放行一次守护暂停 / Let the next pull of a region pass its guard, once",
        extensions=[Access(NATIONAL, cost=100)],
    )
    async def override_guard_stop(self, info: Info, run_id: strawberry.ID, reason: str) -> OverrideResult:
        """By the national organiser, with a reason, on record."""
        context = info.context

        def work() -> GuardStopRow:
            with context.hub.database.write() as session:
                return guard.override(session, str(run_id), context.viewer.name, reason, datetime.now(UTC))

        try:
            row = await asyncio.to_thread(work)
        except RequestError as error:
            return OverrideResult(stop=None, problems=[Problem.of(problem) for problem in error.problems])
        return OverrideResult(stop=GuardStop.of(row), problems=[])

    @strawberry.mutation(
        description="用现行映射重试隔离的行 / Try rows set aside again, with the mapping as it is now",
        extensions=[Access(NATIONAL, JOB, cost=5000)],
    )
    async def replay_quarantine(self, info: Info, region: strawberry.ID) -> ReplayResult:
        """No platform is asked."""
        context = info.context
        found, problems = _adapters([str(region)])
        if problems:
            return ReplayResult(rows=0, released=0, rejected=0, problems=problems)
        database, tokens = context.hub.database, context.hub.settings.tokeniser()
        done = await asyncio.to_thread(lambda: Remapper(database, found[0], tokens).quarantine(dry_run=False))
        return ReplayResult(rows=done.rows, released=done.released, rejected=done.rejected, problems=[])

    @strawberry.mutation(
        description="全量查重 / Compare all entries and bring the cases up to date",
        extensions=[Access(NATIONAL, JOB, cost=50000)],
    )
    async def start_detection(self, info: Info) -> DetectionReport:
        """Answers when it is done."""
        database = info.context.hub.database

        def work() -> DetectionReport:
            # numpy and scipy take a third of a second and 60 MB; no other request needs them.
            from sync.detector import detect  # noqa: PLC0415  see above

            report = detect(database)
            evaluate(database, report.touched, datetime.now(UTC))
            return DetectionReport.of(report)

        return await asyncio.to_thread(work)


def _adapters(names: Sequence[str]) -> tuple[list[Adapter], list[Problem]]:
    """The adapters of regions named by code, slug or name, and a problem for each name that is none."""
    found = {name: region_named(name) for name in names}
    problems = [Problem.of(not_connected(name, "regions")) for name, adapter in found.items() if adapter is None]
    return [adapter for adapter in found.values() if adapter is not None], problems


def _case(session: Session, context: Context, row: CaseRow) -> DuplicateCase:
    return cases.load(session, context.scope, [row])[0]
