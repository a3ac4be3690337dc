"""Counts entries and their lead organisations by any few things together: one query, over the entries that fit alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Label, Select, and_, case, func, literal, literal_column, select
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.repository.browse import EntryBrowser, Wanted
from sync.scope import Scope
from sync.tables import EligibilityRow, EntryRow, OrganisationRow, PatternVerdictRow
from sync.tables.columns import table_of

Query = Select[Any]


class GroupKey(StrEnum):
    """What entries can be counted by."""

    REGION = "region"
    CITY = "city"
    NATIONAL_TRACK = "counted_track"  # as declared, else as proposed
    NATIVE_TRACK = "track_id"
    NATIVE_TOPIC = "topic_id"
    STAGE = "stage"
    STATUS = "status"
    AWARD = "award"
    ORGANISATION_KIND = "organisation_kind"  # the lead's
    WEEK = "week"  # of submission: the date of its Monday, by Beijing time
    STANDING = "standing"  # with the waivers that hold; none where an entry is not judged yet
    VERDICT = "verdict"  # an entry counts once for each verdict that it has by any clause


@dataclass(frozen=True, slots=True)
class Line:
    """One combination of groups that occurs: the value of each, its entries, their distinct lead organisations."""

    values: tuple[str | None, ...]
    entries: int
    organisations: int


def counting(
    session: Session,
    scope: Scope,
    groups: Sequence[GroupKey],
    wanted: Wanted,
    limit: int | None = None,
    *,
    with_organisations: bool = True,
) -> Query:
    """What gives rows of the values, then the entries, then the organisations; largest groups first, of these at most `limit`.
    Telling organisations apart takes most of the time, and is left out, as 0, unless `with_organisations` asks for it.
    """
    browser = EntryBrowser(session, scope)
    database = session.get_bind().dialect.name
    entries = func.count()
    query: Query = select().select_from(EntryRow)
    organisations: ColumnElement[int] = literal(0)
    if with_organisations or GroupKey.ORGANISATION_KIND in groups:
        query = query.join(
            OrganisationRow, and_(col(OrganisationRow.entry_id) == col(EntryRow.id), col(OrganisationRow.position) == 0)
        )
    if with_organisations:
        organisations = func.count(func.distinct(col(OrganisationRow.organisation_key)))
    keys: list[Label[Any]] = []
    if GroupKey.STANDING in groups or GroupKey.VERDICT in groups:
        query = query.outerjoin(EligibilityRow, col(EligibilityRow.entry_id) == col(EntryRow.id))
    for group in groups:
        key, query = _DERIVED[group](query, database, wanted.waived) if group in _DERIVED else (_column(group), query)
        keys.append(key.label(f"key_{len(keys)}"))
    names: list[ColumnElement[Any]] = [
        literal_column(key.name) for key in keys
    ]  # PostgreSQL takes one expression with parameters for two
    query = (
        query.add_columns(*keys, entries, organisations).where(*browser.conditions(wanted, whole=True)).group_by(*names)
    )
    return query.order_by(entries.desc(), *(name.asc().nulls_last() for name in names)).limit(limit)


def lines(session: Session, query: Query) -> list[Line]:
    """What it gives."""
    rows: Iterable[tuple[Any, ...]] = session.execute(query)
    return [Line(row[:-2], row[-2], row[-1]) for row in rows]


def _column(group: GroupKey) -> ColumnElement[Any]:
    return table_of(EntryRow).c[group.value]


def _kind(query: Query, database: str, waived: Mapping[str, str]) -> tuple[ColumnElement[Any], Query]:
    del database, waived
    return table_of(OrganisationRow).c.kind, query


def _week(query: Query, database: str, waived: Mapping[str, str]) -> tuple[ColumnElement[Any], Query]:
    """China has one time zone and no summer time, so eight hours are always right."""
    del waived
    moment = col(EntryRow.submitted_at)
    if database == "sqlite":
        return func.date(moment, "+8 hours", "-6 days", "weekday 1"), query
    monday = func.date_trunc("week", func.timezone(literal_column("INTERVAL '8 hours'"), moment))
    return func.to_char(monday, "YYYY-MM-DD"), query


def _standing(query: Query, database: str, waived: Mapping[str, str]) -> tuple[ColumnElement[Any], Query]:
    """What is stored leaves waivers out; the entries that have one are few."""
    del database
    stored = table_of(EligibilityRow).c.status
    lifted = {entry: literal(status) for entry, status in waived.items()}
    return (case(lifted, value=col(EntryRow.id), else_=stored) if lifted else stored), query


def _verdict(query: Query, database: str, waived: Mapping[str, str]) -> tuple[ColumnElement[Any], Query]:
    """By pattern: entries judged alike share one, and there are a hundred or so."""
    del database, waived
    verdicts = select(col(PatternVerdictRow.pattern), col(PatternVerdictRow.verdict)).distinct().subquery()
    return verdicts.c.verdict, query.outerjoin(verdicts, verdicts.c.pattern == col(EligibilityRow.pattern))


_DERIVED: Final[Mapping[GroupKey, Callable[..., tuple[ColumnElement[Any], Query]]]] = {
    GroupKey.ORGANISATION_KIND: _kind,
    GroupKey.WEEK: _week,
    GroupKey.STANDING: _standing,
    GroupKey.VERDICT: _verdict,
}
