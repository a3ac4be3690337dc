"""Writes findings into a clerk's own workbook: wrong cells coloured, a comment in each, and a column of findings at the right.

The colour is a conditional format laid over the cells, so the clerk's own colours stay below it and come back when the cell
is mended; a comment of the clerk's stays above ours. Whatever was marked before is taken away first, so a workbook may be
marked as often as it takes. An .xls or text file comes back as a new .xlsx of its rows, in their places.

openpyxl keeps cells, styles, widths, drop-downs, formulas, charts and other sheets; what it does not keep (`package.left_out`)
the clerk is told when the file is read.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from schema.vocabulary import Severity
from sync.workbooks.columns import BY_NAME, CHECK_HEADING
from sync.workbooks.findings import Mark, in_order
from sync.workbooks.grids import Book
from sync.workbooks.reading import Layout, locate

_OURS: Final = '"dexhub"="dexhub"'  # always true; by it our own formats are known again
_COLOURS: Final = {Severity.BLOCKED: "FFFFA7A7", Severity.TO_CONFIRM: "FFFFD38A", Severity.WARNING: "FFFFF2A8"}
_SAID: Final = {Severity.BLOCKED: "须改正 must be mended", Severity.TO_CONFIRM: "待确认 to confirm",
                Severity.WARNING: "提醒 warning"}  # fmt: skip
_AUTHOR: Final = "dexhub"
_BELOW: Final = "\n―― dexhub ――\n"  # between a clerk's own comment and ours
_CHECK_WIDTH: Final = 60


def mark_book(book: Book, marks: Sequence[Mark]) -> bytes:
    """The workbook with these findings and no others, as an .xlsx."""
    layout = locate(book)
    workbook, sheet = (book.workbook, book.workbook[layout.grid.name]) if book.workbook else _copied(layout)
    _unmark(sheet, layout)
    columns = {name: index + 1 for name, index in layout.columns.items()}
    heading = max(layout.headings.number, 1)
    shift = heading - layout.headings.number  # a JSON file's names stand where its rows are numbered from 0
    free = 1 + max((i for i, cell in enumerate(layout.headings.cells, start=1) if cell.text), default=0)
    for name in dict.fromkeys(each.column for each in marks if each.column and each.column not in columns):
        # What must be filled in needs a column to stand in.
        _write(sheet, heading, free, BY_NAME[name].heading).font = Font(bold=True)
        columns[name], free = free, free + 1
    check = free if layout.check is None else layout.check + 1
    by_cell: dict[tuple[int, int], list[Mark]] = defaultdict(list)
    by_row: dict[int, list[Mark]] = defaultdict(list)
    for each in in_order(marks):
        row = heading if each.row is None else each.row + shift
        by_row[row].append(each)
        if each.column:
            by_cell[row, columns[each.column]].append(each)
    for (row, column), found in by_cell.items():
        _comment(sheet, row, column, found)
    _colour(sheet, by_cell)
    _column_of_findings(sheet, heading, check, by_row)
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _copied(layout: Layout) -> tuple[Workbook, Worksheet]:
    """A new workbook with the rows of a sheet that cannot be written back into its own file."""
    workbook = Workbook()
    sheet = workbook.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook has a sheet")
    sheet.title = "推荐名单"
    shift = 1 if layout.headings.number == 0 else 0
    for line in layout.grid.lines:
        for index, cell in enumerate(line.cells, start=1):
            if cell.text:
                _write(sheet, line.number + shift, index, cell.text).number_format = "@"
    for name, index in layout.columns.items():
        sheet.column_dimensions[get_column_letter(index + 1)].width = BY_NAME[name].width
    return workbook, sheet


def _unmark(sheet: Worksheet, layout: Layout) -> None:
    kept = ConditionalFormattingList()
    for ranges in sheet.conditional_formatting:
        for rule in ranges.rules:
            if _OURS not in rule.formula:
                kept.add(str(ranges.sqref), rule)
    sheet.conditional_formatting = kept
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            if cell.comment is not None:
                own, below, _ = cell.comment.text.partition(_BELOW)
                ours = not below and cell.comment.author == _AUTHOR
                cell.comment = None if ours else Comment(own, cell.comment.author)
            if layout.check is not None and cell.column == layout.check + 1:
                cell.value = None


def _comment(sheet: Worksheet, row: int, column: int, found: Iterable[Mark]) -> None:
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        return
    text = "\n".join(f"【{_SAID[each.severity]}】{each.words}" for each in found)
    own = cell.comment
    cell.comment = Comment(f"{own.text}{_BELOW}{text}", own.author) if own else Comment(text, _AUTHOR)
    cell.comment.width, cell.comment.height = 360, 60 + 45 * (text.count("\n") + 1)


def _colour(sheet: Worksheet, by_cell: dict[tuple[int, int], list[Mark]]) -> None:
    """One conditional format for each severity; the gravest finding of a cell gives its colour."""
    for severity, colour in _COLOURS.items():
        cells = sorted(
            (column, row) for (row, column), found in by_cell.items() if min(f.severity for f in found) is severity
        )
        if cells:
            fill = PatternFill("solid", start_color=colour, end_color=colour)
            sheet.conditional_formatting.add(_ranges(cells), FormulaRule([_OURS], fill=fill))  # type: ignore[no-untyped-call]


def _ranges(cells: Sequence[tuple[int, int]]) -> str:
    """Cells, sorted by column and row, as ranges: C5:C9 C12."""
    runs: list[list[int]] = []
    for column, row in cells:
        if runs and runs[-1][0] == column and runs[-1][2] == row - 1:
            runs[-1][2] = row
        else:
            runs.append([column, row, row])
    return " ".join(f"{get_column_letter(c)}{first}:{get_column_letter(c)}{last}" for c, first, last in runs)


def _column_of_findings(sheet: Worksheet, heading: int, column: int, by_row: dict[int, list[Mark]]) -> None:
    sheet.column_dimensions[get_column_letter(column)].width = _CHECK_WIDTH
    for row in sorted({heading, *by_row}):
        lines = [_line(each) for each in by_row.get(row, ())]
        cell = _write(sheet, row, column, "\n".join([CHECK_HEADING, *lines] if row == heading else lines))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.cell(heading, column).font = Font(bold=True)


def _line(found: Mark) -> str:
    where = f"{BY_NAME[found.column].zh}：" if found.column else ""
    return f"【{_SAID[found.severity]}】{where}{found.words}"


def _write(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Text, which stays text whatever it begins with."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):  # cannot be written to; whoever merged it is told by the row's own finding
        sheet.unmerge_cells(next(str(r) for r in sheet.merged_cells.ranges if cell.coordinate in r))
        cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError("an unmerged cell can be written to")
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:32_767]
    cell.data_type = "s"
    return cell
