"""The kinds of conditions on entries: what each means in SQL, with the words that say so to whoever asks.

Each is told its value, the filter it stands in and what must be known beside it, and gives None where it asks nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.repository.eligibility import judged_as, standing_as
from sync.repository.search import says
from sync.tables import CaseEntryRow, CaseRow, EligibilityRow, EntryRow, OrganisationRow
from sync.tables.columns import table_of

if TYPE_CHECKING:
    from sync.repository.entry_filter import EntryFilter

Given = Any  # a value of the type that the condition is declared with
_ENTRY = table_of(EntryRow).c


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a filter must know: where it will be asked; the standings, at this moment, of entries for which a waiver holds
    (see `eligibility.standing_as`); whether all that fits is asked for, or just a page.
    """

    session: Session
    waived: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Condition(ABC):
    """One thing that can be asked of an entry. `identifiers` says that its values are ids and not text."""

    zh: str
    en: str
    identifiers: bool = field(default=False, kw_only=True)

    @abstractmethod
    def sql(self, value: Given, whole: "EntryFilter", known: Surroundings) -> ColumnElement[bool] | None:
        """The condition with this value."""


@dataclass(frozen=True, slots=True)
class Among(Condition):
    """A column has one of the values."""

    column: str = field(kw_only=True)

    def sql(self, value: Given, whole: "EntryFilter", known: Surroundings) -> ColumnElement[bool] | None:
        """An empty list asks nothing."""
        del whole, known
        return _ENTRY[self.column].in_(value) if value else None


@dataclass(frozen=True, slots=True)
class From(Condition):
    """A column is as large, or larger."""

    column: str = field(kw_only=True)

    def sql(self, value: Given, whole: "EntryFilter", known: Surroundings) -> ColumnElement[bool] | None:
        """Rows without a value are left out."""
        del whole, known
        large: ColumnElement[bool] = _ENTRY[self.column] >= value
        return large


@dataclass(frozen=True, slots=True)
class Before(Condition):
    """A column is smaller; or as large, if `inclusive`."""

    column: str = field(kw_only=True)
    inclusive: bool = field(default=False, kw_only=True)

    def sql(self, value: Given, whole: "EntryFilter", known: Surroundings) -> ColumnElement[bool] | None:
        """Rows without a value are left out."""
        del whole, known
        column = _ENTRY[self.column]
        small: ColumnElement[bool] = column <= value if self.inclusive else column < value
        return small


@dataclass(frozen=True, slots=True)
class OfOrganisation(Condition):
    """One of the entry's organisations, or its lead, has one of the values in a column."""

    column: str = field(kw_only=True)
    lead_only: bool = field(default=False, kw_only=True)

    def sql(self, value: Given, whole: "EntryFilter", known: Surroundings) -> ColumnElement[bool] | None:
        """Told what to correlate: statistics join organisations too, and none would be left to look through."""
        del whole, known
        if not value:
            return None
        wanted: list[ColumnElement[bool]] = [table_of(OrganisationRow).c[self.column].in_(value)]
        if self.lead_only:
            wanted.append(col(OrganisationRow.position) == 0)
        if self.column == "credit_code":  # few rows have it, so they are looked up first
            return col(EntryRow.id).in_(select(col(OrganisationRow.entry_id)).where(*wanted))
        return exists().where(col(OrganisationRow.entry_id) == col(EntryRow.id), *wanted).correlate(EntryRow)


@dataclass(frozen=True, slots=True)
class Saying(Condition):
    """Every word of the value occurs in the entry's text, or in what is told of its organisations."""

    organisations_only: bool = field(default=False, kw_only=True)

    def sql(self, value: Given, whole: "EntryFilter", known: Surroundings) -> ColumnElement[bool] | None:
        """Blanks ask nothing."""
        del whole
        return says(known.session, value, organisations_only=self.organisations_only, whole=known.whole)


@dataclass(frozen=True, slots=True)
class Judged(Condition):
    """A clause has such a verdict on the entry. Clauses and verdicts of one filter are one condition, which is told where the
    first of the two stands.
    """

    def sql(self, value: Given, whole: "EntryFilter", known: Surroundings) -> ColumnElement[bool] | None:
        """One of these verdicts by one of these clauses, as far as they are given."""
        del known
        if not value or (value is whole.verdicts and whole.clauses):
            return None
        return judged_as(whole.clauses or (), whole.verdicts or ())


@dataclass(frozen=True, slots=True)
class Standing(Condition):
    """The entry's standing, with the waivers that hold."""

    def sql(self, value: Given, whole: "EntryFilter", known: Surroundings) -> ColumnElement[bool] | None:
        """One of these."""
        del whole
        return standing_as(value, known.waived) if value else None


@dataclass(frozen=True, slots=True)
class InCase(Condition):
    """The entry is part of a duplicate case. Statuses and kinds of one filter are one condition, as in `Judged`."""

    def sql(self, value: Given, whole: "EntryFilter", known: Surroundings) -> ColumnElement[bool] | None:
        """A case of one of these statuses and one of these kinds, as far as they are given."""
        del known
        if not value or (value is whole.case_kinds and whole.case_statuses):
            return None
        parts = select(col(CaseEntryRow.entry_id)).join(CaseRow, col(CaseRow.id) == col(CaseEntryRow.case_id))
        if whole.case_statuses:
            parts = parts.where(col(CaseRow.status).in_(whole.case_statuses))
        if whole.case_kinds:
            parts = parts.where(col(CaseRow.kind).in_(whole.case_kinds))
        return col(EntryRow.id).in_(parts)


class EntryGap(StrEnum):
    """What an entry may be without."""

    CITY = "city"
    SUB_TOPIC = "sub_topic_id"
    PROPOSED_NATIONAL_TRACK = "national_track"
    DECLARED_NATIONAL_TRACK = "declared_track"
    NATIONAL_TRACK = "counted_track"
    AWARD = "award"
    SCORE = "score"
    ELIGIBILITY = "eligibility"


@dataclass(frozen=True, slots=True)
class Without(Condition):
    """Nothing stands in one of these places."""

    def sql(self, value: Given, whole: "EntryFilter", known: Surroundings) -> ColumnElement[bool] | None:
        """Not yet judged is a gap too."""
        del whole, known
        gaps: Sequence[EntryGap] = value
        return or_(*(_gap(each) for each in gaps)) if gaps else None


def _gap(gap: EntryGap) -> ColumnElement[bool]:
    if gap is EntryGap.ELIGIBILITY:
        return ~exists().where(col(EligibilityRow.entry_id) == col(EntryRow.id)).correlate(EntryRow)
    return _ENTRY[gap.value].is_(None)
