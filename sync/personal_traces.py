"""Looks for what must be nowhere: resident identity numbers and mobile phones, in the database, in files and in logs.

A number counts where its form and, for identity numbers, its check character are right; what is told is the place and a
number with all but its first digits hidden.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import zstandard

from schema.errors import Problem, redact
from schema.identity import scrub
from sync.database import Database
from sync.repository.inspection import every_value

_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_MOST: Final = 20  # places told of one table or file
_HIDDEN: Final = re.compile(r"\d[\d*]*\*{8,}")


def in_database(database: Database) -> Iterator[Problem]:
    """Every column of every table, packed ones unpacked."""
    told: Counter[str] = Counter()
    with database.read() as session:
        for place, value in every_value(session):
            for number in numbers(_as_text(value)):
                told[place] += 1
                if told[place] <= _MOST:
                    yield _found(place, number)


def in_files(paths: Iterable[Path]) -> Iterator[Problem]:
    """Files, and those in folders: logs, tables that were handed in."""
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                content = file.read_bytes().decode("utf-8", "replace")
                for number in list(numbers(content))[:_MOST]:
                    yield _found(str(file), number)


def numbers(content: str) -> Iterator[str]:
    """The numbers in a text as they may be shown."""
    hidden = scrub(content)
    if hidden != content:
        yield from (found.group() for found in _HIDDEN.finditer(hidden))


def _as_text(value: Any) -> str:  # noqa: ANN401  whatever a column holds
    if isinstance(value, memoryview):
        value = bytes(value)
    if isinstance(value, bytes):
        if value.startswith(_ZSTD):
            value = zstandard.ZstdDecompressor().decompressobj().decompress(value)
        return str(value, "utf-8", "replace")
    return value if isinstance(value, str) else repr(value) if isinstance(value, list | dict) else ""


def _found(place: str, number: str) -> Problem:
    return Problem(
        "PERSONAL_NUMBER",
        place,
        "存有身份证号或手机号",
        "an identity number or a phone is stored here",
        redact(number),
        "查明来源，修正映射后 remap，或删除该文件",
        "find out where it came from, mend the mapping and remap, or delete the file",
    )
