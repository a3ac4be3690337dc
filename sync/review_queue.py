"""In which order a clerk should look at undecided cases: the weight of the evidence times the consequence of being late.

The weight is one plus the log-odds of the score in bits, so from 1 (as likely as not) to 21. The consequence is a hundred for
a case with an entry on a list that counts, so these come first whatever their weight, times four where the timetable of a
region concerned has a date within three days, times two within two weeks. Ties go to the case that has waited longer.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from adapters.registry import regions
from schema.provenance import CHINA
from schema.vocabulary import CaseStatus
from sync.case_evidence import bits
from sync.database import Session
from sync.lists import items_of
from sync.repository.cases import CaseStore
from sync.repository.keyset import Key, Place, Slice, keys
from sync.repository.lists import ListStore
from sync.scope import Scope
from sync.tables import CaseRow


class CaseOrder(StrEnum):
    """In which order cases are listed."""

    CHANGED = "CHANGED"  # newest change first
    REVIEW = "REVIEW"  # undecided ones, the most pressing first


RECOMMENDED: Final = 100
_CASE: Final = {key.name: key for key in keys(CaseRow, "opened_at", "id")}
_ORDER: Final[tuple[Key, ...]] = (replace(_CASE["id"], name="priority", kind=float), _CASE["opened_at"], _CASE["id"])
NEAR: Final = ((3, 4), (14, 2))  # days to the next date of a timetable, and the factor; the nearest first


def priority(score: float | None, recommended: Collection[str], entries: Collection[str], days: int | None) -> float:
    """Weight times consequence. `recommended` are all entries on lists that count, `entries` those of the case, `days` how
    long it is to the next date of its regions (None: there is none). A case without a score, found by exact keys, weighs most.
    """
    weight = 1 + max(bits(1.0 if score is None else score), 0)
    consequence = RECOMMENDED if not set(recommended).isdisjoint(entries) else 1
    near = next((factor for bound, factor in NEAR if days is not None and days <= bound), 1)
    return weight * consequence * near


class ReviewQueue:
    """The most pressing cases first: undecided ones, unless `statuses` says otherwise; paged as a `keyset.Listing` is. A
    region's order rests on its own list alone, and so tells nothing of another's.
    """

    def __init__(
        self, session: Session, scope: Scope, statuses: Sequence[str], kinds: Sequence[str], now: datetime
    ) -> None:
        self._store = CaseStore(session, scope)
        self._places = _ranked(session, scope, statuses, kinds, now)
        self._by_case = {case: (first, opened, case) for first, opened, case in self._places}
        self.order = _ORDER

    def rows(self, part: Slice) -> list[CaseRow]:
        """The cases of a part, in order."""
        found = [
            place
            for place in self._places
            if (part.after is None or place > part.after) and (part.before is None or place < part.before)
        ]
        kept = found[-part.limit or len(found) :] if part.backwards and part.limit is not None else found[: part.limit]
        return self._store.by_ids([case for _, _, case in kept])

    def count(self) -> int:
        """How many there are on all pages."""
        return len(self._places)

    def place(self, row: CaseRow) -> Place:
        """Where a case stands."""
        return self._by_case[row.id]

    def has_beyond(self, place: Place, *, backwards: bool, inclusive: bool) -> bool:
        """Whether a case stands beyond the place, or there."""
        return any(
            (other < place if backwards else other > place) or (inclusive and other == place) for other in self._places
        )


def _ranked(
    session: Session, scope: Scope, statuses: Sequence[str], kinds: Sequence[str], now: datetime
) -> list[tuple[float, datetime, str]]:
    store = CaseStore(session, scope)
    today = now.astimezone(CHINA).date()
    recommended = {item.entry_id for row in ListStore(session, scope).newest().values() for item in items_of(row)}
    days = {code: _days_to_next_date(code, today) for code in regions()}
    ranked = []
    for case in store.standing(statuses or [CaseStatus.OPEN], kinds):
        nearest = min((left for entry in case.entries if (left := days.get(entry[:2])) is not None), default=None)
        ranked.append((-priority(case.score, recommended, case.entries, nearest), case.opened_at, case.id))
    return sorted(ranked)


def _days_to_next_date(code: str, today: date) -> int | None:
    """Days to the nearest date of a region's timetable that is not past."""
    dates = [day for item in regions()[code].catalogue.facts.timeline for day in (item.start, item.end) if day]
    return min(((day - today).days for day in dates if day >= today), default=None)
