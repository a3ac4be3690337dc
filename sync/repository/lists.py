"""Recommended lists: versions, what happened to them, keys of pushes, rules that were set."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Final

import orjson
from sqlalchemy import func, or_, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import col

from schema.list_life import COUNTED, ListState
from sync.database import at_the_end
from sync.scope import Scope
from sync.tables import EntryRow, ListEventRow, ListKeyRow, ListRow, SelectionSettingRow

_GONE: Final = (ListState.WITHDRAWN, ListState.RETURNED)
MIGRATED: Final = "migrated"  # the reason of events that the migration wrote for lists older than events


class ListStore:
    """Reads and writes of lists within one scope."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def alone(self, issuer: str) -> None:
        """Let nobody else change this issuer's lists until the commit. SQLite has one writer at a time anyway."""
        if self._session.get_bind().dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(hashtext('dexhub list'), hashtext(:issuer))")
            self._session.execute(lock, {"issuer": issuer})

    def versions(self, regions: Sequence[str] = (), issuer: str | None = None) -> list[ListRow]:
        """All versions, by issuer, newest first."""
        query = select(ListRow).order_by(col(ListRow.region), col(ListRow.issuer), col(ListRow.version).desc())
        if self._scope.region is not None:
            query = query.where(col(ListRow.region) == self._scope.region)
        if regions:
            query = query.where(col(ListRow.region).in_(regions))
        if issuer is not None:
            query = query.where(col(ListRow.issuer) == issuer)
        return list(self._session.scalars(query))

    def get(self, receipt: str) -> ListRow | None:
        """The version with this receipt, where the scope covers it."""
        row = self._session.get(ListRow, receipt)
        return row if row is not None and self._scope.covers(row.region) else None

    def newest(self) -> dict[str, ListRow]:
        """The last version of each region's own list that was neither taken back nor returned, by region."""
        found: dict[str, ListRow] = {}
        for row in self.versions():
            if row.issuer == row.region and row.state not in _GONE:
                found.setdefault(row.region, row)
        return found

    def counted(self) -> dict[str, ListRow]:
        """The version that counts, by issuer."""
        return {row.issuer: row for row in self.versions() if row.state in COUNTED}

    def next_version(self, issuer: str) -> int:
        """One more than the last."""
        query = select(func.max(col(ListRow.version))).where(col(ListRow.issuer) == issuer)
        return (self._session.scalar(query) or 0) + 1

    def save(self, row: ListRow) -> None:
        """Store a version or its new state, at once: what the database forbids is found here and not at the commit. What the
        region's list declares goes to its entries with the commit, so that a pull waits for no more than that.
        """
        self._session.add(row)
        self._session.flush()
        if row.issuer == row.region:
            at_the_end(self._session, partial(declare, row.region))

    def record(self, event: ListEventRow) -> None:
        """Add what happened."""
        self._session.add(event)
        self._session.flush()

    def events(self, receipts: Sequence[str]) -> dict[str, list[ListEventRow]]:
        """What happened to these lists, oldest first."""
        found: dict[str, list[ListEventRow]] = defaultdict(list)
        query = select(ListEventRow).where(col(ListEventRow.receipt).in_(receipts)).order_by(col(ListEventRow.id))
        for row in self._session.scalars(query):
            found[row.receipt].append(row)
        return found

    def key(self, issuer: str, key: str) -> ListKeyRow | None:
        """What was pushed with this key before."""
        return self._session.get(ListKeyRow, (issuer, key))

    def keep_key(self, row: ListKeyRow) -> None:
        """Remember a key."""
        self._session.add(row)

    def every_key(self) -> list[ListKeyRow]:
        """Every key."""
        return list(self._session.scalars(select(ListKeyRow).order_by(col(ListKeyRow.issuer), col(ListKeyRow.key))))

    def settings(self, issuers: Sequence[str] = ()) -> list[SelectionSettingRow]:
        """What was ever set, newest first; of these issuers where some are given."""
        query = select(SelectionSettingRow).order_by(col(SelectionSettingRow.id).desc())
        if issuers:
            query = query.where(col(SelectionSettingRow.issuer).in_(issuers))
        return [row for row in self._session.scalars(query) if self._scope.covers(row.issuer[:2])]

    def set(self, row: SelectionSettingRow) -> None:
        """Add a setting, which holds from now on."""
        self._session.add(row)
        self._session.flush()


def declare(region: str, session: Session) -> None:
    """Have the region's entries say what its newest list declares, and nothing where it does not. Entries are changed in
    order of id, as pulls do it, so that the two wait for each other and not both.
    """
    own = (col(ListRow.region) == region, col(ListRow.issuer) == region, col(ListRow.state).not_in(_GONE))
    query = select(col(ListRow.content)).where(*own).order_by(col(ListRow.version).desc()).limit(1)
    content = session.scalar(query)
    items = orjson.loads(content)["items"] if content is not None else []
    wanted = {item["entryId"]: item["nationalTrack"] for item in items if item["nationalTrack"]}
    row = EntryRow
    stored = select(row.id, row.declared_track).where(  # type: ignore[call-overload]
        col(row.region) == region, or_(col(row.declared_track).is_not(None), col(row.id).in_(wanted))
    )
    before = dict(session.execute(stored).all())
    for entry in sorted(entry for entry, track in before.items() if track != wanted.get(entry)):
        session.execute(update(row).where(col(row.id) == entry).values(declared_track=wanted.get(entry)))
