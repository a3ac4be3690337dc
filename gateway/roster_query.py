"""Root queries on the roster."""

import strawberry

from gateway import paging
from gateway import roster as types
from gateway.access import Access
from gateway.context import Context
from gateway.operations import Problem
from gateway.roster import CaseDecisionInput, Roster, RosterChange, RosterDecisionInput, RosterVersion, WhatIfResult
from schema.errors import Problem as ProblemRecord
from schema.errors import RequestError
from schema.roster import RosterStage
from sync.database import Session
from sync.repository.rosters import RosterStore
from sync.roster import Author, current
from sync.roster.computing import compare
from sync.roster.decisions import what_if
from sync.roster.versions import roster_of
from sync.tables import RosterVersionRow

Info = strawberry.Info[Context]


@strawberry.type
class RosterQueries:
    """What `Query` has of them."""

    @strawberry.field(
        description="总决赛名册，现行的或某一版本；省密钥只见本省 / The roster that stands, or a version; a region sees its own",
        extensions=[Access(cost=2000)],
    )
    async def roster(self, info: Info, version: int | None = None) -> Roster:
        """While it is open, computed anew from what is stored."""
        context = info.context

        def work(session: Session) -> Roster:
            if version is None:
                whole, row = current(session, context.hub.now())
                stage = RosterStage(row.stage) if row else RosterStage.OPEN
            else:
                row = _version(session, version)
                whole, stage = roster_of(row), RosterStage(row.stage)
            return types.roster(session, context.scope, whole, row, stage)

        return await context.read(work, whole=True)

    @strawberry.field(
        description="名册的各版本，最近在前 / Versions of the roster, newest first", extensions=[Access(cost=10)]
    )
    async def roster_versions(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> paging.Connection[RosterVersion]:
        """With their digests."""
        scope = info.context.scope
        return await paging.connection(
            info.context,
            paging.Asked(first, after, last, before),
            lambda session: RosterStore(session).listing(),
            lambda _, rows: [RosterVersion.of(row, scope) for row in rows],
            whole=True,
        )

    @strawberry.field(
        description="比较名册的两个版本 / Two versions of the roster compared", extensions=[Access(cost=1000, size=100)]
    )
    async def compare_rosters(self, info: Info, older: int, newer: int) -> list[RosterChange]:
        """Every item that stands otherwise."""
        scope = info.context.scope

        def work(session: Session) -> list[RosterChange]:
            found = compare(roster_of(_version(session, older)), roster_of(_version(session, newer)))
            return types.changes(session, scope, found)

        return await info.context.read(work, whole=True)

    @strawberry.field(
        description="若作出这些决定，名册将如何；不作任何改变 / What decisions would give; changes nothing",
        extensions=[Access(cost=5000)],
    )
    async def what_if(
        self,
        info: Info,
        decisions: list[RosterDecisionInput] | None = None,
        cases: list[CaseDecisionInput] | None = None,
    ) -> WhatIfResult:
        """For the national organiser."""
        context = info.context
        if context.scope.region is not None:
            return WhatIfResult(roster=None, changes=[], problems=[_not_for_regions()])
        author = Author(context.viewer.name, "what if", context.hub.now())
        words = [each.as_decision() for each in decisions or ()]

        def work(session: Session) -> WhatIfResult:
            found = what_if(session, words, [each.as_word() for each in cases or ()], author)
            made = types.roster(session, context.scope, found.roster, None, RosterStage.OPEN)
            return WhatIfResult(roster=made, changes=types.changes(session, context.scope, found.changes), problems=[])

        try:
            return await context.read(work)
        except RequestError as error:
            return WhatIfResult(roster=None, changes=[], problems=[Problem.of(each) for each in error.problems])


def _version(session: Session, number: int) -> RosterVersionRow:
    row = RosterStore(session).version(number)
    if row is None:
        raise RequestError(
            ProblemRecord(
                "VERSION_UNKNOWN", "version", "名册没有这个版本", "the roster has no such version", str(number),
                "在 rosterVersions 中查看", "see rosterVersions",
            )
        )  # fmt: skip
    return row


def _not_for_regions() -> Problem:
    return Problem.of(
        ProblemRecord(
            "FORBIDDEN", "Authorization", "推演涉及各省，仅组委会可用", "it concerns all regions and is for the organiser alone",
            remedy_zh="向组委会询问", remedy_en="ask the organiser",
        )
    )  # fmt: skip
