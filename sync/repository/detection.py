"""Entries as detection reads them, the pairs it found, and the run by which those stand."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, delete, select, tuple_
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from adapters.registry import regions
from schema.predicates.teams import OnlyHere
from schema.vocabulary import CaseKind, EntryStatus
from sync.duplicates.detection import Pair
from sync.duplicates.records import Member, Partner, Record
from sync.repository.bulk import insert, upsert
from sync.repository.parts import in_parts
from sync.tables import DetectionRow, EntryRow, OrganisationRow, PairRow, RepresentativeRow


class DetectionStore:
    """Reads and writes of one detection within one transaction. It sees every region: only the detector asks for it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def last(self, *, lock: bool = False) -> DetectionRow | None:
        """The detection by which the pairs stand; with `lock`, nobody else replaces it before the commit."""
        query = select(DetectionRow).execution_options(populate_existing=True)
        return self._session.scalars(query.with_for_update() if lock else query).one_or_none()

    def stamps(self) -> dict[str, str]:
        """The digest of the content of every entry that is not withdrawn, by id: what differs from the last is to be
        compared again.
        """
        query = select(col(EntryRow.id), col(EntryRow.content_hash)).where(
            col(EntryRow.status) != EntryStatus.WITHDRAWN
        )
        return dict(self._session.execute(query).all())

    def records(self, ids: Collection[str] | None = None, *, shown: bool = False) -> list[Record]:
        """Entries as detection reads them, in order of id: all that are not withdrawn, or those of `ids`.

        People are compared by the tokens of their names; with `shown` the masked names stand there instead, for a person
        to read. Masked names are never compared: half a province would share them.
        """
        if ids is None:
            return self._records((), shown=shown)
        return [record for part in in_parts(sorted(ids)) for record in self._records(part, shown=shown)]

    def pairs(self) -> list[Pair]:
        """All pairs, in order."""
        query = select(  # type: ignore[call-overload]
            PairRow.id_a, PairRow.id_b, PairRow.kind, PairRow.score, PairRow.features
        ).order_by(PairRow.id_a, PairRow.id_b, PairRow.kind)
        return [
            Pair(one, two, CaseKind(kind), score, tuple(features))
            for one, two, kind, score, features in self._session.execute(query)
        ]

    def forget(self, pairs: Sequence[tuple[str, str]] | None) -> None:
        """Remove these pairs, of every kind, or all."""
        if pairs is None:
            self._session.execute(delete(PairRow))
        ids = tuple_(col(PairRow.id_a), col(PairRow.id_b))
        for part in in_parts(pairs or ()):
            self._session.execute(delete(PairRow).where(ids.in_(part)))

    def remember(self, pairs: Iterable[Mapping[str, Any]], run: Mapping[str, Any]) -> None:
        """Add pairs, and say by which run all of them stand now."""
        insert(self._session, PairRow, list(pairs))
        upsert(self._session, DetectionRow, [{"id": 1, **run}])

    def _records(self, ids: Sequence[str], *, shown: bool) -> list[Record]:
        units: dict[str, list[Partner]] = defaultdict(list)
        lines = select(col(OrganisationRow.entry_id), col(OrganisationRow.name), col(OrganisationRow.credit_code))
        order = (col(OrganisationRow.entry_id), col(OrganisationRow.position))
        for entry, name, code in self._session.execute(lines.where(*_of(OrganisationRow, ids)).order_by(*order)):
            units[entry].append(Partner(name, code or ""))
        people: dict[str, list[Member]] = defaultdict(list)
        row = RepresentativeRow
        who = select(  # type: ignore[call-overload]
            row.entry_id, row.name if shown else row.name_token, row.role, row.id_token, row.phone_token
        ).order_by(row.entry_id, row.position)
        for entry, *member in self._session.execute(who.where(*_of(RepresentativeRow, ids))):
            people[entry].append(Member(*(value or "" for value in member)))
        query = select(EntryRow).order_by(col(EntryRow.id))
        chosen = [col(EntryRow.id).in_(ids)] if ids else [col(EntryRow.status) != EntryStatus.WITHDRAWN]
        found = self._session.execute(query.with_only_columns(*_COLUMNS).where(*chosen))
        return [_record(entry, units[entry.id], people[entry.id]) for entry in found]


_COLUMNS = tuple(
    col(getattr(EntryRow, name))
    for name in (
        "id", "region", "city", "submitted_at", "track_id", "topic_id", "title", "team_name", "summary",
    )
)  # fmt: skip


def _of(table: type[SQLModel], ids: Sequence[str]) -> list[ColumnElement[bool]]:
    return [col(table.entry_id).in_(ids)] if ids else []  # type: ignore[attr-defined]  # both tables have it


def _record(row: Any, units: Sequence[Partner], people: Sequence[Member]) -> Record:  # noqa: ANN401  a row of columns
    lead, *partners = units or [Partner()]
    return Record(
        id=row.id,
        region=row.region,
        city=(row.city or "") if _held_by_cities(row.region) else row.region,
        submitted_at=row.submitted_at.isoformat(),
        track=row.track_id,
        topic=row.topic_id,
        project_name=row.title,
        org_name=lead.name,
        org_uscc=lead.uscc,
        partners=tuple(partners),
        team_name=row.team_name,
        members=tuple(people),
        abstract=row.summary,
    )


@cache
def _held_by_cities(region: str) -> bool:
    """Whether entering in two cities of this region is entering twice: where a clause of its notice says so. Elsewhere a
    city is an address, and the region itself is the one place of its contest.
    """
    adapter = regions().get(region)
    tests = (clause.test for clause in adapter.catalogue.clauses if clause.is_machine) if adapter else ()
    return any(isinstance(test, OnlyHere) and test.beyond == "city" for test in tests)
