"""Reads applications from a file: .json (one or a list, as GraphQL's `checkEntry` takes them), .xlsx or .csv (one a row).

In a table several organisations or people stand in one cell, with ； ; 、 or a line break between them; credit codes and
numbers of identity stand in the same order.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import orjson
from pydantic import ValidationError

from adapters.table import KINDS, Unreadable, read_table, text_of
from schema.errors import Problem, RequestError, SourceChanged, redact
from sync.applications import Application

_BETWEEN: Final = re.compile(r"[;；、\n]")
_COLUMNS: Final = {
    "赛区": "region", "赛题编号": "topic", "子赛题编号": "subTopic", "项目名称": "title", "项目简介": "summary", "团队名称": "team",
    "承办市州": "city", "提交时间": "submittedAt", "参赛单位": "units", "统一社会信用代码": "codes", "参赛代表": "people",
    "证件号码": "numbers",
}  # fmt: skip
_NEEDED: Final = ("赛区", "赛题编号", "项目名称", "团队名称", "参赛单位")


def read_applications(path: Path) -> list[tuple[str, Application]]:
    """Every application with its place in the file; RequestError with every problem of the file."""
    name = path.name
    suffix = path.suffix.lower()
    if suffix not in (".json", *KINDS):
        raise RequestError(_fault("FILE_KIND", name, suffix, "支持 .json .xlsx .csv", "use .json, .xlsx or .csv"))
    try:
        body = path.read_bytes()
        stated = _stated_json(name, body) if suffix == ".json" else _stated_table(name, body)
    except SourceChanged as error:
        raise RequestError(error.problems) from None
    except OSError as error:
        raise RequestError(
            _fault("FILE_UNREADABLE", name, "", "文件无法读取", f"cannot be read: {error.strerror}")
        ) from None
    read: list[tuple[str, Application]] = []
    problems: list[Problem] = []
    for place, content in stated:
        try:
            read.append((place, Application.model_validate(content)))
        except ValidationError as error:
            problems += [_misfit(place, dict(fault)) for fault in error.errors(include_url=False)]
    if problems:
        raise RequestError(problems)
    return read


def _stated_json(name: str, body: bytes) -> list[tuple[str, Any]]:
    try:
        content = orjson.loads(body)
    except ValueError as error:
        raise RequestError(_fault("FILE_UNREADABLE", name, "", "不是规范的 JSON", f"not JSON: {error}")) from None
    if isinstance(content, list):
        return [(f"{name}[{number}]", each) for number, each in enumerate(content)]
    return [(name, content)]


def _stated_table(name: str, body: bytes) -> list[tuple[str, dict[str, Any]]]:
    table = read_table(name, body)
    unknown = [heading for heading in table.headings if heading not in _COLUMNS]
    missing = [heading for heading in _NEEDED if heading not in table.headings]
    problems = [
        _fault("COLUMN_UNKNOWN", f"{name} 表头", heading, "不认识的列", "an unknown column") for heading in unknown
    ] + [
        _fault("COLUMN_MISSING", f"{name} 表头", heading, f"缺少列“{heading}”", f"no column {heading}")
        for heading in missing
    ]
    stated = []
    for line in table.lines:
        place = f"{name} 第 {line.number} 行 row {line.number}"
        cells = dict(zip(table.headings, line.cells, strict=True))
        problems += [
            _fault("CELL_UNREADABLE", f"{place}：{heading}", cell.text, "单元格内容已丢失", "the cell lost its content")
            for heading, cell in cells.items()
            if isinstance(cell, Unreadable)
        ]
        stated.append((place, _row({_COLUMNS[h]: text_of(cell).strip() for h, cell in cells.items() if h in _COLUMNS})))
    if problems:
        raise RequestError(problems)
    return stated


def _row(said: Mapping[str, str]) -> dict[str, Any]:
    plain = {key: value for key, value in said.items() if value and key not in ("units", "codes", "people", "numbers")}
    if "submittedAt" in plain and not re.search(r"(Z|[+-]\d\d:?\d\d)$", plain["submittedAt"]):
        plain["submittedAt"] = (
            plain["submittedAt"].replace(" ", "T") + ("" if ":" in plain["submittedAt"] else "T00:00:00") + "+08:00"
        )
    organisations = [
        {"name": n, "creditCode": c or None} for n, c in _paired(said.get("units", ""), said.get("codes", ""))
    ]
    people = [{"name": n, "idNumber": c or None} for n, c in _paired(said.get("people", ""), said.get("numbers", ""))]
    needed = {"region": "", "topic": "", "title": "", "team": ""}
    return {**needed, **plain, "organisations": organisations, "representatives": people}


def _paired(left: str, right: str) -> Sequence[tuple[str, str]]:
    names, others = ([part.strip() for part in _BETWEEN.split(text)] if text else [] for text in (left, right))
    return list(zip_longest(names, others, fillvalue=""))


def _misfit(place: str, fault: Mapping[str, Any]) -> Problem:
    key = ".".join(map(str, fault["loc"]))
    return _fault(
        "VALUE_INVALID", f"{place}.{key}", redact(fault.get("input", "")), f"内容不合要求：{fault['msg']}", fault["msg"]
    )


def _fault(code: str, place: str, value: str, zh: str, en: str) -> Problem:
    return Problem(
        code, place, zh, en, value,
        "字段与 GraphQL checkEntry 相同；表格列名：" + "、".join(_COLUMNS), "fields are those of GraphQL's checkEntry",
    )  # fmt: skip
