"""Reads entries for viewers: filtered, sorted, paged by key, counted. Every query is bounded by the viewer's scope."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, literal_column, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.repository.eligibility import judged_as, standing_as
from sync.scope import Scope
from sync.tables import EntryRow, OrganisationRow, RepresentativeRow
from sync.tables.columns import table_of


class SortKey(StrEnum):
    """What entries can be sorted by; ties are broken by id."""

    SUBMITTED_AT = "submitted_at"
    UPDATED_AT = "updated_at"
    TITLE = "title"
    ID = "id"


class GroupKey(StrEnum):
    """What entries can be counted by."""

    REGION = "region"
    NATIONAL_TRACK = "national_track"
    NATIVE_TRACK = "track_id"
    NATIVE_TOPIC = "topic_id"
    STAGE = "stage"
    STATUS = "status"
    AWARD = "award"
    WEEK = "week"  # of submission: the date of its Monday, by Beijing time


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Conditions that must all hold; an empty sequence or None asks nothing. Sequences mean "one of"."""

    regions: Sequence[str] = ()
    national_tracks: Sequence[str] = ()
    tracks: Sequence[str] = ()
    topics: Sequence[str] = ()
    stages: Sequence[str] = ()
    statuses: Sequence[str] = ()
    awards: Sequence[str] = ()
    cities: Sequence[str] = ()
    organisation: str | None = None
    text: str | None = None
    submitted_from: datetime | None = None
    submitted_before: datetime | None = None
    updated_from: datetime | None = None
    updated_before: datetime | None = None
    clauses: Sequence[str] = ()
    verdicts: Sequence[str] = ()
    standings: Sequence[str] = ()
    waived: Mapping[str, str] = field(default_factory=dict)  # see `eligibility.standing_as`; only read with `standings`


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of the sorted entries: `after` is the (sort value, id) of the row before the first one wanted."""

    first: int
    sort: SortKey = SortKey.SUBMITTED_AT
    descending: bool = False
    after: tuple[Any, str] | None = None


class EntryBrowser:
    """Reads within one scope."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def page(self, wanted: EntryFilter, part: Slice) -> list[EntryRow]:
        """At most `part.first` rows."""
        key, identifier = col(getattr(EntryRow, part.sort.value)), col(EntryRow.id)
        query = select(EntryRow).where(*self._conditions(wanted))
        if part.after is not None:
            here = tuple_(
                key, identifier
            )  # as one value, which an index can seek: "a > x or a = x and b > y" it cannot
            query = query.where(here < part.after if part.descending else here > part.after)
        order = (key.desc(), identifier.desc()) if part.descending else (key.asc(), identifier.asc())
        return list(self._session.scalars(query.order_by(*order).limit(part.first)))

    def count(self, wanted: EntryFilter) -> int:
        """How many entries fit."""
        query = select(func.count()).select_from(EntryRow).where(*self._conditions(wanted))
        return self._session.scalar(query) or 0

    def by_ids(self, ids: Sequence[str]) -> dict[str, EntryRow]:
        """The entries of these ids that the scope covers."""
        query = select(EntryRow).where(col(EntryRow.id).in_(ids), *self._within())
        return {row.id: row for row in self._session.scalars(query)}

    def all(self, wanted: EntryFilter) -> list[EntryRow]:
        """Every entry that fits, by id."""
        return list(self._session.scalars(select(EntryRow).where(*self._conditions(wanted)).order_by(col(EntryRow.id))))

    def natives(self, wanted: EntryFilter) -> list[dict[str, Any]]:
        """What only their province has of the entries that fit."""
        return list(self._session.scalars(select(col(EntryRow.native)).where(*self._conditions(wanted))))

    def statistics(
        self, groups: Sequence[GroupKey], wanted: EntryFilter, *, with_organisations: bool = True
    ) -> list[tuple[tuple[str | None, ...], int, int]]:
        """For each combination of groups: its values, its entries, its distinct lead organisations; largest first. Telling
        organisations apart takes most of the time, and is left out, as 0, unless `with_organisations` asks for it.
        """
        keys = [self._key(group).label(f"key_{place}") for place, group in enumerate(groups)]
        # By name: PostgreSQL takes one expression with parameters for two.
        names: list[ColumnElement[Any]] = [literal_column(key.name) for key in keys]
        # Of rows: counting ids would read every entry where an index holds all that is asked for.
        entries = func.count()
        query: Select[Any] = select().select_from(EntryRow)
        organisations: ColumnElement[int] = literal(0)
        if with_organisations:
            lead = and_(col(OrganisationRow.entry_id) == col(EntryRow.id), col(OrganisationRow.position) == 0)
            query = query.join(OrganisationRow, lead)
            organisations = func.count(func.distinct(col(OrganisationRow.organisation_key)))
        query = query.add_columns(*keys, entries, organisations)
        query = query.where(*self._conditions(wanted)).group_by(*names).order_by(entries.desc(), *names)
        size = len(keys)
        return [(tuple(row[:size]), row[size], row[size + 1]) for row in self._session.execute(query)]

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

    def _key(self, group: GroupKey) -> ColumnElement[Any]:
        """China has one time zone and no summer time, so eight hours are always right; POSIX calls what is ahead of Greenwich
        minus.
        """
        if group is not GroupKey.WEEK:
            return table_of(EntryRow).c[group.value]
        moment = col(EntryRow.submitted_at)
        if self._session.get_bind().dialect.name == "sqlite":
            return func.date(moment, "+8 hours", "-6 days", "weekday 1")
        return func.to_char(func.date_trunc("week", func.timezone("Etc/GMT-8", moment)), "YYYY-MM-DD")

    def _within(self) -> list[ColumnElement[bool]]:
        return [] if self._scope.region is None else [col(EntryRow.region) == self._scope.region]

    def _conditions(self, wanted: EntryFilter) -> list[ColumnElement[bool]]:
        conditions = self._within()
        lists = (
            (EntryRow.region, wanted.regions),
            (EntryRow.national_track, wanted.national_tracks),
            (EntryRow.track_id, wanted.tracks),
            (EntryRow.topic_id, wanted.topics),
            (EntryRow.stage, wanted.stages),
            (EntryRow.status, wanted.statuses),
            (EntryRow.award, wanted.awards),
            (EntryRow.city, wanted.cities),
        )
        conditions += [col(column).in_(values) for column, values in lists if values]
        spans = (
            (EntryRow.submitted_at, wanted.submitted_from, wanted.submitted_before),
            (EntryRow.updated_at, wanted.updated_from, wanted.updated_before),
        )
        for moment, start, end in spans:
            conditions += [col(moment) >= start] if start else []
            conditions += [col(moment) < end] if end else []
        if wanted.clauses or wanted.verdicts:
            conditions.append(judged_as(wanted.clauses, wanted.verdicts))
        if wanted.standings:
            conditions.append(standing_as(wanted.standings, wanted.waived))
        if wanted.organisation:
            conditions.append(_organisation_is(wanted.organisation.strip()))
        if wanted.text and wanted.text.strip():
            word = wanted.text.strip()
            fields = (EntryRow.title, EntryRow.summary, EntryRow.team_name)
            conditions.append(
                or_(*(col(field).icontains(word, autoescape=True) for field in fields), _organisation_is(word))
            )
        return conditions


def _organisation_is(word: str) -> ColumnElement[bool]:
    named = or_(
        col(OrganisationRow.name).icontains(word, autoescape=True), col(OrganisationRow.credit_code) == word.upper()
    )
    # Told what to correlate: statistics join organisations too, and none would be left to look through.
    return exists().where(col(OrganisationRow.entry_id) == col(EntryRow.id), named).correlate(EntryRow)
