"""The columns of a recommended list, as clerks name them in any file, and what marks a workbook as ours.

Headings may stand in any order and in either language; what a bracket adds (名次（必填）) and spaces do not count.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in GraphQL and JSON, its heading in the template, what else it may be called (best first), the
    width in characters, and whether a list cannot do without it.
    """

    name: str
    zh: str
    en: str
    also: tuple[str, ...]
    width: int
    required: bool = False

    @property
    def heading(self) -> str:
        """As the template writes it, Chinese first."""
        return f"{self.zh} {self.en}"

    @property
    def words(self) -> tuple[str, ...]:
        """Everything it may be called, folded, best first."""
        return tuple(folded(word) for word in (self.zh, self.heading, self.name, self.en, *self.also))


_BRACKETS: Final = re.compile(r"[(（\[【〔].*?[)）\]】〕]")
_NOTHING: Final = re.compile(
    r"[\s\u200b-\u200f\u2060\ufeff*]+"
)  # spaces, marks of no width, asterisks of required fields


def folded(heading: str) -> str:
    """A heading without what does not tell headings apart: brackets, spaces, width, case."""
    return _NOTHING.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", heading))).lower()


COLUMNS: Final = (
    Column("rank", "名次", "Rank", ("排名", "推荐顺序", "序号"), 8, required=True),
    Column("entryId", "项目编号", "Entry", ("编号", "项目编码", "entry_id"), 26, required=True),
    Column("title", "项目名称", "Title", ("参赛项目名称", "参赛项目", "项目"), 44),
    Column("nationalTrack", "国家赛道", "National track", ("国赛赛道", "申报国家赛道", "national_track"), 20),
    Column("remark", "备注", "Remark", ("说明",), 28),
)
BY_NAME: Final = {column.name: column for column in COLUMNS}
CHECK_HEADING: Final = "核对结果 Check"  # the column of findings in a marked workbook; never read

TEMPLATE_VERSION: Final = 2  # rises when a template of before would be filled in wrongly
VERSION_SHEET: Final = "dexhub"  # very hidden, so that nobody overwrites it: A1 version, B1 region's code
LIST_SHEET: Final = "推荐名单"


def is_check(heading: str) -> bool:
    """Whether this is the heading of the column of findings, whatever was written behind it."""
    return folded(heading).startswith(folded(CHECK_HEADING))


def places(headings: Sequence[str]) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Where each column stands among these headings (from 0), and those that stand more than once.

    A column is found by its best word: where 名次 and 序号 both stand, 序号 is no column of ours.
    """
    at: dict[str, list[int]] = {}
    for index, heading in enumerate(headings):
        at.setdefault(folded(heading), []).append(index)
    found: dict[str, int] = {}
    repeated: dict[str, list[int]] = {}
    for column in COLUMNS:
        where: list[int] = next((at[word] for word in column.words if word in at), [])
        if where:
            found[column.name] = where[0]
        if len(where) > 1:
            repeated[column.name] = where
    return found, repeated


def missing(found: Mapping[str, int]) -> list[Column]:
    """Columns that a list cannot do without and that were not found."""
    return [column for column in COLUMNS if column.required and column.name not in found]
