"""Reads a sample export: the rows of an .xlsx, .csv or .json file, and where in a JSON document they stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from adapters.table import KINDS, MOST_BYTES, read_table, text_of, too_large
from schema.errors import Problem, RequestError

_DEEPEST: Final = 4  # of an envelope around the list


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows as an adapter's source would decode them. `envelope` leads through a JSON document to the list."""

    rows: tuple[dict[str, Any], ...]
    is_table: bool
    envelope: tuple[str, ...] = ()


def read_sample(path: Path) -> Sample:
    """The sample in this file; RequestError where it has no rows, SourceError where the file cannot be read."""
    suffix = path.suffix.lower()
    if suffix not in (*KINDS, ".json"):
        raise _refused(path, "支持 .xlsx、.csv、.json", "give an .xlsx, .csv or .json file")
    if path.stat().st_size > MOST_BYTES:
        raise too_large(path.name)
    if suffix == ".json":
        return _document(path)
    table = read_table(path.name, path.read_bytes())
    twice = [heading for heading in table.headings if table.headings.count(heading) > 1]
    if twice:
        raise _refused(path, f"列名重复：{twice[0]}", f"the heading {twice[0]} stands there twice")
    rows = tuple(dict(zip(table.headings, (text_of(cell) for cell in line.cells), strict=True)) for line in table.lines)
    if not rows:
        raise _refused(path, "表头之下没有内容", "there is nothing below the headings")
    return Sample(rows, is_table=True)


def _document(path: Path) -> Sample:
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise _refused(path, "不是 JSON", f"not JSON: {error}") from None
    for envelope, value in _lists(document, ()):
        if value and all(isinstance(item, dict) for item in value):
            return Sample(tuple(value), is_table=False, envelope=envelope)
    raise _refused(path, "没有找到项目列表", "there is no list of objects in it")


def _lists(value: object, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Every list reached through objects alone, the outermost first."""
    if isinstance(value, list):
        yield above, value
    elif isinstance(value, dict) and len(above) < _DEEPEST:
        for key, below in sorted(value.items(), key=lambda item: not isinstance(item[1], list)):
            yield from _lists(below, (*above, key))


def _refused(path: Path, zh: str, en: str) -> RequestError:
    return RequestError(
        Problem(
            "SAMPLE_UNREADABLE",
            path.name,
            zh=f"样例无法使用：{zh}",
            en=en,
            remedy_zh="换用平台的一次 JSON 响应，或带表头的 .xlsx、.csv",
            remedy_en="give one JSON answer of the platform, or an .xlsx or .csv with headings",
        )
    )
