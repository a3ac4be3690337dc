"""Types of the hub's own business: pulls, quarantine, recommended lists, roster, statistics, problems."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import strawberry

from gateway import facts
from gateway.entries import beijing
from schema.errors import Problem as ProblemRecord
from schema.types.cases import DuplicateCase
from schema.types.catalogue import NATIONAL_TRACKS, Region
from schema.types.node import Node
from schema.vocabulary import CaseStatus, PullPhase, PullStatus
from sync.repository.statistics import GroupKey, Line
from sync.tables import PullRow, QuarantineRow

if TYPE_CHECKING:
    from sync.detector import DetectionReport as DetectionRecord

strawberry.enum(GroupKey, name="EntryGroupKey", description="分组依据 / What entries can be counted by")


@strawberry.type(
    description="一个问题：代码、位置、现状、说明、处理办法 / One problem: code, place, value, words, remedy"
)
class Problem:
    """Safe to show: nothing personal in it."""

    code: str
    place: str
    value: str | None
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str

    @classmethod
    def of(cls, problem: ProblemRecord | Mapping[str, Any]) -> Self:
        """From the record, or from the JSON a row keeps."""
        return cls(**(problem.as_dict() if isinstance(problem, ProblemRecord) else problem))


@strawberry.type(description="某一状态的案件数 / How many cases there are of a status")
class CaseCount:
    """Counted in the database."""

    status: CaseStatus
    number: int


@strawberry.type(description="重试隔离行的结果 / What came of trying rows again")
class ReplayResult:
    """`released` became entries, `rejected` are still set aside."""

    rows: int
    released: int
    rejected: int
    problems: list[Problem]


@strawberry.type(description="平台格式变化：新字段、缺字段、新标签 / What a platform sent in a form we do not know")
class SchemaDrift:
    """Counted over one run."""

    kind: str = strawberry.field(description="新字段、缺字段、新标签 / NEW_FIELD, MISSING_FIELD or NEW_LABEL")
    place: str
    value: str
    rows: int


@strawberry.type(description="一次拉取 / One pull of one region")
class Pull(Node):
    """Counts are entries."""

    region: Region
    status: PullStatus
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    rows_read: int = strawberry.field(description="已读行数，运行中持续更新 / Rows read so far")
    rows_total: int | None = strawberry.field(description="平台所称总行数 / Rows in all, as the platform says")
    created: int
    changed: int
    unchanged: int
    withdrawn: int
    quarantined: int
    problems: list[Problem]
    drift: list[SchemaDrift] = strawberry.field(description="平台格式变化 / Changes of the platform's form")
    is_newest: strawberry.Private[bool]

    @strawberry.field(
        description="本省尚待判定的项目数；仅最近一次拉取 / Entries still to be judged; of a region's newest pull"
    )
    async def to_judge(self, info: strawberry.Info) -> int:
        """What is left of an earlier run is the newest one's to do."""
        left: int = await info.context.to_judge(str(self.region.code)) if self.is_newest else 0
        return left

    @strawberry.field(description="进行到哪一步 / How far it has come")
    async def phase(self, info: strawberry.Info) -> PullPhase:
        """Judging follows a run that has ended, whatever its status."""
        if self.status is PullStatus.RUNNING:
            return PullPhase.STORING if self.rows_read else PullPhase.FETCHING
        left = await info.context.to_judge(str(self.region.code)) if self.is_newest else 0
        return PullPhase.JUDGING if left else PullPhase.ENDED

    @classmethod
    def of(cls, row: PullRow, *, is_newest: bool) -> Self:
        """From its row; `is_newest` of its region."""
        return cls(
            id=strawberry.ID(row.id),
            region=facts.region_types()[row.region],
            status=PullStatus(row.status),
            started_by=row.started_by,
            started_at=beijing(row.started_at),
            finished_at=beijing(row.finished_at) if row.finished_at else None,
            rows_read=row.rows_read,
            rows_total=row.rows_total,
            created=row.created,
            changed=row.changed,
            unchanged=row.unchanged,
            withdrawn=row.withdrawn,
            quarantined=row.quarantined,
            problems=[Problem.of(problem) for problem in row.problems],
            drift=[SchemaDrift(**line) for line in row.drift],
            is_newest=is_newest,
        )


@strawberry.type(description="隔离的一行：平台给了，但无法识别 / A row that could not be understood")
class QuarantinedRow:
    """Leaves when the province sends it in a form we know."""

    region: Region
    key: str = strawberry.field(description="平台所给编号 / The id the platform gave")
    locator: str = strawberry.field(description="在响应中的位置 / Its place in the answer")
    problems: list[Problem]
    first_seen_at: datetime
    last_seen_at: datetime

    @classmethod
    def of(cls, row: QuarantineRow) -> Self:
        """From its row."""
        return cls(
            region=facts.region_types()[row.region],
            key=row.key,
            locator=row.source_locator,
            problems=[Problem.of(problem) for problem in row.problems],
            first_seen_at=beijing(row.first_seen_at),
            last_seen_at=beijing(row.last_seen_at),
        )


@strawberry.type(description="分组键 / A group's key")
class StatisticsKey:
    """`label` is the Chinese name where the value is an id."""

    group: GroupKey
    value: str | None
    label: str | None

    @classmethod
    def of(cls, group: GroupKey, value: str | None) -> Self:
        """From a group and its value in a line."""
        return cls(group=group, value=value, label=_label(group, value))


@strawberry.type(description="一组的计数 / The counts of one group")
class StatisticsRow:
    """Entries, and distinct lead organisations."""

    keys: list[StatisticsKey]
    entries: int
    organisations: int

    @classmethod
    def of(cls, groups: Sequence[GroupKey], line: Line) -> Self:
        """From one line of the count."""
        keys = [StatisticsKey.of(group, value) for group, value in zip(groups, line.values, strict=True)]
        return cls(keys=keys, entries=line.entries, organisations=line.organisations)


def _label(group: GroupKey, value: str | None) -> str | None:
    if value is None:
        return None
    if group is GroupKey.WEEK:
        year, week, _ = date.fromisoformat(value).isocalendar()
        return f"{year} 年第 {week} 周"
    national = NATIONAL_TRACKS.get(value)
    return national.name if national else facts.label(value)


@strawberry.type(description="裁定的结果 / What came of a decision")
class DecideCaseResult:
    """Either the case as it now stands, or the problems."""

    case: DuplicateCase | None
    problems: list[Problem]


@strawberry.type(description="启动拉取的结果 / What came of starting pulls")
class StartPullResult:
    """Pulls go on in the background; ask `pulls` how they do."""

    started: list[Region]
    already_running: list[Region]
    problems: list[Problem]


@strawberry.type(description="查重结果 / What a detection saw and did")
class DetectionReport:
    """Counts."""

    full: bool = strawberry.field(description="全量，还是只比对有变化的项目 / Everything, or what had changed")
    entries: int
    compared: int = strawberry.field(description="重新比对的项目 / Entries compared again")
    candidates: int = strawberry.field(description="逐对比对的候选对 / Pairs weighed")
    pairs: int = strawberry.field(description="达到待核线的对 / Pairs at or above review")
    cases: int
    opened: int
    changed: int
    reopened: int
    closed: int
    problems: list[Problem] = strawberry.field(
        description="因共用过多而不单独成对的值 / Values too widespread to make pairs by themselves"
    )

    @classmethod
    def of(cls, report: "DetectionRecord") -> Self:
        """From the record."""
        counts = {
            name: getattr(report, name)
            for name in (
                "full", "entries", "compared", "candidates", "pairs", "cases", "opened", "changed", "reopened", "closed",
            )
        }  # fmt: skip
        return cls(**counts, problems=[Problem.of(problem) for problem in report.problems])
