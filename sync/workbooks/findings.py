"""What is wrong in a file, at which place of it: the one form in which it is told, marked and answered."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from schema.errors import Problem, redact
from schema.vocabulary import Severity
from sync.workbooks.columns import COLUMNS


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding: the row of the sheet (None: the whole list) and the column's name (None: the whole row). `confirmed` is
    the issuer's reason for standing by it, once given.
    """

    row: int | None
    column: str | None
    severity: Severity
    code: str
    value: str | None
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    confirmed: str | None = None

    @property
    def stops(self) -> bool:
        """Whether the list cannot be sealed as it is."""
        return self.severity is Severity.BLOCKED or (self.severity is Severity.TO_CONFIRM and self.confirmed is None)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """From plain data, as `as_dict` gives it."""
        return cls(**{**told, "severity": Severity(told["severity"])})

    @property
    def words(self) -> str:
        """Chinese first, with the remedy, as it is written into a workbook."""
        return f"{self.zh}。{self.remedy_zh}。\n{self.en}; {self.remedy_en}."

    def as_problem(self) -> Problem:
        """The form in which errors are told everywhere else."""
        place = "名单 list" if self.row is None else f"第 {self.row} 行 row {self.row}"
        place += f": {self.column}" if self.column else ""
        return Problem(self.code, place, self.zh, self.en, self.value, self.remedy_zh, self.remedy_en)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)


def in_order(marks: Iterable[Mark]) -> list[Mark]:
    """From the top of the sheet down, in the order of the columns; what is about the whole list first."""
    order = {column.name: number for number, column in enumerate(COLUMNS, start=1)}
    return sorted(marks, key=lambda mark: (mark.row or 0, order.get(mark.column or "", 0), mark.severity, mark.code))


def mark(row: int | None, column: str | None, code: str, value: str, *words: str, warning: bool = False) -> Mark:
    """A finding of reading: `words` are zh, en, remedy_zh, remedy_en. What stood there is redacted, as it may be anything."""
    severity = Severity.WARNING if warning else Severity.BLOCKED
    return Mark(row, column, severity, code, redact(value) if value else None, *words)
