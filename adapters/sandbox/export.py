"""The table that a province's clerk would export: rows of a platform, under the headings of columns.toml."""

import csv
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook

from adapters.columns import NUMBERED, Column, Columns
from adapters.table import Cell


def exported(rows: Sequence[Mapping[str, Any]], agreed: Columns) -> list[list[Cell]]:
    """Headings, then a line for each row; as many numbered columns as the longest list needs."""
    if not agreed.columns:
        headings = list(rows[0]) if rows else []
        return [[*headings], *([Column(to=name).cell(row[name]) for name in headings] for row in rows)]
    columns = {heading: column for pattern in agreed.columns for heading, column in _numbered(pattern, rows, agreed)}
    return [[*columns], *([column.cell(_at(row, column.to)) for column in columns.values()] for row in rows)]


def workbook(lines: Sequence[Sequence[Cell]]) -> bytes:
    """The lines as .xlsx."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        sheet.append([None if cell == "" else cell for cell in line])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def text_table(lines: Sequence[Sequence[Cell]], encoding: str = "utf-8-sig") -> bytes:
    """The lines as .csv."""
    out = StringIO(newline="")
    csv.writer(out).writerows(lines)
    return out.getvalue().encode(encoding)


def _numbered(pattern: str, rows: Sequence[Mapping[str, Any]], agreed: Columns) -> list[tuple[str, Column]]:
    """The headings that a pattern stands for, and what of an item they hold."""
    column = agreed.columns[pattern]
    if NUMBERED not in pattern:
        return [(pattern, column)]
    above = column.to.partition(f".{NUMBERED}")[0]
    longest = max((len(_at(row, above) or ()) for row in rows), default=0)
    return [
        (pattern.replace(NUMBERED, str(n)), column.model_copy(update={"to": column.to.replace(NUMBERED, str(n))}))
        for n in range(1, longest + 1)
    ]


def _at(row: Any, path: str) -> Any:  # noqa: ANN401  whatever a row holds there
    """What a row holds at a place, items of lists counted from 1; None where it holds nothing."""
    for part in path.split("."):
        if isinstance(row, list):
            row = row[int(part) - 1] if int(part) <= len(row) else None
        elif row is not None:
            row = row.get(part)
    return row
