"""How tables for people write what the hub keeps as codes, times and lists."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from schema.provenance import CHINA
from schema.vocabulary import (
    AwardLevel,
    CaseKind,
    CaseStatus,
    ClauseKind,
    EligibilityStatus,
    EntryStatus,
    RosterState,
    Stage,
    TrackMatch,
)
from sync.lists.selection_checks import STAGE_NAMES

CHINESE: Final[dict[str, dict[str, str]]] = {
    "Stage": STAGE_NAMES,
    "EntryStatus": {
        EntryStatus.ACTIVE: "参赛中", EntryStatus.ELIMINATED: "未晋级", EntryStatus.WITHDRAWN: "已撤回",
    },
    "AwardLevel": {
        AwardLevel.FIRST: "一等奖", AwardLevel.SECOND: "二等奖", AwardLevel.THIRD: "三等奖", AwardLevel.MERIT: "优秀奖",
        AwardLevel.SPECIAL: "特色奖",
    },
    "TrackMatch": {
        TrackMatch.EXACT: "赛道同名", TrackMatch.TOPIC: "按赛题", TrackMatch.AMBIGUOUS: "多个可能，须申报",
        TrackMatch.NONE: "无对应，须申报",
    },
    "EligibilityStatus": {
        EligibilityStatus.ELIGIBLE: "符合", EligibilityStatus.INELIGIBLE: "不符合", EligibilityStatus.UNDETERMINED: "未定",
    },
    "CaseKind": {
        CaseKind.SAME_PROJECT: "同一项目重复报名", CaseKind.SAME_TEAM: "同一团队跨区报名",
        CaseKind.SAME_PERSON: "同一代表参加两队", CaseKind.TEAM_TWO_PROJECTS: "同一团队两个项目",
    },
    "CaseStatus": {CaseStatus.OPEN: "待裁定", CaseStatus.CONFIRMED: "确认重复", CaseStatus.DISMISSED: "不是重复"},
    "RosterState": {
        RosterState.INCLUDED: "入选", RosterState.HELD: "挂起", RosterState.EXCLUDED: "排除", RosterState.ALTERNATE: "候补",
    },
    "ClauseKind": {
        ClauseKind.ELIGIBILITY: "参赛资格", ClauseKind.TEAM: "团队", ClauseKind.UNIQUENESS: "唯一性", ClauseKind.DUPLICATE: "重复参赛",
        ClauseKind.UNIT_EXCLUSION: "单位回避", ClauseKind.GOV_TRACK_LIMIT: "政府机构赛道限制", ClauseKind.TOPIC_LOCK: "赛题锁定",
        ClauseKind.CLOSED_TOPIC: "停止报名的赛题", ClauseKind.PRIOR_WINNER: "往届获奖", ClauseKind.MATERIAL: "参赛材料",
        ClauseKind.TIMELINE: "赛程", ClauseKind.STAGE: "赛制", ClauseKind.REVIEW: "审核", ClauseKind.SCORING_WEIGHT: "评分",
        ClauseKind.QUOTA: "名额", ClauseKind.SUBSTITUTION: "递补", ClauseKind.PRIORITY: "优先", ClauseKind.AWARD: "奖项",
        ClauseKind.PUBLICITY: "公示", ClauseKind.COMPLAINT: "申诉", ClauseKind.OTHER: "其他",
    },
}  # fmt: skip


def chinese(value: Stage | EntryStatus | AwardLevel | TrackMatch | EligibilityStatus | CaseKind | CaseStatus | RosterState
            | ClauseKind | None) -> str:  # fmt: skip
    """A member of a closed list in the notices' words; empty for None."""
    return CHINESE[type(value).__name__][value] if value is not None else ""


def time(moment: datetime | None) -> str:
    """A time of Beijing, as text: a spreadsheet's own dates know no time zone."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if moment else ""


def together(parts: Iterable[str]) -> str:
    """Several in one cell."""
    return "；".join(parts)
