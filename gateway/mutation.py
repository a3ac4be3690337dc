"""Root mutations. Expected failures come back as `problems`; only what a role may not do at all is an error."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

import strawberry

from adapters.base import Adapter
from adapters.registry import region_named
from gateway import cases, entries, facts
from gateway.context import Context
from gateway.eligibility_mutation import EligibilityMutations
from gateway.inputs import DecideCaseInput, SubmitRecommendationsInput
from gateway.operations import (
    DecideCaseResult,
    DetectionReport,
    Problem,
    RecommendationList,
    StartPullResult,
    SubmitRecommendationsResult,
)
from gateway.publicity_mutation import PublicityMutations
from gateway.roster_mutation import RosterMutations
from gateway.supervision import GuardStop, OverrideResult, StopPullResult
from schema.errors import Problem as ProblemRecord
from schema.errors import RequestError
from schema.types.cases import DuplicateCase
from schema.vocabulary import Role
from sync import cases as judgement
from sync import guard, lists
from sync.database import Session
from sync.eligibility import evaluate_cases
from sync.pull import job_name
from sync.repository.browse import EntryBrowser
from sync.repository.jobs import JobStore
from sync.tables import CaseRow, GuardStopRow, ListRow

Info = strawberry.Info[Context]


@strawberry.type(description="变更 / Mutations")
class Mutation(EligibilityMutations, RosterMutations, PublicityMutations):
    """Writes."""

    @strawberry.mutation(
        description="推送推荐名单；dryRun 只校验不封存 / Push a recommended list; dryRun only validates"
    )
    async def submit_recommendations(
        self,
        info: Info,
        input: SubmitRecommendationsInput,
        dry_run: bool = False,
    ) -> SubmitRecommendationsResult:
        """Whole or not at all, with the problems of all rows at once."""
        context = info.context
        context.viewer.require(Role.REGION, Role.NATIONAL)
        region = str(input.region)
        if not context.scope.covers(region):
            return _refused(dry_run=dry_run)
        items = [
            lists.ListItem(item.rank, str(item.entry_id), str(item.national_track) if item.national_track else None)
            for item in input.items
        ]
        outcome = await asyncio.to_thread(
            lists.submit, context.hub.database, region, items, context.viewer.name, dry_run=dry_run
        )
        sealed = outcome.sealed
        return SubmitRecommendationsResult(
            accepted=sealed is not None,
            dry_run=dry_run,
            recommendation_list=await context.read(lambda session: _list(session, context, sealed)) if sealed else None,
            problems=[Problem.of(problem) for problem in outcome.problems],
            warnings=[Problem.of(problem) for problem in outcome.warnings],
        )

    @strawberry.mutation(description="裁定查重案件 / Decide a duplicate case")
    async def decide_case(self, info: Info, input: DecideCaseInput) -> DecideCaseResult:
        """By the national organiser, with a reason."""
        context = info.context
        context.viewer.require(Role.NATIONAL)
        try:
            row = await asyncio.to_thread(
                judgement.decide,
                context.hub.database,
                context.scope,
                case=str(input.case_id),
                status=input.decision,
                reason=input.reason,
                author=context.viewer.name,
                kept_entry=str(input.keep_entry_id) if input.keep_entry_id else None,
            )
        except RequestError as error:
            return DecideCaseResult(case=None, problems=[Problem.of(problem) for problem in error.problems])
        await asyncio.to_thread(evaluate_cases, context.hub.database, datetime.now(UTC), [row.id])
        return DecideCaseResult(case=await context.read(lambda session: _case(session, context, row)), problems=[])

    @strawberry.mutation(description="启动拉取，后台进行 / Start pulls; they go on in the background")
    async def start_pull(
        self, info: Info, regions: list[strawberry.ID] | None = None, full: bool = False
    ) -> StartPullResult:
        """All regions unless some are named; `full` asks each platform from the beginning."""
        context = info.context
        context.viewer.require(Role.NATIONAL, Role.JOB)
        names = [str(name) for name in regions] if regions is not None else list(facts.region_types())
        adapters, problems = _adapters(names)
        if problems:
            return StartPullResult(started=[], already_running=[], problems=problems)
        started, running = context.hub.start_pulls(adapters, context.viewer.name, full=full)
        types = facts.region_types()
        return StartPullResult(
            started=[types[code] for code in started], already_running=[types[code] for code in running], problems=[]
        )

    @strawberry.mutation(description="停止拉取，不论在哪个进程 / Stop pulls, in whatever process they run")
    async def stop_pull(self, info: Info, regions: list[strawberry.ID]) -> StopPullResult:
        """What was stored stays; the next run goes on from there."""
        context = info.context
        context.viewer.require(Role.NATIONAL, Role.JOB)
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

    @strawberry.mutation(description="放行一次守护暂停 / Let the next pull of a region pass its guard, once")
    async def override_guard_stop(self, info: Info, run_id: strawberry.ID, reason: str) -> OverrideResult:
        """By the national organiser, with a reason, on record."""
        context = info.context
        context.viewer.require(Role.NATIONAL)

        def work() -> GuardStopRow:
            with context.hub.database.write() as session:
                return guard.override(session, str(run_id), context.viewer.name, reason, datetime.now(UTC))

        try:
            row = await asyncio.to_thread(work)
        except RequestError as error:
            return OverrideResult(stop=None, problems=[Problem.of(problem) for problem in error.problems])
        return OverrideResult(stop=GuardStop.of(row), problems=[])

    @strawberry.mutation(description="全量查重 / Compare all entries and bring the cases up to date")
    async def start_detection(self, info: Info) -> DetectionReport:
        """Answers when it is done."""
        info.context.viewer.require(Role.NATIONAL, Role.JOB)
        report = await asyncio.to_thread(judgement.detect, info.context.hub.database)
        await asyncio.to_thread(evaluate_cases, info.context.hub.database, datetime.now(UTC))
        return DetectionReport(**asdict(report))


def _adapters(names: Sequence[str]) -> tuple[list[Adapter], list[Problem]]:
    """The adapters of regions named by code, slug or name, and a problem for each name that is none."""
    found = {name: region_named(name) for name in names}
    problems = [
        Problem.of(ProblemRecord("REGION_UNKNOWN", "regions", "没有接入这个地区", "not a connected region", name))
        for name, adapter in found.items()
        if adapter is None
    ]
    return [adapter for adapter in found.values() if adapter is not None], problems


def _refused(*, dry_run: bool) -> SubmitRecommendationsResult:
    problem = ProblemRecord(
        "REGION_UNKNOWN", "input.region", "没有这个地区", "there is no such region",
        remedy_zh="填写本省代码", remedy_en="give your own region's code",
    )  # fmt: skip
    return SubmitRecommendationsResult(
        accepted=False, dry_run=dry_run, recommendation_list=None, problems=[Problem.of(problem)], warnings=[]
    )


def _list(session: Session, context: Context, row: ListRow) -> RecommendationList:
    ids = [item.entry_id for item in lists.items_of(row)]
    rows = EntryBrowser(session, context.scope).by_ids(ids)
    found = {str(entry.id): entry for entry in entries.load(session, context.scope, list(rows.values()))}
    return RecommendationList.of(row, found, is_current=True)


def _case(session: Session, context: Context, row: CaseRow) -> DuplicateCase:
    return cases.load(session, context.scope, [row])[0]
