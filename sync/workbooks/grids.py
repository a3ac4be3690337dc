"""The sheets of a file, cell by cell, as far as reading a list needs them. Runs confined (see `confinement`): a hostile file
ends this process and no other.

A formula counts as what the clerk saw when it was saved, and is told; hidden rows are read like others, as a filter hides
rows that belong to the list. What lost its content (a number cut to 15 digits, a date made of a code) stays visible as such.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any, Final

import orjson
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from schema.errors import Problem, RequestError
from sync.workbooks.columns import VERSION_SHEET, missing, places
from sync.workbooks.escaping import plain
from sync.workbooks.kinds import Kind, damaged, too_large
from sync.workbooks.package import MOST_CELLS, check_package, left_out

_EXACT: Final = 10**15  # spreadsheets keep 15 digits of a number and write zeros for the rest


class Lost(StrEnum):
    """Why a cell does not say what was typed into it."""

    DATE = "DATE"
    DIGITS = "DIGITS"
    ERROR = "ERROR"
    NOT_COMPUTED = "NOT_COMPUTED"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text; why it is not what was typed, if so; and whether a formula gave it."""

    text: str
    lost: Lost | None = None
    formula: bool = False


EMPTY: Final = Cell("")


@dataclass(frozen=True, slots=True)
class Line:
    """One row that is not empty: its number in the sheet, and its cells from column A on."""

    number: int
    cells: Sequence[Cell]
    hidden: bool = False

    def cell(self, index: int) -> Cell:
        """The cell of a column, from 0."""
        return self.cells[index] if index < len(self.cells) else EMPTY


@dataclass(frozen=True, slots=True)
class Grid:
    """One visible sheet. `merged` are the merged ranges: first row, first column, last row, last column, from 1."""

    name: str
    lines: Sequence[Line]
    merged: Sequence[tuple[int, int, int, int]] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """The visible sheets of a file, and what the hidden cells of our template say: its version and its region's code.
    `drawn` says that there is more in it than a marked workbook keeps.
    """

    grids: Sequence[Grid]
    template: tuple[int, str] | None = None
    drawn: bool = False
    workbook: Workbook | None = field(default=None, compare=False)  # an .xlsx as it was opened, to be marked


def open_book(kind: Kind, body: bytes) -> Book:
    """The sheets of a file of this kind; RequestError where it is damaged or too large."""
    if kind is Kind.XLSX:
        return _workbook(body)
    if kind is Kind.XLS:
        return Book(list(_old_sheets(body)))
    return Book([Grid("JSON", _json(body)) if kind is Kind.JSON else Grid("CSV", list(_text(body)))])


def _workbook(body: bytes) -> Book:
    check_package(body)
    try:
        opened = load_workbook(BytesIO(body))
        sheets = [sheet for sheet in opened.worksheets if sheet.sheet_state == "visible"]
        computed = load_workbook(BytesIO(body), data_only=True) if _has_formulas(sheets) else opened
        grids = [_grid(sheet, computed[sheet.title]) for sheet in sheets]
        return Book(grids, _template(opened), left_out(body), opened)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  a damaged package fails in whatever way its parser happens to
        raise damaged() from None


def _has_formulas(sheets: Iterable[Worksheet]) -> bool:
    return any(cell.data_type == "f" for sheet in sheets for row in sheet.iter_rows() for cell in row)


def _grid(sheet: Worksheet, computed: Worksheet) -> Grid:
    lines = []
    for row in sheet.iter_rows():
        number = row[0].row or 0
        cells = [_computed(computed.cell(number, cell.column or 1).value) if cell.data_type == "f" else _cell(_told(cell.value))
                 for cell in row]  # fmt: skip
        if any(cell.text or cell.lost for cell in cells):
            dimension = sheet.row_dimensions.get(number)
            lines.append(Line(number, cells, hidden=bool(dimension and dimension.hidden)))
    merged = [(r.min_row, r.min_col, r.max_row, r.max_col) for r in sheet.merged_cells.ranges]
    return Grid(sheet.title, lines, merged)


def _computed(value: object) -> Cell:
    """A formula's cell, by the value it was saved with."""
    found = Cell("", Lost.NOT_COMPUTED) if value is None else _cell(_told(value))
    return Cell(found.text, found.lost, formula=True)


def _told(value: object) -> object:
    """What a workbook's cell means: characters that XML does not hold stand in it as _x000B_."""
    return unescape(value) if isinstance(value, str) else value


def _template(book: Workbook) -> tuple[int, str] | None:
    if VERSION_SHEET not in book.sheetnames:
        return None
    version, region = (book[VERSION_SHEET][place].value for place in ("A1", "B1"))
    return (version, str(region)) if isinstance(version, int) else None


def _old_sheets(body: bytes) -> Iterator[Grid]:
    """An .xls does not tell its reader of formulas and hidden rows; their values are read."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(body))
        names = [each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
        for name in names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > MOST_CELLS:
                raise too_large(f"表格超过 {MOST_CELLS:,} 格", f"spans more than {MOST_CELLS:,} cells")
            rows = sheet.to_python(skip_empty_area=False)
            merged = [(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in sheet.merged_cell_ranges or ()]
            yield Grid(name, list(_lines(rows)), merged)
    except PasswordError:
        raise RequestError(
            Problem("FILE_HAS_PASSWORD", "file", "工作簿设有打开密码", "the workbook is protected by a password", None,
                    "取消密码后重新上传", "take the password off and send it again"), status=415,
        ) from None  # fmt: skip
    except CalamineError:
        raise damaged() from None


def _lines(rows: Iterable[Sequence[object]]) -> Iterator[Line]:
    for number, values in enumerate(rows, start=1):
        cells = [_cell(value) for value in values]
        if any(cell.text or cell.lost for cell in cells):
            yield Line(number, cells)


def _text(body: bytes) -> Iterator[Line]:
    """Comma, semicolon or tab: the one by which our headings are found, else the one that parts most."""
    text = _decoded(body)
    first = text.split("\n", 40)[:40]
    delimiter = min(",;\t，", key=lambda each: _strangeness(first, each))
    try:
        yield from _lines(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise RequestError(
            Problem("FILE_UNREADABLE", "file", "不是规范的 CSV：引号没有成对", "not a proper CSV: a quotation mark is not closed", None,
                    "补全引号，或另存为 .xlsx 后重新上传", "close it, or save the table as .xlsx and send that"), status=422,
        ) from None  # fmt: skip


def _strangeness(lines: Sequence[str], delimiter: str) -> tuple[int, int]:
    parted = [[part.strip().strip('"') for part in line.split(delimiter)] for line in lines]
    return min(len(missing(places(parts)[0])) for parts in parted), -max(map(len, parted))


def _decoded(body: bytes) -> str:
    names = ("utf-16",) if body[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for name in names:
        try:
            return body.decode(name)
        except UnicodeDecodeError:
            continue
    raise RequestError(
        Problem("FILE_ENCODING", "file", "文件编码既不是 UTF-8 也不是 GB 18030", "neither UTF-8 nor GB 18030", None,
                "另存为 .xlsx，或“CSV UTF-8”后重新上传", "save it as .xlsx or as “CSV UTF-8” and send that"), status=422,
    )  # fmt: skip


def _json(body: bytes) -> list[Line]:
    """An array of objects, or one under `items`. Rows are numbered from 1, with the names of the columns in row 0."""
    try:
        found = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        found = None
    rows: Any = found.get("items") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RequestError(
            Problem("FILE_UNREADABLE", "file", "不是由对象组成的 JSON 数组", "not a JSON array of objects", None,
                    '例如 [{"rank": 1, "entryId": "…"}]', 'for instance [{"rank": 1, "entryId": "…"}]'), status=422,
        ) from None  # fmt: skip
    names = list(dict.fromkeys(name for row in rows for name in row))
    values = [[row.get(name) for name in names] for row in rows]
    headings = Line(0, [Cell(name) for name in names])
    return [headings, *(Line(n, [_cell(value) for value in row]) for n, row in enumerate(values, start=1))]


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return Cell(value, Lost.ERROR) if value in ERROR_CODES else Cell(plain(value.strip()))
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = str(int(value)) if isinstance(value, int) or value.is_integer() else repr(value)
        return Cell(text, Lost.DIGITS if abs(value) >= _EXACT else None)
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return Cell(str(value), Lost.DATE)
    return EMPTY if value is None else Cell(str(value))
