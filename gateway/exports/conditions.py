"""What of an export is asked for: GraphQL's own filters by their own names, as name and value, checked all at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from gateway.inputs import EntryFilterInput
from schema.errors import Problem, RequestError, redact
from schema.vocabulary import (
    AwardLevel,
    CaseKind,
    CaseStatus,
    ClauseKind,
    EligibilityStatus,
    EntryStatus,
    Stage,
    Verdict,
)

_ENTRY_LISTS: Final[Mapping[str, type[StrEnum]]] = {
    "stages": Stage,
    "statuses": EntryStatus,
    "awards": AwardLevel,
    "standings": EligibilityStatus,
    "verdicts": Verdict,
}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)


_ENTRY_NAMES: Final = {_camel(each.name): each.name for each in fields(EntryFilterInput)}
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "entries": tuple(_ENTRY_NAMES),
    "cases": ("statuses", "kinds"),
    "lists": ("regions",),
    "roster": ("regions",),
    "clauses": ("regions", "kinds"),
}
_CLOSED: Final[Mapping[str, Mapping[str, type[StrEnum]]]] = {
    "entries": _ENTRY_LISTS,
    "cases": {"statuses": CaseStatus, "kinds": CaseKind},
    "clauses": {"kinds": ClauseKind},
}
_TIMES: Final = ("submittedFrom", "submittedBefore", "updatedFrom", "updatedBefore")
_SINGLE: Final = ("organisation", "text", *_TIMES)
_TIME: Final = TypeAdapter(datetime)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Values by name; a name may stand several times and then means "one of"."""

    values: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, what: str, pairs: Iterable[tuple[str, str]]) -> "Conditions":
        """The conditions of a request for `what`; RequestError (422) with every one that makes no sense."""
        values: dict[str, list[str]] = {}
        problems: list[Problem] = []
        for name, value in pairs:
            values.setdefault(name, []).append(value)
            known = _CLOSED.get(what, {}).get(name)
            if name not in _NAMES[what]:
                problems.append(_wrong(name, value, "没有这个筛选条件", "no such filter", _NAMES[what]))
            elif known is not None and value not in tuple(known):
                problems.append(_wrong(name, value, "没有这个取值", "no such value", tuple(known)))
            elif name in _TIMES and not _is_time(value):
                problems.append(
                    _wrong(name, value, "不是带时区的时间", "no time with an offset", ("2025-07-01T00:00:00+08:00",))
                )
            elif name in _SINGLE and len(values[name]) > 1:
                problems.append(_wrong(name, value, "只能给出一次", "may be given once", (values[name][0],)))
        if problems:
            raise RequestError(problems, status=422)
        return cls(values)

    def entries(self) -> EntryFilterInput:
        """As GraphQL's filter of entries."""
        found: dict[str, Any] = {}
        for name, values in self.values.items():
            closed = _ENTRY_LISTS.get(name)
            one = _TIME.validate_python(values[0]) if name in _TIMES else values[0]
            found[_ENTRY_NAMES[name]] = (
                one if name in _SINGLE else [closed(v) for v in values] if closed else list(values)
            )
        return EntryFilterInput(**found)

    def regions(self) -> Sequence[str]:
        """Codes; none means all."""
        return self.values.get("regions", ())

    def case_statuses(self) -> Sequence[str]:
        """Statuses of cases; none means all."""
        return self.values.get("statuses", ())

    def case_kinds(self) -> Sequence[str]:
        """Kinds of cases; none means all."""
        return self.values.get("kinds", ())

    def clause_kinds(self) -> Sequence[str]:
        """Kinds of clauses; none means all."""
        return self.values.get("kinds", ())


def _is_time(text: str) -> bool:
    try:
        return _TIME.validate_python(text).tzinfo is not None
    except ValidationError:
        return False


def _wrong(name: str, value: str, zh: str, en: str, known: Sequence[str]) -> Problem:
    return Problem(
        "FILTER_INVALID", redact(name), zh, en, redact(value), "可用：" + "、".join(known), "one of " + ", ".join(known)
    )
