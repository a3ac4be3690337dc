"""One row of a register as an organiser writes it, from a file or a request: what it must say, and the line that it makes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from adapters.registry import region_named, regions
from adapters.table import Cell, Unreadable, text_of
from schema.errors import Problem
from schema.facts import NATIONAL_CONTEST
from schema.identifiers import REGIONS, credit_code_fault
from schema.vocabulary import OrganiserRole, Register
from sync.registers import PROJECTS, RegisterLine

_Fault = tuple[str, str, str, str, str, str]  # code, column, both texts, both remedies

# Heading in Chinese, as the template has it; what else it may be called; what a wrong or missing value is called.
COLUMNS: Final = {
    "name": ("单位名称", ("单位", "企业名称", "name")),
    "credit_code": ("统一社会信用代码", ("信用代码", "creditcode", "credit_code")),
    "project": ("项目名称", ("项目", "project")),
    "contest": ("赛区", ("地区", "contest")),
    "sub_topic": ("子赛题", ("子赛题编号", "编号", "subtopic", "sub_topic")),
    "role": ("组织角色", ("角色", "role")),
    "remark": ("备注", ("说明", "remark")),
}
_NATIONAL_WORDS: Final = ("全国", "国家", NATIONAL_CONTEST)


def columns_of(register: Register) -> tuple[str, ...]:
    """The columns that make sense for a register, the one it cannot do without first."""
    if register is Register.CANCELLED_SUB_TOPICS:
        return ("sub_topic", "remark")
    if register in PROJECTS:
        return ("project", "name", "credit_code", "contest", "remark")
    if register in (Register.ORGANISERS, Register.AFFILIATES):
        return ("name", "credit_code", "contest", "role", "remark")
    return ("name", "credit_code", "remark")


def read_line(
    register: Register, file: str, number: int, cells: Mapping[str, Cell]
) -> tuple[RegisterLine | None, list[Problem]]:
    """One row of cells, by column, as a line; or None and everything that is wrong with it."""
    said = {column: text_of(cell).strip() for column, cell in cells.items()}
    lost = [column for column, cell in cells.items() if isinstance(cell, Unreadable)]
    problems = [
        Problem(
            code, f"{file} 第 {number} 行 row {number}：{COLUMNS[column][0]}", zh, en, said.get(column, ""), *remedy
        )
        for code, column, zh, en, *remedy in (*_lost(lost), *_faults(register, said))
    ]
    if problems:
        return None, problems
    remark = said.get("remark", "")
    if register is Register.CANCELLED_SUB_TOPICS:
        ((contest, topic, identifier),) = _sub_topics()[said["sub_topic"]]
        return RegisterLine(register, identifier, project=topic, contest=contest, remark=remark), []
    code, where, role = said.get("credit_code", "").upper(), said.get("contest"), said.get("role")
    line = RegisterLine(
        register, said.get("name", ""), code or None, said.get("project", ""),
        _contest(where) if where else None, OrganiserRole(role) if role else None, remark,
    )  # fmt: skip
    return line, []


def _lost(columns: list[str]) -> Iterator[_Fault]:
    for column in columns:
        yield ("CELL_UNREADABLE", column, "单元格内容已丢失", "the cell lost its content",
               "设为文本后重填", "set it to text, fill it in again")  # fmt: skip


def _faults(register: Register, said: Mapping[str, str]) -> Iterator[_Fault]:
    needed = columns_of(register)[0]
    if not said.get(needed):
        yield "VALUE_MISSING", needed, "必填", "must be given", "补充该单元格", "fill in the cell"
    elif needed == "sub_topic" and len(_sub_topics().get(said[needed], ())) != 1:
        where = "regions { tracks { topics { subTopics { id title } } } }"
        yield ("SUB_TOPIC_UNKNOWN", needed, "不是通知所列的某一个子赛题", "not one sub-topic that a notice prints",
               f"填写子赛题编号，或照抄其标题；编号见 {where}", f"give its id or copy its title; see {where}")  # fmt: skip
    code = said.get("credit_code", "").upper()
    if code and (fault := credit_code_fault(code)):
        yield ("CREDIT_CODE_INVALID", "credit_code", "统一社会信用代码校验未通过", fault,
               "核对营业执照，18 位", "check the licence: 18 characters")  # fmt: skip
    contest, role = said.get("contest"), said.get("role")
    if contest and _contest(contest) is None:
        yield ("CONTEST_UNKNOWN", "contest", "不是省级行政区，也不是“全国”", "no province-level division and not 全国",
               "填写省名、代码或“全国”", "give a name, a code or 全国")  # fmt: skip
    if role and role not in tuple(OrganiserRole):
        yield ("ROLE_UNKNOWN", "role", "不是通知所用的组织角色", "no role that notices use",
               "可用：" + "、".join(OrganiserRole), ", ".join(OrganiserRole))  # fmt: skip


@cache
def _sub_topics() -> dict[str, list[tuple[str, str, str]]]:
    """Region, topic and id of every sub-topic that a connected region's notice prints, by id and by title."""
    known: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for code, adapter in regions().items():
        for _, topic in adapter.catalogue.topics():
            for sub in topic.sub_topics:
                for name in (sub.id, sub.title):
                    known[name].append((code, topic.id, sub.id))
    return dict(known)


def _contest(word: str) -> str | None:
    """A region's code or "national"; a region need not be connected."""
    if word in _NATIONAL_WORDS:
        return NATIONAL_CONTEST
    adapter = region_named(word)
    if adapter is not None:
        return adapter.manifest.code
    return next((code for code, region in REGIONS.items() if word in (code, region.name, region.full_name)), None)
