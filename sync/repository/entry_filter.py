"""What entries can be filtered by. Each condition is declared once, here: its name and values, what it means in SQL, and the
words in which GraphQL and exports tell it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Annotated, NamedTuple, get_args, get_origin, get_type_hints

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, true

from schema.vocabulary import (
    AwardLevel,
    CaseKind,
    CaseStatus,
    EligibilityStatus,
    EntryStatus,
    OrganisationKind,
    Stage,
    TrackMatch,
    Verdict,
)
from sync.repository.condition_kinds import (
    Among,
    Before,
    Condition,
    EntryGap,
    From,
    InCase,
    Judged,
    OfOrganisation,
    Saying,
    Standing,
    Surroundings,
    Without,
)

_Texts = Sequence[str] | None
_Time = datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Conditions that must all hold; None and an empty list ask nothing, a list means "one of"."""

    ids: Annotated[_Texts, Among("项目编号", "Ids of entries", identifiers=True, column="id")] = None
    regions: Annotated[_Texts, Among("地区代码", "Region codes", identifiers=True, column="region")] = None
    cities: Annotated[_Texts, Among("承办市州", "Host cities", column="city")] = None
    national_tracks: Annotated[
        _Texts,
        Among("国家赛道：以申报为准，未申报取建议", "National tracks: as declared, else as proposed", identifiers=True,
              column="counted_track"),
    ] = None  # fmt: skip
    declared_national_tracks: Annotated[
        _Texts,
        Among("推荐名单申报的国家赛道", "National tracks as declared in lists", identifiers=True, column="declared_track"),
    ] = None  # fmt: skip
    proposed_national_tracks: Annotated[
        _Texts,
        Among("对照表建议的国家赛道", "National tracks as proposed by the crosswalk", identifiers=True, column="national_track"),
    ] = None  # fmt: skip
    matches: Annotated[
        Sequence[TrackMatch] | None,
        Among("与国家赛道的对应方式", "How the topic leads to a national track", column="match"),
    ] = None
    tracks: Annotated[_Texts, Among("省内赛道", "Native tracks", identifiers=True, column="track_id")] = None
    topics: Annotated[_Texts, Among("省内赛题", "Native topics", identifiers=True, column="topic_id")] = None
    sub_topics: Annotated[_Texts, Among("子赛题", "Sub-topics", identifiers=True, column="sub_topic_id")] = None
    stages: Annotated[Sequence[Stage] | None, Among("赛程阶段", "Stages", column="stage")] = None
    statuses: Annotated[Sequence[EntryStatus] | None, Among("参赛状态", "Statuses", column="status")] = None
    awards: Annotated[Sequence[AwardLevel] | None, Among("奖项", "Awards", column="award")] = None
    score_from: Annotated[float | None, From("得分不低于", "Score, at least", column="score")] = None
    score_to: Annotated[float | None, Before("得分不高于", "Score, at most", column="score", inclusive=True)] = None
    organisation: Annotated[
        str | None,
        Saying(
            "参赛单位名称或统一社会信用代码中的文字",
            "Words in names or credit codes of organisations",
            organisations_only=True,
        ),
    ] = None
    credit_codes: Annotated[
        _Texts, OfOrganisation("参赛单位的统一社会信用代码", "Credit codes of organisations", column="credit_code")
    ] = None
    organisation_kinds: Annotated[
        Sequence[OrganisationKind] | None,
        OfOrganisation("任一参赛单位的性质", "Kind of any organisation", column="kind"),
    ] = None
    lead_organisation_kinds: Annotated[
        Sequence[OrganisationKind] | None,
        OfOrganisation("牵头单位的性质", "Kind of the lead organisation", column="kind", lead_only=True),
    ] = None
    text: Annotated[
        str | None,
        Saying(
            "名称、简介、团队、单位中的文字，以空格分开的各词均须出现，不分全半角、大小写、繁简",
            "Words in title, summary, team and organisations, all of them; width, case and traditional characters forgiven",
        ),
    ] = None
    submitted_from: Annotated[_Time, From("报名不早于", "Submitted at or after", column="submitted_at")] = None
    submitted_before: Annotated[_Time, Before("报名早于", "Submitted before", column="submitted_at")] = None
    updated_from: Annotated[_Time, From("更新不早于", "Updated at or after", column="updated_at")] = None
    updated_before: Annotated[_Time, Before("更新早于", "Updated before", column="updated_at")] = None
    changed_from: Annotated[_Time, From("本系统改写不早于", "Written by the hub at or after", column="changed_at")] = (
        None
    )
    changed_before: Annotated[_Time, Before("本系统改写早于", "Written by the hub before", column="changed_at")] = None
    standings: Annotated[
        Sequence[EligibilityStatus] | None, Standing("参赛资格，计入有效豁免", "Standing, with the waivers that hold")
    ] = None
    clauses: Annotated[
        _Texts,
        Judged(
            "由这些规则判定过，与 verdicts 合用",
            "Judged by one of these clauses; goes with `verdicts`",
            identifiers=True,
        ),
    ] = None
    verdicts: Annotated[
        Sequence[Verdict] | None,
        Judged(
            "有这样的判定；给出 clauses 时限于其中", "Has such a verdict, by one of `clauses` where these are given"
        ),
    ] = None
    case_statuses: Annotated[
        Sequence[CaseStatus] | None,
        InCase("属于这样的查重案件，与 caseKinds 合用", "Part of such a duplicate case; goes with `caseKinds`"),
    ] = None
    case_kinds: Annotated[
        Sequence[CaseKind] | None,
        InCase("属于这类查重案件", "Part of a duplicate case of this kind"),
    ] = None
    missing: Annotated[
        Sequence[EntryGap] | None,
        Without("缺少其中一项；与 not 合用即为已有", "Without one of these; with `not`: having it"),
    ] = None

    and_: Sequence["EntryFilter"] = ()
    or_: Sequence["EntryFilter"] = ()
    not_: "EntryFilter | None" = None

    def parts(self) -> Iterator["EntryFilter"]:
        """This filter and every one in it."""
        yield self
        for part in (*self.and_, *self.or_, *([self.not_] if self.not_ else [])):
            yield from part.parts()

    def asks_for_standings(self) -> bool:
        """Whether anything in it depends on the waivers that hold."""
        return any(part.standings for part in self.parts())


class Declared(NamedTuple):
    """One condition as it is declared. `value` is what one value of it is; `many`, that there may be several."""

    name: str
    value: type
    many: bool
    condition: Condition


@cache
def declared() -> tuple[Declared, ...]:
    """All of them, in order."""
    hints = get_type_hints(EntryFilter, include_extras=True)
    found = []
    for name in (each.name for each in fields(EntryFilter)):
        hint = hints[name]
        if get_origin(hint) is Annotated:
            kinds, condition = get_args(hint)
            kind = get_args(kinds)[0]  # the other is None
            many = get_origin(kind) is not None
            found.append(Declared(name, get_args(kind)[0] if many else kind, many, condition))
    return tuple(found)


def sql_of(wanted: EntryFilter, known: Surroundings) -> ColumnElement[bool]:
    """The filter as one condition."""
    return and_(true(), *_all_of(wanted, known))


def _all_of(wanted: EntryFilter, known: Surroundings) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool] | None] = [
        each.condition.sql(value, wanted, known)
        for each in declared()
        if (value := getattr(wanted, each.name)) is not None
    ]
    for part in wanted.and_:
        found += _all_of(part, known)
    if wanted.or_:
        found.append(or_(false(), *(sql_of(part, known) for part in wanted.or_)))
    if wanted.not_ is not None:
        # Where a column has no value, SQL knows neither yes nor no; here it is a no, so the opposite is a yes.
        found.append(not_(func.coalesce(sql_of(wanted.not_, known), false())))
    return [each for each in found if each is not None]
