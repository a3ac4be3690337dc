"""Shaanxi: one workbook a day, `GET /export/entries.xlsx`, or the same table as GB 18030 text, `/export/entries.csv`.

Basic credentials; ETag and If-None-Match. Always the whole list: what is not in it any more is gone. Columns are found
by their two headings, in any order; a missing or a new one stops the run. Cells become text, so both forms give equal
rows.
"""

import asyncio
import base64
import csv
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from adapters.shaanxi.payload import GROUPS, HEADINGS, REPRESENTATIVES
from adapters.source import Position, RawPage, Row, Source, agreed_envelope
from adapters.table import refuse_bombs
from adapters.transport import Transport
from schema.errors import Problem, SourceChanged, redact

_EXACT: Final = 1e15  # a spreadsheet's figures keep fifteen digits; larger ones stay visibly figures


class PlatformSource(Source):
    """The whole table, in pages; one empty page where it has not changed."""

    async def pages(self, transport: Transport, position: Position) -> AsyncIterator[RawPage]:
        """All pages are of one file; its ETag is the cursor, given with the last."""
        url = self.endpoint.url
        if not url.endswith((".csv", ".xlsx")):
            url = f"{url.rstrip('/')}/export/entries.xlsx"
        credentials = f"{self.endpoint.key_id}:{self.endpoint.secret}".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(credentials).decode()}"}
        if position.cursor:
            headers["If-None-Match"] = position.cursor
        answer = await transport.get(url, headers=headers)
        digest, cursor = answer.sha256, answer.headers.get("ETag")
        if answer.status == 304:
            yield RawPage(url, answer.fetched_at, digest, (), cursor=position.cursor, not_modified=True)
            return
        with agreed_envelope(url):
            rows = await asyncio.to_thread(_decode, answer.body, url.rpartition("/")[2])
        size, more = self.capabilities.page_size, True
        while more:
            part, rows = rows[:size], rows[size:]  # a row that is handed out is kept by nobody here
            more = bool(rows)
            yield RawPage(url, answer.fetched_at, digest, part, cursor=None if more else cursor)


def _decode(body: bytes, file: str) -> list[Row]:
    """The rows of a file's bytes. A row of another width than the headings' shows a file cut short: ValueError."""
    table = _text_table(body) if file.endswith(".csv") else _workbook_table(file, body)
    at = _columns(table[0], table[1], file)
    plain = [(column, at[group, column]) for group, column in HEADINGS if group not in REPRESENTATIVES]
    people = [[(column, at[group, column]) for column in GROUPS[group]] for group in REPRESENTATIVES]
    rows = []
    for number, cells in enumerate(table[2:], start=3):
        texts = [_text(cell) if cell != "" else "" for cell in cells]  # half of them are empty
        if not any(texts):
            continue
        if len(texts) != len(at):
            raise ValueError(f"row {number} has {len(texts)} cells, not {len(at)}")
        data: dict[str, Any] = {column: texts[index] for column, index in plain}
        filled = ({column: texts[index] for column, index in group} for group in people)
        data["参赛代表"] = [person for person in filled if any(person.values())]
        rows.append(Row(data["项目编号"], f"{file} row {number}", data))
    return rows


def _workbook_table(file: str, body: bytes) -> Sequence[Sequence[object]]:
    refuse_bombs(file, body)
    try:
        return CalamineWorkbook.from_filelike(BytesIO(body)).get_sheet_by_index(0).to_python()
    except CalamineError as error:
        raise ValueError(f"not a workbook: {error}") from None


def _text_table(body: bytes) -> Sequence[Sequence[object]]:
    text = body.decode("gb18030").removeprefix("\ufeff")
    if not text.endswith("\n"):
        raise ValueError("the last line does not end: the file was cut short")
    try:
        return list(csv.reader(StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(f"not a table: {error}") from None


def _columns(groups: Iterable[object], columns: Iterable[object], file: str) -> dict[tuple[str, str], int]:
    """Where each agreed column stands. A group's heading is merged over its columns: it stands in the first of them."""
    found: list[tuple[str, str]] = []
    for group, column in zip(groups, columns, strict=True):
        found.append((_text(group) or (found[-1][0] if found else ""), _text(column)))
    missing, unknown = Counter(HEADINGS) - Counter(found), Counter(found) - Counter(HEADINGS)
    if len(missing) == len(HEADINGS):
        raise ValueError("none of the agreed headings")
    if missing or unknown:
        problems = [_column_problem("COLUMN_MISSING", file, heading, "缺少约定的列", "missing") for heading in missing]
        problems += [
            _column_problem("COLUMN_UNKNOWN", file, heading, "出现未约定的列", "not agreed") for heading in unknown
        ]
        raise SourceChanged(problems)
    return {heading: index for index, heading in enumerate(found)}


def _column_problem(code: str, file: str, heading: tuple[str, str], zh: str, en: str) -> Problem:
    name = redact(".".join(heading))
    return Problem(
        code,
        f"{file} rows 1-2",
        value=name,
        zh=f"{zh}：{name}",
        en=f"the column {name} is {en}",
        remedy_zh="请与省平台核对导出表；若属平台升级，请更新 adapters/shaanxi/payload.py",
        remedy_en="compare the export with the province; if the platform changed, update adapters/shaanxi/payload.py",
    )


def _text(cell: object) -> str:
    """A cell as text: 3.0 is "3", empty is ""."""
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").strip()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    return "" if cell is None else str(cell)
