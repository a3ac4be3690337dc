"""A row of a recommended list as a file has it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of the list: its number in the sheet, and its cells by column name, cleaned. Missing columns are empty."""

    row: int
    cells: Mapping[str, str]


def is_rank(text: str) -> bool:
    """Whether a cell holds one."""
    return text.isascii() and text.isdecimal() and len(text) <= 6


def rank_of(row: FileRow) -> int:
    """The rank of a row; 0, which no list has, where it cannot be read (and is told)."""
    text = row.cells.get("rank", "")
    return int(text) if is_rank(text) else 0
