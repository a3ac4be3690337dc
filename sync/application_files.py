"""Reads applications from a file: .json (one or a list, as GraphQL's `checkEntry` takes them), .xlsx or .csv (one a row,
see `sync.application_table`). Every problem of every row is told at once, by row and column, and nothing is judged then.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import orjson
from pydantic import ValidationError

from adapters.table import KINDS, Unreadable, read_table, text_of
from schema.errors import Problem, RequestError, SourceChanged, redact
from schema.predicates.papers import PAPER_NAMES
from sync.application_table import COLUMNS, KIND_NAMES, NEEDED, is_column, stated
from sync.applications import Application, problems_of

_FIRST: Final = re.compile(r"(?P<root>\w+)(?:[.\[](?P<index>\d+)\]?)?(?:\.(?P<leaf>\w+))?")
# Where a table has several of a kind in one cell each: the column that a part of one stands in.
_PARTS: Final = {
    "name": "参赛单位", "creditCode": "统一社会信用代码", "kind": "单位性质", "idNumber": "证件号码", "owner": "证明材料",
}  # fmt: skip
_WHOLES: Final = {key: heading for heading, (key, *_) in COLUMNS.items()} | {
    "representatives": "参赛代表", "documents": "证明材料",
}  # fmt: skip


def read_applications(path: Path) -> list[tuple[str, Application]]:
    """Every application with its place in the file; RequestError with every problem of the file."""
    name = path.name
    suffix = path.suffix.lower()
    if suffix not in (".json", *KINDS):
        raise RequestError(_fault("FILE_KIND", name, suffix, "支持 .json .xlsx .csv", "use .json, .xlsx or .csv"))
    try:
        body = path.read_bytes()
        found, problems = _of_json(name, body) if suffix == ".json" else _of_table(name, body)
    except SourceChanged as error:
        raise RequestError(error.problems) from None
    except OSError as error:
        raise RequestError(
            _fault("FILE_UNREADABLE", name, "", "文件无法读取", f"cannot be read: {error.strerror}")
        ) from None
    read: list[tuple[str, Application]] = []
    for place, content in found:
        application, wrong = _read(place, content)
        read += [(place, application)] if application else []
        problems += wrong if suffix == ".json" else [_by_column(problem, place) for problem in wrong]
    if problems:
        raise RequestError(problems)
    return read


def _read(place: str, content: Any) -> tuple[Application | None, list[Problem]]:  # noqa: ANN401  whatever a file holds
    """An application and everything that is wrong with it. What does not fit is told and left out, and the rest is looked
    at all the same.
    """
    try:
        application = Application.model_validate(content)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        wrong = [_misfit(place, dict(fault)) for fault in faults]
        with suppress(ValidationError, LookupError, TypeError):
            rest = Application.model_validate(_without(content, [fault["loc"] for fault in faults]))
            wrong += problems_of(rest, place)
        return None, wrong
    return application, problems_of(application, place)


def _without(content: Any, places: list[tuple[Any, ...]]) -> Any:  # noqa: ANN401  as above
    """What is stated, but for these places; papers, which cannot do without their kind, altogether."""
    left = deepcopy(content)
    for place in places:
        *path, leaf = place[:1] if place[0] == "documents" else place
        part = left
        for step in path:
            part = part[step]
        part.pop(leaf, None)
    return left


def _by_column(problem: Problem, place: str) -> Problem:
    """The problem with the heading of its column for the key that a clerk never sees."""
    key = problem.place.removeprefix(f"{place}.")
    found = _FIRST.match(key)
    if found is None:
        return problem
    root, index, leaf = found.group("root", "index", "leaf")
    if root == "form":
        return replace(problem, place=f"{place}：{leaf or root}")
    part = None if root == "documents" or (root, leaf) == ("representatives", "name") else leaf
    heading = _PARTS.get(part, key) if part else _WHOLES.get(root, key)
    which = f"（第 {int(index) + 1} 个）" if index else ""
    return replace(problem, place=f"{place}：{heading}{which}")


_Found = tuple[list[tuple[str, Any]], list[Problem]]


def _of_json(name: str, body: bytes) -> _Found:
    try:
        content = orjson.loads(body)
    except ValueError as error:
        raise RequestError(_fault("FILE_UNREADABLE", name, "", "不是规范的 JSON", f"not JSON: {error}")) from None
    if isinstance(content, list):
        return [(f"{name}[{number}]", each) for number, each in enumerate(content)], []
    return [(name, content)], []


def _of_table(name: str, body: bytes) -> _Found:
    table = read_table(name, body)
    headings = [heading[:4] if heading[:1] == "F" else heading for heading in table.headings]
    problems = [*_wrong_headings(name, headings)]
    if problems:
        raise RequestError(problems)
    rows: list[tuple[str, Any]] = []
    for line in table.lines:
        place = f"{name} 第 {line.number} 行 row {line.number}"
        cells = dict(zip(headings, line.cells, strict=True))
        problems += [
            _fault("CELL_UNREADABLE", f"{place}：{heading}", cell.text, "单元格内容已丢失", "the cell lost its content")
            for heading, cell in cells.items()
            if isinstance(cell, Unreadable)
        ]
        rows.append((place, stated({heading: text_of(cell).strip() for heading, cell in cells.items()})))
    return rows, problems


def _wrong_headings(name: str, headings: list[str]) -> Iterator[Problem]:
    place = f"{name} 表头"
    for heading in headings:
        if not is_column(heading):
            yield _fault("COLUMN_UNKNOWN", place, heading, f"不认识的列“{heading}”", f"an unknown column {heading}")
    for heading in NEEDED:
        if heading not in headings:
            yield _fault("COLUMN_MISSING", place, heading, f"缺少列“{heading}”", f"no column {heading}")


def _misfit(place: str, fault: Mapping[str, Any]) -> Problem:
    key, kind = ".".join(map(str, fault["loc"])), fault["type"]
    value = redact(fault.get("input", ""))
    if kind == "enum":
        known = "、".join(KIND_NAMES if key.startswith("organisations") else PAPER_NAMES.values())
        zh, remedy = (
            "不在申报书和通知列举之内",
            (f"可用：{known}", f"use one of them, or {fault['ctx']['expected']}"),
        )
        return Problem("VALUE_INVALID", f"{place}.{key}", zh, "not among those listed", value, *remedy)
    if kind.startswith("datetime"):
        remedy = ("写作 2025-06-30 17:00", "write 2025-06-30 17:00")
        return Problem("VALUE_INVALID", f"{place}.{key}", "不是时间", "not a time", value, *remedy)
    zh = {"missing": "缺少该项", "extra_forbidden": "没有这个字段"}.get(kind, "内容的类型不对")
    return _fault("VALUE_INVALID", f"{place}.{key}", value, zh, fault["msg"])


def _fault(code: str, place: str, value: str, zh: str, en: str) -> Problem:
    return Problem(
        code, place, zh, en, value, "表格模板由 dexhub check --template 写出；JSON 字段与 GraphQL checkEntry 相同",
        "dexhub check --template writes the table to fill in; fields of JSON are those of GraphQL's checkEntry",
    )  # fmt: skip
