"""Says what a platform sent in a form we do not know: new and missing fields, new labels. Counted over a run."""

from collections import Counter
from collections.abc import Iterable

from adapters.base import Rejected

_KINDS = {"FIELD_UNKNOWN": "NEW_FIELD", "FIELD_MISSING": "MISSING_FIELD", "UNKNOWN_LABEL": "NEW_LABEL"}


class Drift:
    """Counts rows by what is strange about them."""

    def __init__(self) -> None:
        self._rows: Counter[tuple[str, str, str]] = Counter()

    def add(self, rejected: Iterable[Rejected]) -> None:
        """Count these rows. Positions in lists are left out of places, so that one change counts as one."""
        for item in rejected:
            for problem in item.problems:
                if problem.code in _KINDS:
                    place = ".".join(part for part in problem.place.split(".") if not part.isdigit())
                    shown = problem.value or "" if problem.code == "UNKNOWN_LABEL" else ""
                    self._rows[_KINDS[problem.code], place, shown] += 1

    def found(self) -> list[dict[str, str | int]]:
        """What was found, the most frequent first."""
        return [
            {"kind": kind, "place": place, "value": value, "rows": rows}
            for (kind, place, value), rows in self._rows.most_common()
        ]
