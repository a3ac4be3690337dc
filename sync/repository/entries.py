"""Writes entries as they are pulled. For queries of viewers see `browse`, for detection `detection`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from sqlalchemy import BindParameter, bindparam, delete, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from schema.vocabulary import EntryStatus
from sync.repository import history, search
from sync.repository.parts import in_parts
from sync.repository.prepared import Prepared
from sync.repository.statements import statements
from sync.tables import EntryRow, EntrySearchRow, OrganisationRow, RepresentativeRow
from sync.tables.columns import table_of

# Written once, and asked past the ORM, for every page that is stored.
_ENTRY, _UNIT, _PERSON = table_of(EntryRow), table_of(OrganisationRow), table_of(RepresentativeRow)
_SEARCH = table_of(EntrySearchRow)
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_KNOWN = (
    select(_ENTRY.c.id, _ENTRY.c.content_hash, _ENTRY.c.project_key, _ENTRY.c.topic_id, _UNIT.c.organisation_key)
    .join_from(_ENTRY, _UNIT, _UNIT.c.entry_id == _ENTRY.c.id)
    .where(_ENTRY.c.id.in_(_IDS), _UNIT.c.position == 0)
)
_SEEN = update(_ENTRY).where(_ENTRY.c.id == bindparam("of")).values(fingerprint=bindparam("seen"))
_WITHOUT_PARTS = [delete(part).where(part.c.entry_id.in_(_IDS)) for part in (_UNIT, _PERSON, _SEARCH)]
_STANDING = select(_ENTRY.c.fingerprint, _ENTRY.c.id, _ENTRY.c.status).where(_ENTRY.c.region == bindparam("of"))


@dataclass(slots=True)
class Delta:
    """A page held against what is stored. `rewritten` are changes after which an entry is hardly the same any more:
    another title, topic or lead organisation.
    """

    new: list[Prepared] = field(default_factory=list)
    changed: list[Prepared] = field(default_factory=list)
    rewritten: list[Prepared] = field(default_factory=list)
    same: list[Prepared] = field(default_factory=list)


class EntryStore:
    """Writes of entries within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def standing(self, region: str) -> tuple[dict[str, str], int]:
        """Fingerprint to id of every entry of the region whose row was kept as it came; how many entries are not withdrawn."""
        rows = self._session.connection().execute(_STANDING, {"of": region}).all()
        known = {fingerprint: entry for fingerprint, entry, _ in rows if fingerprint}
        return known, sum(status != EntryStatus.WITHDRAWN for *_, status in rows)

    def compare(self, prepared: Iterable[Prepared]) -> Delta:
        """What storing a page would do. Of several rows of one entry the last counts."""
        delta = Delta()
        entries = {item.id: item for item in prepared}
        known = self._known(list(entries))
        for identifier, item in entries.items():
            if identifier not in known:
                delta.new.append(item)
            elif known[identifier].content_hash == item.content_hash:
                delta.same.append(item)
            elif known[identifier].identity != item.identity:
                delta.rewritten.append(item)
            else:
                delta.changed.append(item)
        return delta

    def touch(self, same: Sequence[Prepared]) -> None:
        """Note the new form of rows that say the same as before, so that they are recognised at once next time."""
        if same:
            seen = [{"of": item.id, "seen": item.fingerprint} for item in same]
            self._session.connection().execute(_SEEN, seen)

    def add(self, new: Sequence[Prepared]) -> None:
        """Insert entries that are not stored yet (see `compare`): they have no history, and no rows to be replaced. In order
        of id: see `lists.declare`.
        """
        new = sorted(new, key=attrgetter("id"))
        made = statements(self._session.get_bind().dialect.name)
        made.entry.run(self._session, [item.entry for item in new])
        made.organisation.run(self._session, [row for item in new for row in item.organisations])
        made.representative.run(self._session, [row for item in new for row in item.representatives])
        search.add(self._session, [item.told for item in new])

    def replace(self, differing: Sequence[Prepared], run: str | None = None) -> None:
        """Overwrite entries with their organisations and representatives; what changes is kept as `run` saw it."""
        ids = [item.id for item in differing]
        before = history.states(self._session, ids)
        for part in in_parts(ids):
            for statement in _WITHOUT_PARTS:
                self._session.connection().execute(statement, {"ids": part})
        self.add(differing)
        history.note(self._session, before, run)

    def withdraw(self, ids: Sequence[str], now: datetime) -> int:
        """Mark entries as withdrawn; how many were not already. They stay, and come back when their row does."""
        count = 0
        for part in in_parts(ids):
            result = self._session.execute(
                update(EntryRow)
                .where(col(EntryRow.id).in_(part), col(EntryRow.status) != EntryStatus.WITHDRAWN)
                .values(status=EntryStatus.WITHDRAWN.value, fingerprint="", content_hash="", changed_at=now)
            )
            count += result.rowcount  # type: ignore[attr-defined]  # an UPDATE's result has it
        return count

    def active_ids(self, region: str) -> set[str]:
        """Ids of the region's entries that are not withdrawn."""
        query = select(col(EntryRow.id)).where(
            col(EntryRow.region) == region, col(EntryRow.status) != EntryStatus.WITHDRAWN
        )
        return set(self._session.scalars(query))

    def active_number(self, region: str) -> int:
        """How many they are."""
        query = select(func.count()).where(
            col(EntryRow.region) == region, col(EntryRow.status) != EntryStatus.WITHDRAWN
        )
        return self._session.execute(query).scalar_one()

    def newest_update(self, region: str) -> datetime | None:
        """The newest change, by the platform's own clock, of any entry of the region."""
        return self._session.scalar(select(func.max(col(EntryRow.updated_at))).where(col(EntryRow.region) == region))

    def titles(self, ids: Sequence[str]) -> dict[str, str]:
        """Stored titles by id, for a person who reviews a difference."""
        found: dict[str, str] = {}
        for part in in_parts(ids):
            query = select(col(EntryRow.id), col(EntryRow.title)).where(col(EntryRow.id).in_(part))
            found.update(self._session.execute(query).all())
        return found

    def _known(self, ids: Sequence[str]) -> dict[str, "_Known"]:
        found: dict[str, _Known] = {}
        for part in in_parts(ids):
            for identifier, content, *identity in self._session.connection().execute(_KNOWN, {"ids": part}):
                found[identifier] = _Known(content, tuple(identity))
        return found


@dataclass(frozen=True, slots=True)
class _Known:
    content_hash: str
    identity: tuple[str, ...]
