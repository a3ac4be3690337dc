"""What validation says of a list: one shape for dry run, GraphQL, upload and the marked workbook."""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from schema.errors import Problem
from schema.vocabulary import Severity


class Column(StrEnum):
    """The columns of a list, by the names they have in files and in GraphQL."""

    RANK = "rank"
    ENTRY = "entryId"
    TITLE = "title"
    TRACK = "nationalTrack"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `item` is the row's number in the list as it came, from 1, None for the list as a whole; `column`
    the cell to look at; `value` what stands there or what it is about. `confirmed` is the issuer's reason, once given.
    """

    code: str
    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    item: int | None = None
    column: Column | None = None
    value: str | None = None
    confirmed: str | None = None

    @property
    def stops(self) -> bool:
        """Whether the list cannot be sealed as it is."""
        return self.severity is Severity.BLOCKED or (self.severity is Severity.TO_CONFIRM and self.confirmed is None)

    @property
    def place(self) -> str:
        """Row and column, for people."""
        row = f"第 {self.item} 行 row {self.item}" if self.item else "名单 list"
        return f"{row}: {self.column}" if self.column else row

    def confirmed_by(self, reason: str) -> "Finding":
        """The same, confirmed."""
        return replace(self, confirmed=reason.strip())

    def problem(self) -> Problem:
        """As every error of the hub is told."""
        return Problem(self.code, self.place, self.zh, self.en, self.value, self.remedy_zh, self.remedy_en)

    def as_dict(self) -> dict[str, Any]:
        """As plain data, for storage and JSON."""
        return asdict(self)
