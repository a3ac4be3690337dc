"""Reads a register from a file an organiser may have, .xlsx or .csv, and writes the empty one to fill in.

Columns stand in any order, in Chinese or English. Every fault of every row is told at once, and a file with a fault changes
nothing.
"""

from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from adapters.registry import region_named
from adapters.table import Cell, Table, Unreadable, read_table, text_of
from schema.errors import Problem, RequestError, SourceChanged
from schema.facts import NATIONAL_CONTEST
from schema.identifiers import REGIONS, credit_code_fault
from schema.vocabulary import OrganiserRole, Register
from sync.registers import NAMES, PROJECTS, RegisterLine

# Heading in Chinese, as the template has it; what else it may be called; what a wrong or missing value is called.
_COLUMNS: Final = {
    "name": ("单位名称", ("单位", "企业名称", "name")),
    "credit_code": ("统一社会信用代码", ("信用代码", "creditcode", "credit_code")),
    "project": ("项目名称", ("项目", "project")),
    "contest": ("赛区", ("地区", "contest")),
    "role": ("组织角色", ("角色", "role")),
    "remark": ("备注", ("说明", "remark")),
}
_NATIONAL_WORDS: Final = ("全国", "国家", NATIONAL_CONTEST)


def columns_of(register: Register) -> tuple[str, ...]:
    """The columns that make sense for a register, the one it cannot do without first."""
    if register in PROJECTS:
        return ("project", "name", "credit_code", "contest", "remark")
    if register in (Register.ORGANISERS, Register.AFFILIATES):
        return ("name", "credit_code", "contest", "role", "remark")
    return ("name", "credit_code", "remark")


def template(register: Register) -> bytes:
    """A workbook with the headings; credit codes are kept as text, which a spreadsheet would otherwise round."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    for index, column in enumerate(columns_of(register), start=1):
        sheet.cell(1, index, _COLUMNS[column][0]).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(index)].width = 28
        for row in range(2, 1002):
            sheet.cell(row, index).number_format = "@"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_register(register: Register, file: str, body: bytes) -> list[RegisterLine]:
    """The lines of a file; RequestError with every problem of it."""
    try:
        table = read_table(file, body)
    except SourceChanged as error:
        raise RequestError(error.problems) from None
    places, problems = _places(register, table)
    if problems:
        raise RequestError(problems)
    lines: list[RegisterLine] = []
    for line in table.lines:
        cells = {column: line.cells[index] for column, index in places.items()}
        made, found = read_line(register, file, line.number, cells)
        problems += found
        lines += [made] if made else []
    repeated = [identifier for identifier, times in Counter(line.id for line in lines).items() if times > 1]
    for identifier in repeated:
        said = next(line.words for line in lines if line.id == identifier)
        problems.append(
            _fault("LINE_REPEATED", file, said, "同一行出现多次", "stands more than once", "只保留一行", "keep one")
        )
    if problems:
        raise RequestError(problems)
    return lines


def _places(register: Register, table: Table) -> tuple[dict[str, int], list[Problem]]:
    """Where each column stands, and what is wrong with the headings."""
    headings = [heading.lower() for heading in table.headings]
    allowed = columns_of(register)
    words = {word: column for column in allowed for word in (_COLUMNS[column][0], *_COLUMNS[column][1])}
    places = {words[heading]: index for index, heading in enumerate(headings) if heading in words}
    expected = "、".join(_COLUMNS[column][0] for column in allowed)
    problems = [
        _fault("COLUMN_UNKNOWN", f"{table.file} 表头", heading, "不认识的列", "an unknown column",
               f"可用的列：{expected}", f"columns: {', '.join(allowed)}")
        for heading in headings if heading not in words
    ]  # fmt: skip
    if allowed[0] not in places:
        problems.append(
            _fault("COLUMN_MISSING", f"{table.file} 表头", None, f"缺少列“{_COLUMNS[allowed[0]][0]}”", f"no column {allowed[0]}",
                   "请用 dexhub registers template 生成的模板", "use the template of dexhub registers template")
        )  # fmt: skip
    return places, problems


def read_line(
    register: Register, file: str, number: int, cells: dict[str, Cell]
) -> tuple[RegisterLine | None, list[Problem]]:
    """One row of cells, by column, as a line; or None and everything that is wrong with it."""
    problems: list[Problem] = []

    def wrong(code: str, column: str, zh: str, en: str, remedy: tuple[str, str]) -> None:
        place = f"{file} 第 {number} 行 row {number}：{_COLUMNS[column][0]}"
        problems.append(_fault(code, place, text_of(cells.get(column, "")), zh, en, *remedy))

    for column, cell in cells.items():
        if isinstance(cell, Unreadable):
            wrong(
                "CELL_UNREADABLE",
                column,
                "单元格内容已丢失",
                "the cell lost its content",
                ("设为文本后重填", "set it to text, fill it in again"),
            )
    said = {column: text_of(cell).strip() for column, cell in cells.items()}
    needed = columns_of(register)[0]
    if not said.get(needed):
        wrong("VALUE_MISSING", needed, "必填", "must be given", ("补充该单元格", "fill in the cell"))
    code = said.get("credit_code", "").upper() or None
    if code and (fault := credit_code_fault(code)):
        wrong(
            "CREDIT_CODE_INVALID",
            "credit_code",
            "统一社会信用代码校验未通过",
            fault,
            ("核对营业执照，18 位", "check the licence: 18 characters"),
        )
    contest, role = said.get("contest", ""), said.get("role", "")
    where = _contest(contest) if contest else None
    if contest and where is None:
        wrong("CONTEST_UNKNOWN", "contest", "不是省级行政区，也不是“全国”", "no province-level division and not 全国",
              ("填写省名、代码或“全国”", "give a name, a code or 全国"))  # fmt: skip
    if role and role not in tuple(OrganiserRole):
        wrong(
            "ROLE_UNKNOWN",
            "role",
            "不是通知所用的组织角色",
            "no role that notices use",
            ("可用：" + "、".join(OrganiserRole), ", ".join(OrganiserRole)),
        )
    if problems:
        return None, problems
    found = OrganiserRole(role) if role else None
    name, project = said.get("name", ""), said.get("project", "")
    return RegisterLine(register, name, code, project, where, found, said.get("remark", "")), []


def _contest(word: str) -> str | None:
    """A region's code or "national"; a region need not be connected."""
    if word in _NATIONAL_WORDS:
        return NATIONAL_CONTEST
    adapter = region_named(word)
    if adapter is not None:
        return adapter.manifest.code
    return next((code for code, region in REGIONS.items() if word in (code, region.name, region.full_name)), None)


def _fault(code: str, place: str, value: str | None, zh: str, en: str, *remedy: str) -> Problem:
    return Problem(code, place, zh, en, value, *remedy)


def read_named(register: str) -> Register:
    """The register of this name, in English or Chinese; RequestError where there is none."""
    for each, name in NAMES.items():
        if register.upper() == each.value or register == name:
            return each
    known: Sequence[str] = [f"{each.value} {name}" for each, name in NAMES.items()]
    raise RequestError(
        _fault(
            "REGISTER_UNKNOWN",
            "REGISTER",
            register,
            "没有这个名单",
            "no such register",
            "可用：" + "、".join(known),
            ", ".join(known),
        )
    )
