"""Root mutations on recommended lists, the rules they are judged by, and messages."""

import asyncio
from collections.abc import Callable

import strawberry

from gateway import lists
from gateway.access import NATIONAL, REGION, Access
from gateway.context import Context
from gateway.list_inputs import MoveListInput, SetQuotaInput, SubmitRecommendationsInput
from gateway.lists import MoveListResult, SubmitRecommendationsResult
from gateway.operations import Problem
from gateway.selection import Message, MessagesResult, SelectionRules, SetQuotaResult
from schema.errors import Problem as ProblemRecord
from schema.errors import RequestError
from sync import outbox
from sync.lists.acts import move
from sync.lists.setting import set_rules
from sync.lists.submission import ListOutcome, submit
from sync.repository.lists import ListStore
from sync.scope import EVERYTHING
from sync.tables import MessageRow

Info = strawberry.Info[Context]


@strawberry.type
class ListMutations:
    """What `Mutation` has of them."""

    @strawberry.mutation(
        description="推送推荐名单；dryRun 只校验不封存 / Push a recommended list; dryRun only validates",
        extensions=[Access(NATIONAL, REGION, cost=2000)],
    )
    async def submit_recommendations(
        self, info: Info, input: SubmitRecommendationsInput, dry_run: bool = False
    ) -> SubmitRecommendationsResult:
        """Whole or not at all, with the findings of all rows at once."""
        context = info.context
        push = input.push()
        if not context.scope.covers(str(input.region)) or push.issuer[:2] != str(input.region):
            return SubmitRecommendationsResult.of(ListOutcome((), refusals=(_no_region(),)), None, dry_run=dry_run)
        outcome = await asyncio.to_thread(
            submit, context.hub.database, push, context.viewer.name, dry_run=dry_run, now=context.hub.now()
        )
        row = outcome.sealed
        sealed = (await context.read(lambda session: lists.load(session, context.scope, [row]))) if row else []
        return SubmitRecommendationsResult.of(outcome, sealed[0] if sealed else None, dry_run=dry_run)

    @strawberry.mutation(
        description="审核、接受、退回、公示、确认、终定、撤回名单 / Check, accept, return, publish, confirm, finalise, withdraw",
        extensions=[Access(NATIONAL, REGION, cost=1000)],
    )
    async def move_list(self, info: Info, input: MoveListInput) -> MoveListResult:
        """A region withdraws its own and receives those from below it; the rest is the national organiser's."""
        context, now = info.context, info.context.hub.now()
        try:
            row = await asyncio.to_thread(
                move, context.hub.database, context.scope, input.request(), actor=context.viewer.name, now=now
            )
        except RequestError as error:
            return MoveListResult(
                recommendation_list=None, problems=[Problem.of(problem) for problem in error.problems]
            )
        (made,) = await context.read(lambda session: lists.load(session, context.scope, [row]))
        return MoveListResult(recommendation_list=made, problems=[])

    @strawberry.mutation(
        description="设定名额和推荐规则，记录在案 / Set quotas and rules of selection, on record",
        extensions=[Access(NATIONAL, cost=200)],
    )
    async def set_quota(self, info: Info, input: SetQuotaInput) -> SetQuotaResult:
        """By the national organiser, with a reason."""
        context, now = info.context, info.context.hub.now()
        try:
            rules = await asyncio.to_thread(set_rules, context.hub.database, input.row(context.viewer.name, now))
        except RequestError as error:
            return SetQuotaResult(rules=None, problems=[Problem.of(problem) for problem in error.problems])
        settings = await context.read(lambda session: ListStore(session, EVERYTHING).settings([rules.issuer.code]))
        return SetQuotaResult(rules=SelectionRules.of(rules, settings), problems=[])

    @strawberry.mutation(
        description="标记通知已读 / Say that messages were read", extensions=[Access(NATIONAL, REGION, cost=50)]
    )
    async def mark_messages_read(self, info: Info, ids: list[strawberry.ID]) -> MessagesResult:
        """One's own; the first reader stays on record."""
        context, now = info.context, info.context.hub.now()
        names = [str(each) for each in ids]
        return await _told(
            lambda: outbox.mark_read(context.hub.database, context.scope, names, context.viewer.name, now)
        )

    @strawberry.mutation(
        description="重新发送通知到 Webhook / Send messages to webhooks once more",
        extensions=[Access(NATIONAL, cost=100)],
    )
    async def resend_messages(self, info: Info, ids: list[strawberry.ID]) -> MessagesResult:
        """By the national organiser; sent with the next round of the outbox."""
        context, now = info.context, info.context.hub.now()
        names = [str(each) for each in ids]
        return await _told(lambda: outbox.resend(context.hub.database, names, now))


async def _told(work: Callable[[], list[MessageRow]]) -> MessagesResult:
    try:
        rows = await asyncio.to_thread(work)
    except RequestError as error:
        return MessagesResult(messages=[], problems=[Problem.of(problem) for problem in error.problems])
    return MessagesResult(messages=[Message.of(row) for row in rows], problems=[])


def _no_region() -> ProblemRecord:
    return ProblemRecord(
        "REGION_UNKNOWN", "input.region", "没有这个地区，或其下没有这个推荐单位", "there is no such region, nor such a body below it",
        remedy_zh="填写本省代码", remedy_en="give your own region's code",
    )  # fmt: skip
