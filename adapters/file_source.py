"""A table in place of a platform: the newest .xlsx or .csv of a folder (`file:///path/to/folder`), one file, or a file
behind an address. Any province can fall back to it when its platform is down or never existed.

`columns.toml` in the province's folder leads from headings to the places of the payload, so a file and the platform go
through the same payload type and the same mapping. Without it every column goes by its own heading, as text, and the first
is the entry's own number. A file is always everything there is: what it no longer holds is gone.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from adapters.columns import NUMBERED, Column, Columns, columns_of
from adapters.manifest import Manifest
from adapters.source import Position, RawPage, Row, Source
from adapters.table import KINDS, MOST_BYTES, Cell, Line, Table, Unreadable, read_table, text_of, too_large
from adapters.transport import Endpoint, Transport
from schema.errors import Problem, SourceChanged, redact


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A place filled by one cell."""

    index: int
    column: Column


_Shape = dict[str, Any]  # a payload as a tree: a leaf, an object below, or, under numbers, the items of a list


class FileSource(Source):
    """The pages of one file."""

    def __init__(self, endpoint: Endpoint, manifest: Manifest) -> None:
        super().__init__(endpoint, manifest)
        self.capabilities = manifest.capabilities.model_copy(update={"changes": "full", "deletions": "none"})
        self._columns = columns_of(manifest.slug)

    async def pages(self, transport: Transport, position: Position) -> AsyncIterator[RawPage]:
        """The whole file, whatever the time asked for: rows seen before are recognised by what they say. A file behind an
        address is not sent again where its ETag, kept as cursor with the address, is still the same.
        """
        cursor = None
        if self.endpoint.url.startswith("file:"):
            file, body = await asyncio.to_thread(_read, self.endpoint.url)
            url, fetched_at, digest = f"file:{file}", datetime.now(UTC), hashlib.sha256(body).hexdigest()
        else:
            url = self.endpoint.url
            headers = {"Authorization": f"Bearer {self.endpoint.secret}"} if self.endpoint.secret else {}
            address, _, tag = (position.cursor or "").rpartition(" ")
            if address == url:
                headers["If-None-Match"] = tag
            answer = await transport.get(url, headers=headers)
            if answer.status == 304:
                yield RawPage(url, answer.fetched_at, answer.sha256, (), cursor=position.cursor, not_modified=True)
                return
            cursor = f"{url} {answer.headers['ETag']}" if "ETag" in answer.headers else None
            file, body, fetched_at, digest = (
                Path(urlsplit(url).path).name,
                answer.body,
                answer.fetched_at,
                answer.sha256,
            )
        rows = await asyncio.to_thread(self.rows, file, body)
        size = self.capabilities.page_size
        for start in range(0, max(len(rows), 1), size):
            ending = cursor if start + size >= len(rows) else None
            yield RawPage(url, fetched_at, digest, rows[start : start + size], total=len(rows), cursor=ending)

    def rows(self, file: str, body: bytes) -> list[Row]:
        """The rows of a file's bytes."""
        table = read_table(file, body)
        columns = self._placed(table)
        key = table.headings.index(self._columns.key) if self._columns.key else 0
        plain = {column.to: _Leaf(index, column) for index, column in columns.items()}
        shape = _shape(self._columns, columns) if self._columns.columns else plain
        rows = []
        for line in table.lines:
            data = {**self._columns.constants, **(_filled(shape, line.cells, self._columns.always) or {})}
            rows.append(
                Row(text_of(line.cells[key]), f"{file} row {line.number}", data, tuple(_unread(table, line, columns)))
            )
        return rows

    def _placed(self, table: Table) -> dict[int, Column]:
        """The column at each index; SourceChanged with every heading that is missing, unknown or there twice."""
        agreed, headings = self._columns, table.headings
        placed = {
            index: column
            for index, heading in enumerate(headings)
            if (column := agreed.place(heading) if agreed.columns else Column(to=heading))
            and heading not in agreed.ignored
        }
        wanted = [name for name in agreed.columns if NUMBERED not in name] + ([agreed.key] if agreed.key else [])
        unknown = [name for index, name in enumerate(headings) if index not in placed and name not in agreed.ignored]
        problems = [
            _heading_problem("COLUMN_MISSING", table.file, name, "缺少约定的列", "is missing")
            for name in dict.fromkeys(wanted)
            if name not in headings
        ]
        problems += [
            _heading_problem("COLUMN_UNKNOWN", table.file, name, "出现未约定的列", "is not agreed") for name in unknown
        ]
        problems += [
            _heading_problem("COLUMN_REPEATED", table.file, name, "列名重复", "stands there twice")
            for name, times in Counter(headings).items()
            if times > 1
        ]
        if problems:
            raise SourceChanged(problems)
        return placed


def _read(url: str) -> tuple[str, bytes]:
    """Name and bytes of the file at this address, or of the newest by name in the folder there."""
    path = Path(unquote(urlsplit(url).path))
    if path.is_dir():
        found = [each for each in path.iterdir() if each.suffix.lower() in KINDS and each.name[0] not in ".~"]
        path = max(found, key=lambda each: each.name, default=path)
    if path.suffix.lower() not in KINDS or not path.is_file():
        raise SourceChanged(
            Problem(
                "FILE_MISSING",
                redact(path.name),
                zh="该地址下没有 .xlsx 或 .csv 文件",
                en="there is no .xlsx or .csv file at this address",
                remedy_zh="把省平台的导出文件放入约定的目录；最新的按文件名排在最后",
                remedy_en="put the export into the agreed folder; the newest is the last by name",
            )
        )
    if path.stat().st_size > MOST_BYTES:
        raise too_large(path.name)
    return path.name, path.read_bytes()


def _shape(agreed: Columns, columns: Mapping[int, Column]) -> _Shape:
    """The payload as a tree of leaves: "members.2.name" is the name in item 2 of a list. A list that the table has no
    column for is an empty list.
    """
    tree: _Shape = {}
    for each in agreed.columns.values():
        if NUMBERED in each.to:
            branch = tree
            for part in each.to.partition(f".{NUMBERED}")[0].split("."):
                branch = branch.setdefault(part, {})
    for index, column in columns.items():
        *above, last = column.to.split(".")
        branch = tree
        for part in above:
            branch = branch.setdefault(part, {})
        branch[last] = _Leaf(index, column)
    return tree


def _filled(shape: _Shape, cells: Sequence[Cell], always: Collection[str], above: str = "") -> dict[str, Any] | None:
    """The object of this shape; None where all its cells are empty, unless it is one that always stands. Empty items of a
    list are left out.
    """
    made: dict[str, Any] = {}
    filled = above in always
    for name, part in shape.items():
        path = f"{above}.{name}".lstrip(".")
        if isinstance(part, _Leaf):
            made[name] = part.column.value(cells[part.index])
            filled = filled or cells[part.index] != ""
        elif all(number.isdecimal() for number in part):
            items = (_filled(part[number], cells, always, path) for number in sorted(part, key=int))
            made[name] = [item for item in items if item is not None]
            filled = filled or bool(made[name])
        else:
            made[name] = _filled(part, cells, always, path)
            filled = filled or made[name] is not None
    return made if filled else None


def _unread(table: Table, line: Line, columns: Mapping[int, Column]) -> list[Problem]:
    """What keeps this line from being read, by heading."""
    lost = [index for index in columns if isinstance(line.cells[index], Unreadable)]
    problems = [
        Problem(
            "CELL_UNREADABLE",
            table.headings[index],
            value=redact(text_of(line.cells[index])),
            zh="单元格内容已丢失：公式出错，或超过 15 位的数字被表格软件截断",
            en="the cell lost its content: a formula's error, or a number cut to 15 digits",
            remedy_zh="将该列设为文本格式后重新填写",
            remedy_en="set the column's format to text and fill it in again",
        )
        for index in lost
    ]
    if line.beyond:
        problems.append(
            Problem(
                "ROW_TOO_WIDE",
                f"row {line.number}",
                zh="该行超出表头所列的范围，可能错列",
                en="the row has cells beyond the headings and may be shifted",
                remedy_zh="核对该行各列后重新导出",
                remedy_en="check the row's columns and export again",
            )
        )
    return problems


def _heading_problem(code: str, file: str, heading: str, zh: str, en: str) -> Problem:
    shown = redact(heading)
    return Problem(
        code,
        f"{redact(file)}: 表头 / headings",
        value=shown,
        zh=f"{zh}：{shown}",
        en=f"the column {shown} {en}",
        remedy_zh="对照该省文件夹中的 columns.toml 改正表头；确属新格式时更新 columns.toml",
        remedy_en="mend the heading; if the table really changed, update columns.toml in the province's folder",
    )
