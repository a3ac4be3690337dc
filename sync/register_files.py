"""Reads a register from a file an organiser may have, .xlsx or .csv, and writes the empty one to fill in.

Columns stand in any order, in Chinese or English. Every fault of every row is told at once, and a file with a fault changes
nothing.
"""

from collections import Counter
from collections.abc import Sequence
from io import BytesIO

from adapters.table import Table, read_table
from schema.errors import Problem, RequestError, SourceChanged
from schema.vocabulary import Register
from sync.register_lines import COLUMNS, columns_of, read_line
from sync.registers import NAMES, RegisterLine


def template(register: Register) -> bytes:
    """A workbook with the headings; credit codes are kept as text, which a spreadsheet would otherwise round."""
    from openpyxl import Workbook  # noqa: PLC0415  it takes five megabytes, and few ask for a template
    from openpyxl.styles import Font  # noqa: PLC0415  as above
    from openpyxl.utils import get_column_letter  # noqa: PLC0415  as above

    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    for index, column in enumerate(columns_of(register), start=1):
        sheet.cell(1, index, COLUMNS[column][0]).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(index)].width = 28
        for row in range(2, 1002):
            sheet.cell(row, index).number_format = "@"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_register(register: Register, file: str, body: bytes) -> list[RegisterLine]:
    """The lines of a file; RequestError with every problem of it."""
    try:
        table = read_table(file, body)
    except SourceChanged as error:
        raise RequestError(error.problems) from None
    places, problems = _places(register, table)
    if problems:
        raise RequestError(problems)
    lines: list[RegisterLine] = []
    for line in table.lines:
        cells = {column: line.cells[index] for column, index in places.items()}
        made, found = read_line(register, file, line.number, cells)
        problems += found
        lines += [made] if made else []
    repeated = [identifier for identifier, times in Counter(line.id for line in lines).items() if times > 1]
    for identifier in repeated:
        said = next(line.words for line in lines if line.id == identifier)
        problems.append(
            Problem("LINE_REPEATED", file, "同一行出现多次", "stands more than once", said, "只保留一行", "keep one")
        )
    if problems:
        raise RequestError(problems)
    return lines


def _places(register: Register, table: Table) -> tuple[dict[str, int], list[Problem]]:
    """Where each column stands, and what is wrong with the headings."""
    headings = [heading.lower() for heading in table.headings]
    allowed = columns_of(register)
    words = {word: column for column in allowed for word in (COLUMNS[column][0], *COLUMNS[column][1])}
    places = {words[heading]: index for index, heading in enumerate(headings) if heading in words}
    expected = "、".join(COLUMNS[column][0] for column in allowed)
    problems = [
        Problem("COLUMN_UNKNOWN", f"{table.file} 表头", "不认识的列", "an unknown column", heading,
                f"可用的列：{expected}", f"columns: {', '.join(allowed)}")
        for heading in headings if heading not in words
    ]  # fmt: skip
    if allowed[0] not in places:
        problems.append(
            Problem("COLUMN_MISSING", f"{table.file} 表头", f"缺少列“{COLUMNS[allowed[0]][0]}”", f"no column {allowed[0]}", None,
                    "请用 dexhub registers template 生成的模板", "use the template of dexhub registers template")
        )  # fmt: skip
    return places, problems


def read_named(register: str) -> Register:
    """The register of this name, in English or Chinese; RequestError where there is none."""
    for each, name in NAMES.items():
        if register.upper() == each.value or register == name:
            return each
    known: Sequence[str] = [f"{each.value} {name}" for each, name in NAMES.items()]
    raise RequestError(
        Problem(
            "REGISTER_UNKNOWN", "REGISTER", "没有这个名单", "no such register", register,
            "可用：" + "、".join(known), "one of " + ", ".join(known),
        )
    )  # fmt: skip
