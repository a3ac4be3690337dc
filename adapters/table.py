"""A table out of the bytes of a file that a clerk may have: .xlsx, or .csv in UTF-8 or GB 18030.

A workbook is unpacked row by row and never as a whole: one stray cell in the last row and column makes a dense reader ask
for half a terabyte. Bounds on bytes, unpacked bytes, rows and columns come before everything else. A cell that lost its
content (a formula's error, a long number cut to 15 digits) stays visible as `Unreadable` instead of passing for empty.
"""

import csv
import datetime as dt
import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from schema.errors import Problem, SourceChanged, redact

KINDS: Final = (".xlsx", ".csv")
MOST_BYTES: Final = 64 << 20
MOST_UNPACKED: Final = 512 << 20
MOST_ROWS: Final = 100_000
MOST_CELLS: Final = 20_000_000
# Cell references and row numbers in a sheet's XML, wherever they stand in their elements. An attribute whose name only ends
# in r counts as well, which is the safe side: with a fixed beginning the search takes a quarter of the time.
_COLUMN_OF_CELL: Final = re.compile(rb'r="([A-Z]{1,3})[0-9]{1,7}"')
_ROW_NUMBER: Final = re.compile(rb'r="[A-Z]{0,3}([0-9]{1,7})"')
_STEP: Final = 1 << 20  # bytes
_LONGEST: Final = 16  # bytes of a reference or a number with all that the expressions above look at
MOST_COLUMNS: Final = 1_000
# What a spreadsheet shows where a formula failed (ECMA-376 part 1, 18.17.2.7).
_LOST: Final = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_SAVE_AGAIN: Final = (
    "用表格软件打开检查，另存为 .xlsx 或 .csv 后重新放置",
    "open it in a spreadsheet program, save it as .xlsx or .csv again, and put it back",
)
_CUT_DOWN: Final = (
    "删除多余的工作表、空白行列和图片，只留项目后重新放置；确有这么多项目时请联系运维",
    "delete other sheets, blank rows and columns and pictures, and put it back; if it really is so much, call the operator",
)
_REMEDIES: Final = {
    "FILE_EMPTY": (
        "第一个工作表的首行写表头，其下每行一个项目",
        "put headings into the first sheet, an entry a row below",
    ),
    "FILE_TOO_LARGE": _CUT_DOWN,
    "FILE_TOO_LONG": _CUT_DOWN,
    "FILE_TOO_WIDE": _CUT_DOWN,
}
_EXACT: Final = 10**15  # spreadsheets keep 15 digits of a number and write zeros for the rest


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell whose content is lost; `text` is what stands there instead."""

    text: str


Cell = str | int | float | bool | Unreadable


@dataclass(frozen=True, slots=True)
class Line:
    """One row that is not empty: its number in the file, its cells (as many as headings), and cells beyond these."""

    number: int
    cells: Sequence[Cell]
    beyond: int


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and lines of one file."""

    file: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]


def read_table(file: str, body: bytes) -> Table:
    """The first sheet of a workbook, or a text table; the first row that is not empty has the headings. SourceChanged where
    the file cannot be one.
    """
    if len(body) > MOST_BYTES:
        raise too_large(file)
    rows = _workbook_rows(file, body) if file.lower().endswith(".xlsx") else _text_rows(file, body)
    numbered = (
        (number, _narrow(file, cells)) for number, cells in enumerate(rows, start=1) if any(c != "" for c in cells)
    )
    first = next(numbered, None)
    if first is None:
        raise _fault("FILE_EMPTY", file, "文件中没有表头", "the file has no headings")
    headings = tuple("".join(text_of(cell).split()) for cell in _trimmed(first[1]))
    width = len(headings)
    lines: list[Line] = []
    for number, cells in numbered:
        if len(lines) == MOST_ROWS:
            raise _fault("FILE_TOO_LONG", file, f"超过 {MOST_ROWS:,} 行", f"more than {MOST_ROWS:,} rows")
        padded = [*cells[:width], *[""] * (width - len(cells))]
        lines.append(Line(number, padded, sum(cell != "" for cell in cells[width:])))
    return Table(file, headings, tuple(lines))


def text_of(cell: Cell) -> str:
    """A cell as text: 3.0 is "3"."""
    if isinstance(cell, Unreadable):
        return cell.text
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def too_large(file: str) -> SourceChanged:
    """The file exceeds the bound on bytes."""
    megabytes = MOST_BYTES >> 20
    return _fault("FILE_TOO_LARGE", file, f"文件超过 {megabytes} MB", f"the file exceeds {megabytes} MB")


def refuse_bombs(file: str, body: bytes, most_unpacked: int | None = None, most_cells: int | None = None) -> None:
    """Raise SourceChanged where a workbook would unpack beyond its bound, or where the cells it names span a rectangle too
    large for a reader that lays sheets out whole: one stray cell in the last corner costs half a terabyte.

    What an archive says of its sizes and of the place of its sheets is not believed: every member is unpacked and counted.
    The bounds are those of a province's table unless others are given, in bytes and cells.
    """
    most = MOST_UNPACKED if most_unpacked is None else most_unpacked
    cells = MOST_CELLS if most_cells is None else most_cells
    left = most
    try:
        with ZipFile(BytesIO(body)) as archive:
            for member in archive.infolist():
                content = _unpacked(archive, member, left)
                left -= len(content)
                if left < 0:
                    bound = most >> 20
                    raise _fault(
                        "FILE_TOO_LARGE", file, f"解压后超过 {bound} MB", f"more than {bound} MB when unpacked"
                    )
                rows, columns = _span(content)
                if rows * columns > cells:
                    raise _fault("FILE_TOO_LARGE", file, f"表格超过 {cells:,} 格", f"spans more than {cells:,} cells")
    except (BadZipFile, EOFError, OSError, zlib.error, NotImplementedError, RuntimeError):
        raise _fault(
            "FILE_UNREADABLE", file, "不是完整的 .xlsx 文件（可能尚未传完或已加密）", "not a whole .xlsx file"
        ) from None


def _unpacked(archive: ZipFile, member: ZipInfo, most: int) -> bytes:
    """What a member really unpacks to, and no more than a byte beyond `most` of it. The reader stops at the size it is told,
    so it is told another than the archive's. Other ways of packing than a workbook's are refused: their readers have no bound.
    """
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BadZipFile
    told = copy(member)
    told.file_size = sys.maxsize
    with archive.open(told) as stream:
        return stream.read(most + 1)


def _span(sheet: bytes) -> tuple[int, int]:
    """Rows and columns up to the last cell that is named anywhere in a member's XML; none in what is no sheet."""
    from openpyxl.utils import column_index_from_string  # noqa: PLC0415  as in `_workbook_rows`

    columns: set[bytes] = set()
    rows: set[bytes] = set()
    for start in range(0, len(sheet), _STEP):  # a part at a time, as all that is found in one stands in memory
        end = start + _STEP + _LONGEST
        columns.update(_COLUMN_OF_CELL.findall(sheet, start, end))
        rows.update(_ROW_NUMBER.findall(sheet, start, end))
    return max(map(int, rows), default=0), max((column_index_from_string(name.decode()) for name in columns), default=0)


def _workbook_rows(file: str, body: bytes) -> Iterator[list[Cell]]:
    from openpyxl import load_workbook  # noqa: PLC0415  a third of the time in which a process starts; few read workbooks

    refuse_bombs(file, body)
    try:
        sheet = load_workbook(BytesIO(body), read_only=True, data_only=True, keep_links=False).worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size may be wrong
        for values in sheet.iter_rows(values_only=True):
            yield [_cell(value) for value in values]
    except Exception as error:  # noqa: BLE001  a damaged archive fails in whatever way its parser happens to
        raise _fault(
            "FILE_UNREADABLE", file, "工作簿已损坏，无法读取", f"the workbook is damaged: {type(error).__name__}"
        ) from None


def _text_rows(file: str, body: bytes) -> Iterator[list[Cell]]:
    try:
        text = _decoded(body)
    except UnicodeDecodeError:
        raise _fault(
            "FILE_ENCODING", file, "文件编码既不是 UTF-8 也不是 GB 18030", "neither UTF-8 nor GB 18030"
        ) from None
    if text and not text.endswith("\n"):
        raise _fault("FILE_CUT_SHORT", file, "最后一行没有换行，文件可能不完整", "the last line does not end")
    try:
        for values in csv.reader(StringIO(text, newline=""), strict=True):
            yield [_cell(value) for value in values]
    except csv.Error as error:
        raise _fault("FILE_UNREADABLE", file, "不是规范的 CSV 表格", f"not a table: {error}") from None


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("gb18030")


def _cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").strip()
        return Unreadable(text) if text in _LOST else text
    if isinstance(value, dt.datetime):
        moment = value + dt.timedelta(milliseconds=500)  # a workbook keeps days as fractions: 33.9999 s are 34 s
        midnight = moment.hour == moment.minute == moment.second == 0
        return moment.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return Unreadable(f"{value:.3g}") if abs(value) >= _EXACT else value
    return str(value)


def _trimmed(cells: Sequence[Cell]) -> Iterable[Cell]:
    """The headings without the empty cells that spreadsheets leave at their end."""
    last = max(index for index, cell in enumerate(cells) if cell != "")
    return cells[: last + 1]


def _narrow(file: str, cells: list[Cell]) -> list[Cell]:
    if len(cells) > MOST_COLUMNS:
        raise _fault("FILE_TOO_WIDE", file, f"超过 {MOST_COLUMNS:,} 列", f"more than {MOST_COLUMNS:,} columns")
    return cells


def _fault(code: str, file: str, zh: str, en: str) -> SourceChanged:
    remedy_zh, remedy_en = _REMEDIES.get(code, _SAVE_AGAIN)
    return SourceChanged(Problem(code, redact(file), zh=zh, en=en, remedy_zh=remedy_zh, remedy_en=remedy_en))
