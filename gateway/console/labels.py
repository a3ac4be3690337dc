"""Closed lists as people read them, in both languages. The Chinese words are those that exported tables use."""

from collections.abc import Mapping
from typing import Final

from gateway.exports.words import CHINESE
from schema.list_life import STATE_NAMES

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    **CHINESE,
    "ListState": {state.value: name for state, name in STATE_NAMES.items()},
    "ListAct": {
        "DRAFT": "起草", "VALIDATE": "校验", "SEAL": "封存", "CHECK": "开始审核", "ACCEPT": "接受", "RETURN": "退回",
        "PUBLISH": "公示", "CONFIRM": "确认", "FINALISE": "终定", "WITHDRAW": "撤回", "SUPERSEDE": "替代",
    },
    "PullStatus": {"RUNNING": "进行中", "SUCCEEDED": "成功", "PAUSED": "已暂停", "FAILED": "失败"},
    "PullPhase": {"FETCHING": "读取平台", "STORING": "入库", "JUDGING": "判定", "ENDED": "结束"},
    "CaseLevel": {"LIKELY": "很可能", "REVIEW": "待核对"},
    "Verdict": {"MET": "符合", "NOT_MET": "不符合", "UNDETERMINED": "未定"},
    "ObjectionStatus": {"RECEIVED": "待处理", "UPHELD": "成立", "REJECTED": "不成立"},
    "RosterStage": {"OPEN": "开放", "FROZEN": "已冻结", "FINAL": "已终定"},
    "RosterAct": {"EXCLUDE": "排除", "HOLD": "挂起", "CLEAR": "取消决定"},
    "QuotaBasis": {"PRINTED": "通知所印", "INFERRED": "推定", "SET": "组委会设定"},
    "FindingSeverity": {"BLOCKED": "须改正", "TO_CONFIRM": "须确认", "WARNING": "提醒"},
    "Role": {"NATIONAL": "国家组委会", "REGION": "分赛区", "JOB": "作业"},
    "OrganisationKind": {
        "GOVERNMENT": "政府机构", "INSTITUTION": "事业单位", "CENTRAL_STATE_OWNED": "央企", "STATE_OWNED": "国企", "PRIVATE": "民营",
        "FOREIGN": "外资", "JOINT_VENTURE": "合资", "RESEARCH": "科研院校", "OTHER": "其他",
    },
    "Followed": {
        "TOPIC": "赛题", "REPRESENTATIVES": "参赛代表", "TITLE": "名称", "SUMMARY": "简介", "ORGANISATIONS": "单位", "TEAM": "团队",
        "STAGE": "阶段", "STATUS": "状态", "AWARD": "奖项", "SCORE": "得分", "CITY": "市州",
    },
    "Feature": {
        "TITLE": "名称", "SUMMARY": "简介", "NUMBERS": "简介中的数字", "TEAM": "团队", "ORGANISATION": "单位", "CREDIT_CODE": "信用代码",
        "NAMES": "姓名", "TOKENS": "证件", "PHONES": "电话",
    },
}  # fmt: skip


def label(kind: str, value: str | None, language: str) -> str:
    """A member of the closed list `kind`; the member itself where it has no words, empty for None."""
    if value is None:
        return ""
    if language == "en":
        return value.replace("_", " ").capitalize()
    return _WORDS.get(kind, {}).get(value, value)


def members(kind: str) -> list[str]:
    """The members of a closed list that has words, in order."""
    return [str(each) for each in _WORDS[kind]]
