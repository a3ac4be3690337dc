"""Types of what an operator watches: schedules and guard stops."""

from datetime import datetime
from typing import Self

import strawberry

from gateway import facts
from gateway.entries import beijing
from gateway.operations import Problem
from schema.types.catalogue import Region
from sync.tables import GuardStopRow, JobRow


@strawberry.type(description="定时作业 / A job that is done again and again")
class Schedule:
    """When it is due, who does it now, how it last went."""

    name: str
    region: Region | None
    due_at: datetime = strawberry.field(description="下次到期 / When it is due next")
    running_since: datetime | None = strawberry.field(description="正在运行的开始时间 / Since when it runs, if it does")
    last_started_at: datetime | None
    last_finished_at: datetime | None
    last_outcome: str | None
    problems: list[Problem]

    @classmethod
    def of(cls, row: JobRow, now: datetime) -> Self:
        """From its row, as it stands at `now`: a lease that ran out is no run."""
        running = row.lease_until is not None and row.lease_until > now and row.finished_at is None
        return cls(
            name=row.name,
            region=facts.region_types().get(row.name.rpartition(" ")[2]),
            due_at=beijing(row.due_at),
            running_since=beijing(row.started_at) if running and row.started_at else None,
            last_started_at=beijing(row.started_at) if row.started_at else None,
            last_finished_at=beijing(row.finished_at) if row.finished_at else None,
            last_outcome=row.outcome,
            problems=[Problem.of(problem) for problem in row.problems],
        )


@strawberry.type(description="差异中的一项 / One entry of a difference")
class GuardDifference:
    """`after` is null where the entry would be withdrawn."""

    entry_id: strawberry.ID
    before: str | None
    after: str | None


@strawberry.type(
    description="守护暂停：一次拉取将删除或改写过多 / A pull that would have deleted or rewritten too much"
)
class GuardStop:
    """Nothing of it was done; it can be overridden once."""

    run_id: strawberry.ID
    region: Region
    stopped_at: datetime
    kind: str = strawberry.field(description="撤回或改写 / deletions or rewrites")
    number: int
    bound: int
    entries: int = strawberry.field(description="当时在册项目数 / Entries there were")
    difference: list[GuardDifference] = strawberry.field(description="差异，最多 200 项 / At most 200 of them")
    overridden_by: str | None
    overridden_at: datetime | None
    reason: str | None
    used_at: datetime | None = strawberry.field(description="放行被使用的时间 / When the override was used")

    @classmethod
    def of(cls, row: GuardStopRow) -> Self:
        """From its row."""
        return cls(
            run_id=strawberry.ID(row.run_id),
            region=facts.region_types()[row.region],
            stopped_at=beijing(row.stopped_at),
            kind=row.kind,
            number=row.number,
            bound=row.bound,
            entries=row.entries,
            difference=[
                GuardDifference(entry_id=strawberry.ID(line["entry"]), before=line["before"], after=line["after"])
                for line in row.difference
            ],
            overridden_by=row.overridden_by,
            overridden_at=beijing(row.overridden_at) if row.overridden_at else None,
            reason=row.reason,
            used_at=beijing(row.used_at) if row.used_at else None,
        )


@strawberry.type(description="放行的结果 / What came of an override")
class OverrideResult:
    """Either the stop as it now stands, or the problems."""

    stop: GuardStop | None
    problems: list[Problem]


@strawberry.type(description="停止拉取的结果 / What came of stopping pulls")
class StopPullResult:
    """A run that is stopped ends at its next write; what it stored stays."""

    stopped: list[Region]
    problems: list[Problem]
