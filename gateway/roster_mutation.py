"""Root mutations on the roster: for the national organiser alone."""

import asyncio
from collections.abc import Callable

import strawberry

from gateway.access import NATIONAL, Access
from gateway.context import Context
from gateway.operations import Problem
from gateway.roster import RosterActResult, RosterDecisionInput, RosterVersion
from schema.errors import RequestError
from sync.repository.rosters import RosterStore
from sync.roster import Author, closing, renew
from sync.roster.decisions import decide
from sync.tables import RosterVersionRow

Info = strawberry.Info[Context]


@strawberry.type
class RosterMutations:
    """What `Mutation` has of them."""

    @strawberry.mutation(
        description="按现有数据更新名册，无变化则不生成版本 / Bring the roster up to date",
        extensions=[Access(NATIONAL, cost=5000)],
    )
    async def renew_roster(self, info: Info, reason: str) -> RosterActResult:
        """A version is made only where something that goes in has changed."""
        author = _author(info, reason)
        return await _told(info, lambda: renew(info.context.hub.database, author))

    @strawberry.mutation(
        description="对项目作出决定，全部或全不 / Decide on entries, all or none",
        extensions=[Access(NATIONAL, cost=5000)],
    )
    async def decide_roster(self, info: Info, decisions: list[RosterDecisionInput], reason: str) -> RosterActResult:
        """Alternates move up in the same transaction."""
        author = _author(info, reason)
        words = [each.as_decision() for each in decisions]
        return await _told(info, lambda: decide(info.context.hub.database, words, author))

    @strawberry.mutation(description="冻结名册 / Freeze the roster", extensions=[Access(NATIONAL, cost=5000)])
    async def freeze_roster(self, info: Info, version: int, reason: str) -> RosterActResult:
        """Of the version that was looked at, and no other."""
        author = _author(info, reason)
        return await _told(info, lambda: closing.freeze(info.context.hub.database, version, author))

    @strawberry.mutation(
        description="重新开放已冻结的名册 / Open a frozen roster again", extensions=[Access(NATIONAL, cost=5000)]
    )
    async def reopen_roster(self, info: Info, version: int, reason: str) -> RosterActResult:
        """On record."""
        author = _author(info, reason)
        return await _told(info, lambda: closing.reopen(info.context.hub.database, version, author))

    @strawberry.mutation(
        description="终定已冻结的名册 / Make a frozen roster final", extensions=[Access(NATIONAL, cost=5000)]
    )
    async def finalise_roster(self, info: Info, version: int, reason: str) -> RosterActResult:
        """For good; only errata can follow."""
        author = _author(info, reason)
        return await _told(info, lambda: closing.finalise(info.context.hub.database, version, author))

    @strawberry.mutation(
        description="发布签名的更正 / Issue a signed erratum to a final roster",
        extensions=[Access(NATIONAL, cost=5000)],
    )
    async def issue_erratum(
        self, info: Info, version: int, decisions: list[RosterDecisionInput], reason: str
    ) -> RosterActResult:
        """Signed with the hub's key."""
        author = _author(info, reason)
        words = [each.as_decision() for each in decisions]
        signer = info.context.hub.settings.signer_if_any()
        return await _told(
            info, lambda: closing.issue_erratum(info.context.hub.database, version, words, author, signer)
        )


def _author(info: Info, reason: str) -> Author:
    return Author(info.context.viewer.name, reason, info.context.hub.now())


async def _told(info: Info, work: Callable[[], object]) -> RosterActResult:
    """Do it; the version that stands afterwards, or the problems."""
    context = info.context
    try:
        await asyncio.to_thread(work)
    except RequestError as error:
        return RosterActResult(version=None, problems=[Problem.of(problem) for problem in error.problems])
    row: RosterVersionRow | None = await context.read(lambda session: RosterStore(session).newest())
    return RosterActResult(version=RosterVersion.of(row, context.scope) if row else None, problems=[])
