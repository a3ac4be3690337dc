"""Root mutations on objections: for the national organiser alone. The public hands objections in by the page, and windows open
by the list's act PUBLISH.
"""

import asyncio

import strawberry

from gateway.access import NATIONAL, Access
from gateway.context import Context
from gateway.operations import Problem
from gateway.publicity import Objection, ObjectionResult, seen_by
from schema.errors import RequestError
from schema.publicity import ObjectionStatus
from sync import objections
from sync.objections import Filing
from sync.roster import Author

Info = strawberry.Info[Context]


@strawberry.input(description="书面异议 / An objection that came as a letter")
class FileObjectionInput:
    """By real name, with evidence."""

    window: strawberry.ID
    rank: int
    objector: str
    contact: str
    grounds: str
    evidence: list[str]

    def as_filing(self) -> Filing:
        """The record."""
        return Filing(str(self.window), self.rank, self.objector, self.contact, self.grounds, tuple(self.evidence))


@strawberry.type
class PublicityMutations:
    """What `Mutation` has of them."""

    @strawberry.mutation(
        description="登记书面异议 / Enter an objection that came as a letter", extensions=[Access(NATIONAL, cost=200)]
    )
    async def file_objection(self, info: Info, input: FileObjectionInput) -> ObjectionResult:  # noqa: A002  the convention
        """The same checks as on the page."""
        context = info.context
        try:
            row = await asyncio.to_thread(
                objections.file, context.hub.database, input.as_filing(), filed_by=context.viewer.name,
                now=context.hub.now(),
            )  # fmt: skip
        except RequestError as error:
            return ObjectionResult(objection=None, problems=[Problem.of(each) for each in error.problems])
        return ObjectionResult(objection=Objection.of(row, seen_by(context)), problems=[])

    @strawberry.mutation(
        description="处理异议；成立则排除并依次递补 / Decide an objection; upheld, the next moves up",
        extensions=[Access(NATIONAL, cost=5000)],
    )
    async def decide_objection(
        self,
        info: Info,
        id: strawberry.ID,  # noqa: A002  the convention
        decision: ObjectionStatus,
        reason: str,
    ) -> ObjectionResult:
        """Once."""
        context = info.context
        author = Author(context.viewer.name, reason, context.hub.now())
        try:
            row = await asyncio.to_thread(objections.decide, context.hub.database, str(id), decision, author)
        except RequestError as error:
            return ObjectionResult(objection=None, problems=[Problem.of(each) for each in error.problems])
        return ObjectionResult(objection=Objection.of(row, seen_by(context)), problems=[])
