"""From a Hebei row to the record."""

import re
from typing import Final

from adapters.draft import Draft
from adapters.hebei.payload import TOPIC_CODE, Project
from adapters.values import china_time
from schema.errors import MappingError, Problem
from schema.records import Entry

# Notice 五（二）2: the demanding company judges how well its demand is met, the experts how new the technique is.
DEMAND_WEIGHT: Final = 0.8
EXPERT_WEIGHT: Final = 0.2
_TOLERANCE: Final = 0.01
_TOPIC_CODE: Final = re.compile(TOPIC_CODE)


def to_entry(row: Project, draft: Draft) -> Entry:
    """The record of one row. Pure."""
    topic_id, sub_topic_id = _topic(row, draft)
    for index, unit in enumerate((row.lead_unit, *row.partner_units)):
        place = f"联合单位.{index - 1}" if index else "牵头单位"
        draft.organisation(unit.name, credit_code=unit.credit_code, kind=unit.nature, place=place)
    for index, member in enumerate(row.members):
        draft.representative(
            member.name,
            id_number=member.id_number,
            phone=member.phone,
            role=member.duty,
            is_contact=member.is_contact == "是",
            place=f"参赛代表.{index}",
        )
    _compare_scores(row, draft, is_demand=sub_topic_id is not None)
    return draft.entry(
        native_id=row.number,
        title=row.title,
        summary=row.summary,
        topic_id=topic_id,
        sub_topic_id=sub_topic_id,
        stage=draft.stage(row.stage, "当前环节"),
        status=draft.status(row.status, "状态"),
        team=row.team,
        award=draft.award(row.award, "奖项"),
        score=row.score,
        submitted_at=china_time(row.submitted_at, "报名时间"),
        updated_at=china_time(row.updated_at, "更新时间"),
        native={
            "demand_company": row.demand_company,
            "demand_score": row.demand_score,
            "expert_score": row.expert_score,
            "sub_topic_code": row.topic_code if sub_topic_id else None,
            "is_enterprise_demand": sub_topic_id is not None,
            "involved_regions": [*row.involved_regions],
        },
    )


def _topic(row: Project, draft: Draft) -> tuple[str, str | None]:
    """Topic and sub-topic of 赛题编码; the row is refused where 赛道序号 names another track."""
    found = _TOPIC_CODE.match(row.topic_code)
    if found is None:
        raise AssertionError("the payload has checked the form")  # pragma: no cover
    track, topic, sub_topic = found.groups()
    topic_id = draft.topic(int(track), int(topic), "赛题编码")
    if int(track) != row.track_number:
        raise MappingError(
            Problem(
                "TOPIC_DISAGREES",
                "赛道序号",
                value=str(row.track_number),
                zh=f"赛道序号 {row.track_number} 与赛题编码 {row.topic_code} 不一致",
                en=f"track number {row.track_number} and topic code {row.topic_code} name different tracks",
                remedy_zh="请省平台核对该项目的赛道和赛题",
                remedy_en="ask the province which track and topic the entry is in",
            )
        )
    return topic_id, f"{topic_id}-S{int(sub_topic)}" if sub_topic else None


def _compare_scores(row: Project, draft: Draft, *, is_demand: bool) -> None:
    """Warn where 综合得分 is not what its parts make; a part that is missing leaves nothing to compare."""
    if row.score is None or row.expert_score is None:
        return
    expected, rule_zh, rule_en = row.expert_score, "专家评分", "the experts' score"
    if is_demand:
        if row.demand_score is None:
            return
        expected = DEMAND_WEIGHT * row.demand_score + EXPERT_WEIGHT * row.expert_score
        rule_zh, rule_en = "需求企业 80%、专家 20% 的加权得分", "80 % demanding company and 20 % experts"
    if round(abs(row.score - expected), 6) > _TOLERANCE:
        draft.warn(
            "SCORE_DISAGREES",
            "综合得分",
            f"综合得分 {row.score} 与{rule_zh} {expected:.2f} 不一致",
            f"the combined score {row.score} is not {expected:.2f} ({rule_en})",
        )
