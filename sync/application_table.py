"""Applications as a clerk fills them into a table, one a row: the columns, what a cell says, and the empty workbook.

Several organisations or people stand in one cell, with ； ; 、 or a line break between them; their credit codes, kinds and
numbers stand in the same order. A field of the application form has a column that begins with its number (F008 …).
"""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import zip_longest
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import JsonValue

from adapters.registry import regions
from schema.form import FormField, form_fields
from schema.predicates.papers import PAPER_NAMES
from schema.vocabulary import OrganisationKind

_BETWEEN: Final = re.compile(r"[;；、\n]")
_PAIR: Final = re.compile(r"(?P<name>[^:：]*)[:：](?P<value>.*)", re.DOTALL)
_PAPER: Final = re.compile(r"(?P<kind>[^(（]+)(?:[(（](?P<owner>.+)[)）])?")
_FORM_COLUMN: Final = re.compile(r"F\d{3}")
_MOMENT: Final = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)(?:[ T](?P<clock>\d\d?:\d\d(?::\d\d)?))?")
# Heading, what it is called where an application is stated otherwise, and what to write, in Chinese and English.
COLUMNS: Final = {
    "赛区": ("region", "省名或代码", "name or code"),
    "赛题编号": ("topic", "编号、“赛道-赛题”序号如 1-3，或照抄标题", "id, track-topic numbers such as 1-3, or the title"),
    "子赛题编号": ("subTopic", "编号或照抄标题；没有则留空", "id or title; blank where there is none"),
    "项目名称": ("title", "必填", "required"),
    "项目简介": ("summary", "可留空", "may be blank"),
    "团队名称": ("team", "必填", "required"),
    "承办市州": ("city", "市州分赛填写", "where the contest has a city round"),
    "提交时间": ("submittedAt", "北京时间，如 2025-06-30 17:00；留空按此刻", "Beijing time; blank for now"),
    "参赛单位": ("organisations", "第一个为牵头单位；多个之间用；", "the first one leads; ； between them"),
    "统一社会信用代码": ("codes", "与参赛单位同序", "in the same order"),
    "单位性质": ("kinds", "与参赛单位同序：政府机构、事业单位、央企 等", "in the same order"),
    "参赛代表": ("people", "多个之间用；", "； between them"),
    "证件号码": ("numbers", "与参赛代表同序；即时转为令牌，不保存", "in the same order; turned into tokens, not kept"),
    "证明材料": ("papers", "材料名（所属单位）；多份之间用；", "paper (owner); ； between them"),
}  # fmt: skip
_KEYS: Final = {heading: key for heading, (key, *_) in COLUMNS.items()}
NEEDED: Final = ("赛区", "赛题编号", "项目名称", "团队名称", "参赛单位")
# The options of the form's field F036, as it prints them.
KIND_NAMES: Final = {
    "政府机构": OrganisationKind.GOVERNMENT, "事业单位": OrganisationKind.INSTITUTION,
    "央企": OrganisationKind.CENTRAL_STATE_OWNED, "国企": OrganisationKind.STATE_OWNED,
    "国企(非央企)": OrganisationKind.STATE_OWNED, "民营": OrganisationKind.PRIVATE, "外资": OrganisationKind.FOREIGN,
    "合资": OrganisationKind.JOINT_VENTURE, "科研院校": OrganisationKind.RESEARCH, "其他": OrganisationKind.OTHER,
}  # fmt: skip
_PAPERS: Final = {name: kind for kind, name in PAPER_NAMES.items()}
_OF_NUMBERS: Final = ("number", "percent")
_OF_PARTS: Final = ("group", "number_group", "number_by_year", "boolean_with_fields", "multi_select_with_values")


def form_field_of(heading: str) -> FormField | None:
    """The field of the form that a column is for."""
    found = _FORM_COLUMN.match(heading)
    return form_fields().get(found.group()) if found else None


def is_column(heading: str) -> bool:
    """Whether a heading is known."""
    return heading in COLUMNS or form_field_of(heading) is not None


def stated(said: Mapping[str, str]) -> dict[str, Any]:
    """One row, by heading, as an application is stated elsewhere. What cannot be told stays as it is written, for the
    checks to name.
    """
    cells = {_KEYS[heading]: text for heading, text in said.items() if heading in _KEYS and text}
    lists = {
        key: _listed(cells.pop(key, "")) for key in ("organisations", "codes", "kinds", "people", "numbers", "papers")
    }
    if moment := _MOMENT.fullmatch(cells.get("submittedAt", "")):
        cells["submittedAt"] = f"{moment['day']}T{(moment['clock'] or '00:00').rjust(5, '0')}+08:00"
    units = zip_longest(lists["organisations"], lists["codes"], lists["kinds"], fillvalue="")
    people = zip_longest(lists["people"], lists["numbers"], fillvalue="")
    fields = [(field, text) for heading, text in said.items() if (field := form_field_of(heading))]
    return {
        "region": "",
        "topic": "",
        "title": "",
        "team": "",
        **cells,
        "organisations": [
            {"name": n, "creditCode": c or None, "kind": KIND_NAMES.get(k, k) or None} for n, c, k in units
        ],
        "representatives": [{"name": name, "idNumber": number or None} for name, number in people],
        # A form of which nothing is filled in was not handed in; of one that was, a blank cell is a gap.
        **({"form": {f.id: form_value(f, text) for f, text in fields}} if any(text for _, text in fields) else {}),
        **({"documents": [_paper(text) for text in lists["papers"]]} if "证明材料" in said else {}),
    }


def _listed(text: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(text)] if text else []


def _paper(text: str) -> dict[str, Any]:
    found = _PAPER.fullmatch(text)
    kind, owner = found.group("kind", "owner") if found else (text, None)
    return {"kind": _PAPERS.get(kind.strip(), kind.strip()), "owner": owner}


def form_value(field: FormField, text: str) -> JsonValue:
    """A cell as a value of the form. Of each organisation one line; of a table one line a row with | between its columns;
    of a group 名称：数值 with ； or a line break between them; of a choice the options likewise.

    >>> form_value(form_fields()["F011"], "公共数据；企业数据")
    ['公共数据', '企业数据']
    >>> form_value(form_fields()["F029"], "降低人力成本：12；提升效率：")
    {'降低人力成本': 12.0, '提升效率': ''}
    """
    return [_of_one(field, line) for line in text.splitlines()] if field.per_unit else _of_one(field, text)


def _of_one(field: FormField, text: str) -> JsonValue:
    if field.columns:
        labels = [column.label for column in field.columns]
        rows = (line.split("|") for line in text.splitlines())
        return [dict(zip_longest(labels, map(str.strip, row[: len(labels)]), fillvalue="")) for row in rows]
    if field.type in _OF_PARTS:
        parts = (_PAIR.fullmatch(part) for part in _listed(text))
        return {part["name"].strip(): _number(part["value"].strip()) for part in parts if part}
    if field.max_select or field.type.startswith("multi_select"):
        return [*_listed(text)]
    return _number(text) if field.type in _OF_NUMBERS else text


def _number(text: str) -> JsonValue:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return text


def template() -> bytes:
    """The workbook to fill in: every column with what to write in its note, and a second sheet with every topic."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    sheet.title = "申报"
    notes = [(heading, f"{zh}\n{en}") for heading, (_, zh, en) in COLUMNS.items()]
    notes += [(f"{field.id} {field.label}", "\n".join(_limits(field))) for field in form_fields().values()]
    for index, (heading, note) in enumerate(notes, start=1):
        cell = sheet.cell(1, index, heading)
        cell.font, cell.alignment = Font(bold=heading in NEEDED), Alignment(wrap_text=True, vertical="top")
        cell.comment = Comment(note, "dexhub") if note else None
        sheet.column_dimensions[get_column_letter(index)].width = 22
        for row in range(2, 202):
            sheet.cell(row, index).number_format = "@"
    sheet.freeze_panes = "A2"
    _list_topics(book.create_sheet("赛题"))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _limits(field: FormField) -> Iterator[str]:
    if field.required:
        yield "必填 required"
    if field.limit:
        yield field.limit
    if field.per_unit:
        yield "每个单位一行 one line an organisation"
    if field.columns:
        yield "每行一条，列间用 | ： " + " | ".join(column.label for column in field.columns)
    if field.type in _OF_PARTS:
        yield "名称：数值；名称：数值"
    if field.options:
        yield "、".join(field.options)


def _list_topics(sheet: Worksheet) -> None:
    sheet.append(["赛区", "赛道", "编号", "序号", "赛题", "子赛题编号", "子赛题"])
    for adapter in regions().values():
        for track, topic in adapter.catalogue.topics():
            row = [adapter.manifest.name, track.name, topic.id, f"{track.number}-{topic.number}", topic.title]
            for sub in topic.sub_topics or (None,):
                sheet.append([*row, *((sub.id, sub.title) if sub else ("", ""))])
