"""What of an export is asked for: GraphQL's own filters by their own names, as name and value, checked all at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from gateway.exports import entry_conditions
from gateway.exports.entry_conditions import wrong
from schema.errors import Problem, RequestError
from schema.vocabulary import CaseKind, CaseStatus, ClauseKind
from sync.repository.entry_filter import EntryFilter

_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "entries": entry_conditions.NAMES,
    "cases": ("statuses", "kinds"),
    "lists": ("regions",),
    "roster": ("regions",),
    "clauses": ("regions", "kinds"),
}
_CLOSED: Final[Mapping[str, Mapping[str, type[StrEnum]]]] = {
    "cases": {"statuses": CaseStatus, "kinds": CaseKind},
    "clauses": {"kinds": ClauseKind},
}


@dataclass(frozen=True, slots=True)
class Conditions:
    """Values by name; a name may stand several times and then means "one of". Of entries, the whole filter."""

    values: Mapping[str, Sequence[str]]
    entries: EntryFilter = field(default_factory=EntryFilter)

    @classmethod
    def of(cls, what: str, pairs: Iterable[tuple[str, str]]) -> "Conditions":
        """The conditions of a request for `what`; RequestError (422) with every one that makes no sense."""
        values: dict[str, list[str]] = {}
        problems: list[Problem] = []
        for name, value in pairs:
            known = _CLOSED.get(what, {}).get(name)
            if name not in _NAMES[what]:
                problems.append(wrong(name, value, "没有这个筛选条件", "no such filter", _NAMES[what]))
                continue
            values.setdefault(name, []).append(value)
            if known is not None and value not in tuple(known):
                problems.append(wrong(name, value, "没有这个取值", "no such value", tuple(known)))
        entries = EntryFilter()
        if what == "entries":
            try:
                entries = entry_conditions.entry_filter(values)
            except RequestError as error:
                problems += error.problems
        if problems:
            raise RequestError(problems, status=422)
        return cls(values, entries)

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
