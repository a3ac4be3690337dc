"""Reads a recommended list from a file a clerk may have: .xlsx, .csv (UTF-8 or GB 18030) or .json.

Columns, in any order and in Chinese or English: 名次 rank, 项目编号 entryId, 国家赛道 nationalTrack (number or name, may be
missing). A project number may stand without the region's code in front.
"""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import orjson
from python_calamine import CalamineError, CalamineWorkbook

from adapters.table import refuse_bombs
from schema.catalogue import national_tracks
from schema.errors import Problem, RequestError, SourceChanged
from sync.lists import ListItem

_COLUMNS: Final = {
    "rank": ("名次", "序号", "排名", "rank"),
    "entry_id": ("项目编号", "编号", "entryid", "entry_id"),
    "national_track": ("国家赛道", "国赛赛道", "nationaltrack", "national_track"),
}


def read_list(path: Path, region: str) -> list[ListItem]:
    """The items of a file; RequestError with every problem of it."""
    if path.suffix.lower() not in _READERS:
        raise RequestError(_fault(path.name, f"支持 {'、'.join(_READERS)}", f"use one of {', '.join(_READERS)}"))
    try:
        table = _READERS[path.suffix.lower()](path.read_bytes())
    except SourceChanged as error:
        raise RequestError([_fault(path.name, problem.zh, problem.en) for problem in error.problems]) from None
    except (OSError, ValueError, KeyError, TypeError, CalamineError) as error:
        raise RequestError(_fault(path.name, "文件无法读取", f"cannot be read: {error}")) from None
    if not table:
        raise RequestError(_fault(path.name, "文件为空", "the file is empty"))
    header = [str(cell).strip().lower().replace(" ", "") for cell in table[0]]
    columns = {
        name: next((header.index(word) for word in words if word in header), None) for name, words in _COLUMNS.items()
    }
    missing = [_COLUMNS[name][0] for name in ("rank", "entry_id") if columns[name] is None]
    if missing:
        raise RequestError(
            [_fault(f"{path.name}: 第 1 行", f"缺少列“{name}”", f"no column {name}") for name in missing]
        )
    return _items(path.name, table, columns, region)


def _items(name: str, table: Sequence[Sequence[object]], columns: dict[str, int | None], region: str) -> list[ListItem]:
    tracks = {track.name: track.id for track in national_tracks()}
    items: list[ListItem] = []
    problems: list[Problem] = []

    def cell(line: Sequence[object], column: str) -> str:
        index = columns[column]
        value = line[index] if index is not None and index < len(line) else ""
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()

    for number, line in enumerate(table[1:], start=2):
        rank, entry, track = (cell(line, column) for column in _COLUMNS)
        if not rank and not entry:
            continue
        if not rank.isdecimal():
            problems.append(
                _fault(f"{name}: 第 {number} 行 名次", f"名次不是数字：{rank}", f"rank is no number: {rank}")
            )
            continue
        items.append(
            ListItem(int(rank), entry if ":" in entry else f"{region}:{entry}", tracks.get(track, track) or None)
        )
    if problems:
        raise RequestError(problems)
    return items


def _workbook(content: bytes) -> list[list[object]]:
    refuse_bombs("", content)
    return [list(row) for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()]


def _csv(content: bytes) -> list[list[object]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    return [list(row) for row in csv.reader(io.StringIO(text))]


def _json(content: bytes) -> list[list[object]]:
    rows = orjson.loads(content)
    names = ("rank", "entryId", "nationalTrack")
    return [list(names), *([row.get(name) or "" for name in names] for row in rows)]


_READERS: Final[dict[str, Callable[[bytes], list[list[object]]]]] = {".xlsx": _workbook, ".csv": _csv, ".json": _json}


def _fault(place: str, zh: str, en: str) -> Problem:
    return Problem("LIST_FILE_INVALID", place, zh, en, remedy_zh="请按模板填写", remedy_en="follow the template")
