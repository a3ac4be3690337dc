"""Bounds on an .xlsx before any of its XML is parsed into objects: unpacked bytes, cells, merged cells, other parts.

A few bytes can stand for a billion cells: one stray cell in the last corner, or a merged range over the whole sheet, which
its reader fills in cell by cell. The process that reads is bounded too; this is what gives the clerk a reason.
"""

import re
from io import BytesIO
from typing import Final
from zipfile import ZipFile

from openpyxl.utils import range_boundaries

from adapters.table import refuse_bombs
from schema.errors import SourceChanged
from sync.workbooks.kinds import damaged, too_large

MOST_CELLS: Final = 300_000
MOST_UNPACKED: Final = 48 << 20
MOST_PART: Final = 4 << 20  # of a part that is neither sheet nor text nor picture: styles, names, drawings
_ROW_WISE: Final = ("xl/worksheets/", "xl/sharedstrings", "xl/media/")
_LEFT_OUT: Final = ("xl/media/", "xl/embeddings/", "xl/activex/", "xl/ctrlprops/", "xl/diagrams/", "xl/slicers/")
_SHAPE: Final = re.compile(rb"<(?:\w+:)?(?:sp|grpSp|cxnSp)[\s>]")
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z0-9:$]+)"')


def check_package(body: bytes) -> None:
    """RequestError where an .xlsx would cost more to open than any list is worth."""
    try:
        refuse_bombs("file", body, MOST_UNPACKED, MOST_CELLS)
    except SourceChanged as error:
        if error.code == "FILE_TOO_LARGE":
            raise too_large(error.problems[0].zh, error.problems[0].en) from None
        raise damaged() from None
    with ZipFile(BytesIO(body)) as archive:
        for member in archive.infolist():
            name = member.filename.lower()
            if not name.startswith(_ROW_WISE) and member.file_size > MOST_PART:
                raise too_large(f"工作簿的“{name}”过大", f"the workbook's {name} is too large")
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                _check_merged(archive.read(member))


def left_out(body: bytes) -> bool:
    """Whether an .xlsx holds pictures, drawn shapes or embedded objects: what openpyxl leaves out when it writes the workbook
    again (charts it keeps), so that a marked workbook is without them.
    """
    with ZipFile(BytesIO(body)) as archive:
        names = {member.filename: member.filename.lower() for member in archive.infolist()}
        return any(
            low.startswith(_LEFT_OUT)
            or (
                low.startswith("xl/drawings/")
                and low.endswith(".xml")
                and _SHAPE.search(archive.read(name)) is not None
            )
            for name, low in names.items()
        )


def _check_merged(sheet: bytes) -> None:
    cells = 0
    for found in _MERGED.finditer(sheet):
        first_column, first_row, last_column, last_row = range_boundaries(found[1].decode())
        if None in (first_column, first_row, last_column, last_row):
            raise damaged()
        cells += (last_column - first_column + 1) * (last_row - first_row + 1)  # type: ignore[operator]
        if cells > MOST_CELLS:
            raise too_large(f"合并单元格超过 {MOST_CELLS:,} 格", f"more than {MOST_CELLS:,} cells are merged")
