"""Sealed versions of recommended lists."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.scope import Scope
from sync.tables import ListRow


class ListStore:
    """Reads and writes of lists within one scope."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def versions(self, regions: Sequence[str] = ()) -> list[ListRow]:
        """All versions, by region, newest first."""
        query = select(ListRow).order_by(col(ListRow.region), col(ListRow.version).desc())
        if self._scope.region is not None:
            query = query.where(col(ListRow.region) == self._scope.region)
        if regions:
            query = query.where(col(ListRow.region).in_(regions))
        return list(self._session.scalars(query))

    def newest(self) -> dict[str, ListRow]:
        """The version that counts, by region."""
        found: dict[str, ListRow] = {}
        for row in self.versions():
            found.setdefault(row.region, row)
        return found

    def next_version(self, region: str) -> int:
        """One more than the last."""
        query = select(func.max(col(ListRow.version))).where(col(ListRow.region) == region)
        return (self._session.scalar(query) or 0) + 1

    def add(self, row: ListRow) -> None:
        """Store a sealed version."""
        self._session.add(row)
