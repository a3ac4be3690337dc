"""Arguments of queries and mutations."""

from datetime import UTC, datetime

import strawberry

from schema.errors import Problem, RequestError
from schema.vocabulary import AwardLevel, CaseStatus, EligibilityStatus, EntryStatus, Stage, Verdict
from sync.repository.browse import EntryFilter, SortKey
from sync.review_queue import CaseOrder

strawberry.enum(SortKey, name="EntrySortKey", description="排序依据 / What entries can be sorted by")
strawberry.enum(
    CaseOrder,
    description="案件排序：REVIEW 为证据权重乘以后果，推荐名单上的在前 / REVIEW: weight times consequence, recommended entries first",
)


@strawberry.input(description="参赛项目筛选，各条件同时成立 / Conditions on entries; all must hold")
class EntryFilterInput:
    """Lists mean "one of"."""

    regions: list[strawberry.ID] = strawberry.field(default_factory=list, description="地区代码 / Region codes")
    national_tracks: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="建议的国家赛道，如 N01 / Proposed national tracks"
    )
    tracks: list[strawberry.ID] = strawberry.field(default_factory=list, description="省内赛道 / Native tracks")
    topics: list[strawberry.ID] = strawberry.field(default_factory=list, description="省内赛题 / Native topics")
    stages: list[Stage] = strawberry.field(default_factory=list, description="赛程阶段 / Stages")
    statuses: list[EntryStatus] = strawberry.field(default_factory=list, description="参赛状态 / Statuses")
    awards: list[AwardLevel] = strawberry.field(default_factory=list, description="奖项 / Awards")
    cities: list[str] = strawberry.field(default_factory=list, description="承办市州 / Host cities")
    organisation: str | None = strawberry.field(
        default=None,
        description="参赛单位名称的一部分，或统一社会信用代码 / Part of an organisation's name, or its credit code",
    )
    text: str | None = strawberry.field(
        default=None, description="名称、简介、团队或单位中的文字 / Text in title, summary, team or organisation"
    )
    submitted_from: datetime | None = strawberry.field(default=None, description="报名不早于 / Submitted at or after")
    submitted_before: datetime | None = strawberry.field(default=None, description="报名早于 / Submitted before")
    updated_from: datetime | None = strawberry.field(default=None, description="更新不早于 / Updated at or after")
    updated_before: datetime | None = strawberry.field(default=None, description="更新早于 / Updated before")

    standings: list[EligibilityStatus] = strawberry.field(
        default_factory=list, description="参赛资格，计入有效豁免 / Standing, with the waivers that hold"
    )
    clauses: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="由这些规则判定过，与 verdicts 合用 / Judged by one of these clauses"
    )
    verdicts: list[Verdict] = strawberry.field(
        default_factory=list,
        description="有这样的判定；给出 clauses 时限于其中 / Has such a verdict, by one of `clauses` where these are given",
    )

    def as_filter(self) -> EntryFilter:
        """The repository's filter; times without an offset are refused, as nobody could say what they mean."""
        for name in ("submitted_from", "submitted_before", "updated_from", "updated_before"):
            moment = getattr(self, name)
            if moment is not None:
                _check(f"filter.{name}", moment)
        return EntryFilter(**vars(self))


def _check(place: str, moment: datetime) -> None:
    """Refuse a time that means no moment of UTC."""
    if moment.tzinfo is None:
        problem = ("TIME_WITHOUT_OFFSET", place, "时间须带时区", "a time needs an offset")
    else:
        try:
            moment.astimezone(UTC)
        except OverflowError:  # the year 1 east of Greenwich, the year 9999 west of it
            problem = ("TIME_OUT_OF_RANGE", place, "时间超出可表示的范围", "there is no such time in UTC")
        else:
            return
    example = "2025-07-01T00:00:00+08:00"
    raise RequestError(Problem(*problem, moment.isoformat(), f"例如 {example}", f"for instance {example}"))


@strawberry.input(description="排序；同值按编号 / A sort; ties are broken by id")
class EntrySortInput:
    """Newest submissions first, unless told otherwise."""

    by: SortKey = SortKey.SUBMITTED_AT
    descending: bool = True


@strawberry.input(description="对查重案件的裁定 / A decision on a duplicate case")
class DecideCaseInput:
    """CONFIRMED names the entry that stays; OPEN takes the last decision back."""

    case_id: strawberry.ID
    decision: CaseStatus
    keep_entry_id: strawberry.ID | None = None
    reason: str
    seen_at: datetime | None = strawberry.field(
        default=None,
        description="裁定人所见案件的 changedAt；此后有变则拒绝 / `changedAt` of the case as it was seen; refused where it changed since",
    )
