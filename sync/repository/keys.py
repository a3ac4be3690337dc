"""API keys: only digests are stored."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.tables import ApiKeyRow


class KeyStore:
    """Reads and writes of keys."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: ApiKeyRow) -> None:
        """Store a new key's digest."""
        self._session.add(row)

    def get(self, prefix: str) -> ApiKeyRow | None:
        """The key of this prefix, revoked or not."""
        return self._session.get(ApiKeyRow, prefix)

    def all(self) -> list[ApiKeyRow]:
        """Every key, oldest first."""
        return list(self._session.scalars(select(ApiKeyRow).order_by(col(ApiKeyRow.created_at))))

    def expire(self, row: ApiKeyRow, moment: datetime) -> None:
        """End a key at a moment."""
        row.expires_at = moment
        self._session.add(row)

    def used(self, seen: Mapping[str, datetime]) -> None:
        """When keys were last used, by prefix; what is no key's prefix is passed over."""
        for row in self._session.scalars(select(ApiKeyRow).where(col(ApiKeyRow.prefix).in_(seen))):
            row.last_used_at = seen[row.prefix]
            self._session.add(row)

    def revoke(self, prefix: str, now: datetime) -> bool:
        """Revoke a key; whether there was one to revoke."""
        row = self._session.get(ApiKeyRow, prefix)
        if row is None or row.revoked_at is not None:
            return False
        row.revoked_at = now
        self._session.add(row)
        return True
