"""What can go wrong, in three families, and the one shape in which it is told.

    DexhubError
    ├── FactsError          one of our own files is wrong; every problem of the file at once
    ├── MappingError        one row of a province is not understood; that row goes to quarantine
    ├── SourceError         a province's platform
    │   ├── PassingFault    time-out, 5xx, 429: worth another try
    │   └── SourceChanged   it answers, but not in the dialect we know: somebody must look
    └── RequestError        a client asked for what it may not have or what does not exist

Every one of them carries problems: a stable code, the place, what was found, and Chinese and English text with a remedy.
Text from a province is redacted before it enters a problem, so a problem may be stored, logged and shown.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

# ID numbers and phones, however they are grouped; what starts like a date is left readable.
_LONG_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d[-/])\d(?:[\s\-()（）]?\d){6,}[\dXx]?")
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_SHOWN = 80


def redact(value: object) -> str:
    """`value` as text that may be shown: runs of seven or more digits hidden, at most 80 characters.

    >>> redact("联系人 138-1234-5678")
    '联系人 13***'
    """
    text = redact_all(str(value))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def redact_all(text: str) -> str:
    """`text` whole, with runs of seven or more digits hidden: for logs, where an error's whole words are wanted."""
    return _LONG_NUMBER.sub(lambda found: found.group()[:2] + "***", text)


def unnumbered(digits: str) -> str:
    """Hexadecimal digits written with letters alone: a name made by chance that is never hidden as a telephone number.

    >>> unnumbered("138a1234567f0000")
    'hjoahijklmnfgggg'
    """
    return digits.translate(_LETTERS)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: `place` says where (file and key, row and column, JSON path), `value` what was found."""

    code: str
    place: str
    zh: str
    en: str
    value: str | None = None
    remedy_zh: str = ""
    remedy_en: str = ""

    def as_dict(self) -> dict[str, str | None]:
        """The problem as plain data, for JSON and storage."""
        return asdict(self)

    def __str__(self) -> str:
        return f"[{self.code}] {self.place}: {self.zh} / {self.en}" + (
            f" → {self.remedy_zh} / {self.remedy_en}" if self.remedy_zh else ""
        )


class DexhubError(Exception):
    """The root; `problems` is never empty."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def code(self) -> str:
        """The first problem's code."""
        return self.problems[0].code


class FactsError(DexhubError):
    """A TOML file of ours contradicts itself or its format. Raised at start-up, with every problem of the file."""


class MappingError(DexhubError):
    """A province's row cannot be understood. The row is set aside, the others go on."""


class SourceError(DexhubError):
    """A province's platform did not give what it should."""


class PassingFault(SourceError):  # noqa: N818  the field's word; the tree above shows what it is
    """The platform did not answer in time or said so itself (408, 429, 5xx): another try may succeed.

    `retry_after` is the pause in seconds that the platform asked for, where it asked for one.
    """

    retry_after: int | None = None


class SourceChanged(SourceError):  # noqa: N818  as above
    """The platform answers in a form we do not know; trying again will not help."""


class RequestError(DexhubError):
    """What a client asked for is refused. `status` is the HTTP status a plain REST answer would carry."""

    def __init__(self, problems: Problem | Iterable[Problem], status: int = 400) -> None:
        super().__init__(problems)
        self.status = status


def reason_missing(place: str = "reason") -> Problem:
    """What is said to whoever does something that needs a reason and gives none."""
    return Problem(
        "REASON_MISSING", place, "请写明理由", "a reason is required",
        remedy_zh="写明依据", remedy_en="say what it rests on",
    )  # fmt: skip
