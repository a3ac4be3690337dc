"""Reads entries for viewers: filtered, sorted, paged by key, counted. Every query is bounded by the viewer's scope."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from schema.vocabulary import AwardLevel, Stage
from sync.repository.condition_kinds import Surroundings
from sync.repository.entry_filter import EntryFilter, sql_of
from sync.repository.keyset import Key, Listing, keys
from sync.scope import Scope
from sync.tables import EntryRow, OrganisationRow, RepresentativeRow
from sync.tables.columns import table_of


class SortKey(StrEnum):
    """What entries can be sorted by; each is a column."""

    SUBMITTED_AT = "submitted_at"
    UPDATED_AT = "updated_at"
    CHANGED_AT = "changed_at"
    TITLE = "title"
    REGION = "region"
    CITY = "city"
    NATIONAL_TRACK = "counted_track"
    NATIVE_TRACK = "track_id"
    NATIVE_TOPIC = "topic_id"
    STAGE = "stage"
    AWARD = "award"
    SCORE = "score"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of an order."""

    by: SortKey
    descending: bool = False


NEWEST: Final = (Sort(SortKey.SUBMITTED_AT, descending=True),)
_RANKED: Final = {SortKey.STAGE: tuple(Stage), SortKey.AWARD: tuple(AwardLevel)}  # in the order of the contest


def order_of(sorts: Sequence[Sort]) -> tuple[Key, ...]:
    """The keys of an order, ended by the id in the direction of the last; what follows an id could change nothing."""
    found: dict[SortKey, Key] = {}
    for sort in (*sorts, Sort(SortKey.ID, sorts[-1].descending if sorts else False)):
        if SortKey.ID not in found:
            found.setdefault(sort.by, _key(sort))
    return tuple(found.values())


def _key(sort: Sort) -> Key:
    (key,) = keys(EntryRow, sort.by.value, descending=sort.descending)
    if sort.by not in _RANKED:
        return key
    ranks: Mapping[str | None, int] = {member.value: rank for rank, member in enumerate(_RANKED[sort.by])}
    ranked = case({name: rank for name, rank in ranks.items() if name}, value=key.column)
    return replace(key, column=ranked, kind=int, read=lambda row: ranks.get(key.read(row)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries, and what a filter must know beside itself: see `condition_kinds.Surroundings`."""

    filter: EntryFilter = field(default_factory=EntryFilter)
    waived: Mapping[str, str] = field(default_factory=dict)


class EntryBrowser:
    """Reads within one scope."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def listing(self, wanted: Wanted, sorts: Sequence[Sort] = NEWEST) -> Listing[EntryRow]:
        """The entries that fit, to be paged."""
        query = select(EntryRow).where(*self.conditions(wanted))
        return Listing(self._session, query, order_of(sorts), lambda: self.counting(wanted))

    def count(self, wanted: Wanted) -> int:
        """How many entries fit."""
        return self._session.execute(self.counting(wanted)).scalar_one()

    def counting(self, wanted: Wanted) -> Select[int]:
        """What gives that number."""
        return select(func.count()).select_from(EntryRow).where(*self.conditions(wanted, whole=True))

    def some(self, names: Sequence[str]) -> Select[EntryRow]:
        """What gives the entries of the ids that are bound under these names, of those that the scope covers."""
        ids: list[Any] = [bindparam(name, "") for name in names]
        return select(EntryRow).where(
            col(EntryRow.id).in_(ids) if len(ids) > 1 else col(EntryRow.id) == ids[0], *self._within()
        )

    def beyond(self, wanted: Wanted, size: int) -> Select[EntryRow]:
        """What gives the first so many entries that fit beyond the id that is bound as `after`, in order of id."""
        query = select(EntryRow).where(*self.conditions(wanted), col(EntryRow.id) > bindparam("after", ""))
        return query.order_by(col(EntryRow.id)).limit(size)

    def by_ids(self, ids: Sequence[str]) -> dict[str, EntryRow]:
        """The entries of these ids that the scope covers."""
        query = select(EntryRow).where(col(EntryRow.id).in_(ids), *self._within())
        return {row.id: row for row in self._session.scalars(query)}

    def all(self, wanted: EntryFilter) -> list[EntryRow]:
        """Every entry that fits, by id."""
        query = select(EntryRow).where(*self.conditions(Wanted(wanted), whole=True))
        return list(self._session.scalars(query.order_by(col(EntryRow.id))))

    def parts_of_all(self, wanted: EntryFilter, columns: Sequence[str]) -> list[EntryRow]:
        """The same for whoever reads nothing but these columns of thousands: plain tuples of them, no objects of the ORM."""
        told = (table_of(EntryRow).c[name] for name in columns)
        query = select(*told).where(*self.conditions(Wanted(wanted), whole=True)).order_by(col(EntryRow.id))
        return cast("list[EntryRow]", list(self._session.execute(query)))

    def natives(self, wanted: EntryFilter) -> list[dict[str, Any]]:
        """What only their province has of the entries that fit."""
        query: Select[dict[str, Any]] = select(col(EntryRow.native))
        return list(self._session.scalars(query.where(*self.conditions(Wanted(wanted), whole=True))))

    def organisations(self, ids: Sequence[str]) -> dict[str, list[OrganisationRow]]:
        """Organisations of entries already seen, in order."""
        query = select(OrganisationRow).where(col(OrganisationRow.entry_id).in_(ids))
        found: dict[str, list[OrganisationRow]] = defaultdict(list)
        for row in self._session.scalars(query.order_by(col(OrganisationRow.entry_id), col(OrganisationRow.position))):
            found[row.entry_id].append(row)
        return found

    def representatives(self, ids: Sequence[str]) -> dict[str, list[RepresentativeRow]]:
        """Representatives of entries already seen, in order."""
        query = select(RepresentativeRow).where(col(RepresentativeRow.entry_id).in_(ids))
        found: dict[str, list[RepresentativeRow]] = defaultdict(list)
        ordered = query.order_by(col(RepresentativeRow.entry_id), col(RepresentativeRow.position))
        for row in self._session.scalars(ordered):
            found[row.entry_id].append(row)
        return found

    def conditions(self, wanted: Wanted, *, whole: bool = False) -> list[ColumnElement[bool]]:
        """That an entry is within the scope and fits; `whole` where all of them are asked for."""
        return [*self._within(), sql_of(wanted.filter, Surroundings(self._session, wanted.waived, whole))]

    def _within(self) -> list[ColumnElement[bool]]:
        return [] if self._scope.region is None else [col(EntryRow.region) == self._scope.region]
