"""Root mutations on registers and waivers: for the national organiser alone."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

import strawberry

from gateway import eligibility
from gateway.access import NATIONAL, Access
from gateway.context import Context
from gateway.operations import Problem
from gateway.registers import RegisterLineInput, RegisterResult, WaiverResult
from schema.errors import Problem as ProblemRecord
from schema.errors import RequestError
from schema.vocabulary import Register
from sync import registers, waivers
from sync.database import Database
from sync.eligibility import evaluate_registers
from sync.register_lines import read_line

Info = strawberry.Info[Context]


@strawberry.type
class EligibilityMutations:
    """What `Mutation` has of them."""

    @strawberry.mutation(
        description="向名单加行，或以所给各行为全部 / Add lines to a register, or make them all of it",
        extensions=[Access(NATIONAL, cost=1000)],
    )
    async def change_register(
        self,
        info: Info,
        register: Register,
        lines: list[RegisterLineInput],
        reason: str,
        replace: bool = False,
        dry_run: bool = False,
    ) -> RegisterResult:
        """All lines or none; what it concerns is judged anew at once."""
        context, now = info.context, datetime.now(UTC)
        read = [
            read_line(register, "lines", number, {name: value or "" for name, value in asdict(line).items()})
            for number, line in enumerate(lines, start=1)
        ]
        problems = [problem for _, found in read for problem in found]
        if problems or dry_run:
            return _nothing(problems, dry_run=dry_run)
        made = [line for line, _ in read if line is not None]
        database, author = context.hub.database, context.viewer.name

        def work() -> RegisterResult:
            change = registers.change(database, register, made, author=author, reason=reason, now=now, replace=replace)
            return _done(database, [change], now)

        return await _told(work)

    @strawberry.mutation(
        description="移除名单中的行 / Take lines off registers", extensions=[Access(NATIONAL, cost=1000)]
    )
    async def remove_register_lines(self, info: Info, ids: list[strawberry.ID], reason: str) -> RegisterResult:
        """All or none."""
        context, now = info.context, datetime.now(UTC)
        database, author = context.hub.database, context.viewer.name

        def work() -> RegisterResult:
            names = [str(each) for each in ids]
            return _done(database, registers.remove(database, names, author=author, reason=reason, now=now), now)

        return await _told(work)

    @strawberry.mutation(
        description="豁免一条规则，限通知留有余地者 / Waive a clause, where the notice leaves room",
        extensions=[Access(NATIONAL, cost=200)],
    )
    async def waive(
        self, info: Info, clause: strawberry.ID, entry: strawberry.ID, reason: str, expires: datetime
    ) -> WaiverResult:
        """On record with author and end."""
        context, now = info.context, datetime.now(UTC)
        try:
            row = await asyncio.to_thread(
                waivers.waive, context.hub.database, clause=str(clause), entry=str(entry), reason=reason,
                expires_at=expires, author=context.viewer.name, now=now,
            )  # fmt: skip
        except RequestError as error:
            return WaiverResult(waiver=None, problems=[Problem.of(problem) for problem in error.problems])
        return WaiverResult(waiver=eligibility.waiver(row, now), problems=[])

    @strawberry.mutation(
        description="撤销豁免，记录保留 / Revoke a waiver; it stays on record", extensions=[Access(NATIONAL, cost=200)]
    )
    async def revoke_waiver(self, info: Info, id: strawberry.ID, reason: str) -> WaiverResult:
        """With a reason."""
        context, now = info.context, datetime.now(UTC)
        try:
            row = await asyncio.to_thread(
                waivers.revoke, context.hub.database, waiver=str(id), reason=reason, author=context.viewer.name, now=now
            )
        except RequestError as error:
            return WaiverResult(waiver=None, problems=[Problem.of(problem) for problem in error.problems])
        return WaiverResult(waiver=eligibility.waiver(row, now), problems=[])


def _done(database: Database, changes: Sequence[registers.RegisterChange], now: datetime) -> RegisterResult:
    report = evaluate_registers(database, changes, now)
    return RegisterResult(
        added=sum(len(change.added) for change in changes),
        removed=sum(len(change.removed) for change in changes),
        judged=report.judged,
        dry_run=False,
        problems=[],
    )


async def _told(work: Callable[[], RegisterResult]) -> RegisterResult:
    try:
        return await asyncio.to_thread(work)
    except RequestError as error:
        return _nothing(error.problems, dry_run=False)


def _nothing(problems: Sequence[ProblemRecord], *, dry_run: bool) -> RegisterResult:
    found = [Problem.of(problem) for problem in problems]
    return RegisterResult(added=0, removed=0, judged=0, dry_run=dry_run, problems=found)
