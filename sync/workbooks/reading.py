"""The rows of a recommended list in a file: which sheet, which headings, which rows; everything wrong with them at once.

The list is where a visible sheet has its two headings, whatever stands above them. Findings name the row of the sheet.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schema.errors import Problem, RequestError, redact
from sync.workbooks.columns import BY_NAME, COLUMNS, is_check, missing, places
from sync.workbooks.findings import Mark, mark
from sync.workbooks.grids import Book, Cell, Grid, Line, Lost
from sync.workbooks.rows import FileRow, is_rank

_LOOKED_AT: Final = 30  # rows of a sheet among which the headings are looked for
_EXACT_COLUMNS: Final = (
    "rank",
    "entryId",
    "nationalTrack",
)  # where a lost cell is an error; elsewhere it is only words
_UNSEEN: Final = dict.fromkeys(
    [*map(ord, "\u200b\u200c\u200d\u2060\ufeff\x7f"), *set(range(32)) - set(map(ord, "\t\n\r"))]
)  # marks of no width and control characters, of which NUL is one that no text in a database may hold
_NO_RANK: Final = ("VALUE_MISSING", "", "没有填名次", "no rank")
_LOST: Final = {
    Lost.DATE: ("CELL_IS_DATE", "单元格是日期格式，原来的内容已丢失", "the cell is a date; what was typed is lost",
                "设为“文本”格式后重新填写", "format it as text and fill it in again"),
    Lost.DIGITS: ("CELL_DIGITS_LOST", "数字超过 15 位，末尾几位已变成 0", "a number of more than 15 digits: the last ones became zeros",
                  "设为“文本”格式后重新填写", "format it as text and fill it in again"),
    Lost.ERROR: ("CELL_ERROR", "公式出错", "a formula failed", "直接填写内容", "fill in the value itself"),
    Lost.NOT_COMPUTED: ("CELL_NOT_COMPUTED", "公式没有计算结果", "a formula without a result",
                        "用表格软件打开并保存，或直接填写内容", "open and save it in a spreadsheet program, or fill in the value"),
}  # fmt: skip


_DRAWN: Final = mark(
    None, None, "DRAWING_LEFT_OUT", "", "工作簿里有图片、图形或嵌入的对象；标注后的工作簿里不会有这些",
    "it holds pictures, shapes or embedded objects, which the marked workbook will be without",
    "请保留原件，需要时把改动抄回原件；名单的读取不受影响", "keep your original, copy into it what you mend; the list is read all the same",
    warning=True,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the list stands: sheet, row of the headings, columns by name and the column of findings (from 0)."""

    grid: Grid
    headings: Line
    columns: Mapping[str, int]
    check: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: its rows, what is wrong with them, and the version and region of the template it was made from."""

    sheet: str
    rows: Sequence[FileRow]
    marks: Sequence[Mark]
    template: tuple[int, str] | None


def read(book: Book) -> Reading:
    """The list in a file; RequestError (422) where there is none, or two."""
    layout = locate(book)
    rows: list[FileRow] = []
    marks: list[Mark] = [_DRAWN] if book.drawn else []
    merged = _merged_rows(layout)
    for line in layout.grid.lines:
        if line.number <= layout.headings.number:
            continue
        cells = {name: line.cell(index) for name, index in layout.columns.items()}
        if not any(cell.text or cell.lost for cell in cells.values()):
            continue
        rows.append(FileRow(line.number, {name: _clean(name, cell.text) for name, cell in cells.items()}))
        marks += _row_marks(line, cells)
        if line.number in merged:
            marks.append(mark(line.number, None, "CELL_MERGED", "", "该行含合并单元格，只有左上角一格有内容",
                              "the row has merged cells, of which only the first holds anything",
                              "取消合并，逐行填写", "unmerge them and fill in every row"))  # fmt: skip
    return Reading(layout.grid.name, rows, marks, book.template)


def locate(book: Book) -> Layout:
    """The sheet and the row in which the headings stand."""
    found = [layout for grid in book.grids if (layout := _layout(grid)) is not None]
    if len(found) > 1:
        names = "、".join(f"“{layout.grid.name}”" for layout in found)
        raise _no_list("SHEET_AMBIGUOUS", names, f"{len(found)} 张工作表都有名单表头：{names}", "several sheets have the headings",
                       "只保留一张，或隐藏其余各张", "keep one of them, or hide the others")  # fmt: skip
    if not found:
        raise _not_found(book)
    (layout,) = found
    _, repeated = places([cell.text for cell in layout.headings.cells])
    if repeated:
        names = "、".join(BY_NAME[name].zh for name in repeated)
        raise _no_list("HEADING_REPEATED", names, f"表头重复：{names}", "a heading stands more than once",
                       "删除或改名多余的列", "remove or rename the other column")  # fmt: skip
    return layout


def _layout(grid: Grid) -> Layout | None:
    for line in grid.lines[:_LOOKED_AT]:
        headings = [cell.text for cell in line.cells]
        found, _ = places(headings)
        if not missing(found):
            check = next((index for index, heading in enumerate(headings) if is_check(heading)), None)
            return Layout(grid, line, found, check)
    return None


def _not_found(book: Book) -> RequestError:
    """Say what is missing where one heading stands, else what was looked at."""
    for grid in book.grids:
        for line in grid.lines[:_LOOKED_AT]:
            found, _ = places([cell.text for cell in line.cells])
            absent = missing(found)
            if 0 < len(absent) < sum(column.required for column in COLUMNS):
                names = "、".join(column.zh for column in absent)
                place = f"{grid.name} 第 {line.number} 行"
                english = f"no column {', '.join(column.name for column in absent)}"
                return _no_list("COLUMN_MISSING", place, f"缺少列：{names}", english, *_TEMPLATE)
    looked = "、".join(f"“{grid.name}”" for grid in book.grids if grid.lines)
    if not looked:
        return _no_list("FILE_EMPTY", "", "可见的工作表都是空的", "no visible sheet holds anything", *_TEMPLATE)
    first = next(line for grid in book.grids for line in grid.lines)
    seen = "、".join(cell.text for cell in first.cells if cell.text)
    return _no_list("HEADINGS_NOT_FOUND", seen, f"前 {_LOOKED_AT} 行没有“名次”“项目编号”表头；看过的工作表：{looked}",
                    f"no headings rank and entryId in the first {_LOOKED_AT} rows of the sheets", *_TEMPLATE)  # fmt: skip


_TEMPLATE: Final = (
    "请用本省模板填写；表头如为乱码，另存为 .xlsx",
    "use your region's template; if headings look garbled, save as .xlsx",
)


def _no_list(code: str, value: str, *words: str) -> RequestError:
    zh, en, remedy_zh, remedy_en = words
    return RequestError(Problem(code, "file", zh, en, redact(value) or None, remedy_zh, remedy_en), status=422)


def _clean(name: str, text: str) -> str:
    """Codes and numbers without full width and spaces; words only without spaces around them; nothing that is not seen."""
    text = text.translate(_UNSEEN)
    if name not in _EXACT_COLUMNS:
        return text.strip()
    narrow = unicodedata.normalize("NFKC", text)
    return " ".join(narrow.split()) if name == "nationalTrack" else "".join(narrow.split())


def _row_marks(line: Line, cells: Mapping[str, Cell]) -> Iterator[Mark]:
    if line.hidden:
        yield mark(line.number, None, "ROW_HIDDEN", "", "该行被隐藏，仍按名单的一行读取", "the row is hidden and counts all the same",
                   "不应上报的，请删除该行", "delete it if it does not belong", warning=True)  # fmt: skip
    for name, cell in cells.items():
        if name not in _EXACT_COLUMNS:
            continue
        if cell.lost:
            lost_code, *words = _LOST[cell.lost]
            yield mark(line.number, name, lost_code, cell.text, *words)
        elif cell.formula:
            yield mark(line.number, name, "CELL_FORMULA", cell.text, f"单元格是公式，按显示的内容“{redact(cell.text)}”读取",
                       "a formula, read as it was last shown", "核对无误可忽略", "ignore if that is meant", warning=True)  # fmt: skip
    rank, entry = (_clean(name, cells[name].text) for name in ("rank", "entryId"))
    if not cells["rank"].lost and not is_rank(rank):
        said = ("RANK_INVALID", rank, "名次不是正整数", "the rank is no whole number") if rank else _NO_RANK
        yield mark(
            line.number,
            "rank",
            *said,
            "填写 1、2、3……；不是项目的行请删除",
            "give 1, 2, 3 …; delete the row if it is no entry",
        )
    if not cells["entryId"].lost and not entry:
        yield mark(line.number, "entryId", "VALUE_MISSING", "", "没有填项目编号", "no entry id",
                   "填写省平台的项目编号；不是项目的行请删除", "give the platform's id; delete the row if it is no entry")  # fmt: skip


def _merged_rows(layout: Layout) -> set[int]:
    """Rows below the headings that a merged range of the list's columns runs through."""
    ours = {index + 1 for index in layout.columns.values()}
    return {
        row
        for first_row, first_column, last_row, last_column in layout.grid.merged
        for row in range(max(first_row, layout.headings.number + 1), last_row + 1)
        if ours & set(range(first_column, last_column + 1))
    }
