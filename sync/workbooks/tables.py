"""Writes a table of any length to a file, .xlsx or .csv, row by row: what it needs of memory does not grow with the rows.

XlsxWriter in its constant-memory mode: a little faster than openpyxl's write-only mode, and exact in what it does to text.
rustpy-xlsxwriter took a fifth of the time, but is compiled: the machines of many an administration have no build of it.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sync.workbooks.escaping import guarded, guarded_csv

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Value = str | int | float | None
_MOST_ROWS: Final = 1_048_575  # of a sheet, its headings apart; further rows go on to another sheet
_MOST_TEXT: Final = 32_767  # characters of a cell
_EXACT: Final = 10**11  # from here on spreadsheets show a number as 1.2E+11


@dataclass(frozen=True, slots=True)
class TableToWrite:
    """What to write: the sheet's title, headings with their widths in characters, and the rows."""

    title: str
    headings: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Value]]


def write_csv(table: TableToWrite, file: Path) -> None:
    """UTF-8 with a byte order mark, by which spreadsheet programs know it."""
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target, lineterminator="\r\n")
        writer.writerow([heading for heading, _ in table.headings])
        writer.writerows([_csv_cell(value) for value in row] for row in table.rows)


def write_xlsx(table: TableToWrite, file: Path) -> None:
    """Text stays text; a cell's text beyond 32,767 characters, which no workbook holds, ends with an ellipsis."""
    from xlsxwriter import Workbook  # noqa: PLC0415  a worker holds what it loads

    book = Workbook(str(file), {"constant_memory": True, "tmpdir": str(file.parent)})
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
    sheet, at = _sheet(book, table, table.title, bold), 0
    for row in table.rows:
        if at == _MOST_ROWS:
            sheet, at = _sheet(book, table, f"{table.title}{len(book.worksheets()) + 1}", bold), 0
        at += 1
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, str) or abs(value) >= _EXACT:
                _write_text(sheet, at, column, str(value), text)
            else:
                sheet.write_number(at, column, value)
    book.close()


WRITERS: Final[Mapping[str, Callable[[TableToWrite, Path], None]]] = {"xlsx": write_xlsx, "csv": write_csv}


def _sheet(book: "Workbook", table: TableToWrite, title: str, bold: "Format") -> "Worksheet":
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    for column, (heading, width) in enumerate(table.headings):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, bold)
    return sheet


def _write_text(sheet: "Worksheet", row: int, column: int, text: str, form: "Format") -> None:
    safe = guarded(text)
    sheet.write_string(row, column, safe if len(safe) <= _MOST_TEXT else safe[: _MOST_TEXT - 1] + "…", form)


def _csv_cell(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, str) or abs(value) >= _EXACT:
        return guarded_csv(str(value))
    return int(value) if value == int(value) else value  # 84.0 is 84, as a workbook shows it
