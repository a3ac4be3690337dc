"""Sessions of the console and their forms. Only digests of cookies are stored."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.repository.bulk import insert_missing
from sync.tables import ConsoleFormRow, ConsoleSessionRow

_KEPT: Final = timedelta(days=2)  # longer than any session lives, so that no form of one can come back after it


class ConsoleStore:
    """Reads and writes of sessions."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: ConsoleSessionRow) -> None:
        """Begin a session, and forget those that ended long ago."""
        before = row.created_at - _KEPT
        self._session.execute(delete(ConsoleSessionRow).where(col(ConsoleSessionRow.seen_at) < before))
        self._session.execute(delete(ConsoleFormRow).where(col(ConsoleFormRow.used_at) < before))
        self._session.add(row)

    def get(self, digest: str) -> ConsoleSessionRow | None:
        """The session behind a cookie's digest, ended or not."""
        return self._session.get(ConsoleSessionRow, digest)

    def seen(self, digest: str, now: datetime) -> None:
        """Note when a session was last used, and nothing else: it may have been ended since it was read."""
        of_it = col(ConsoleSessionRow.digest) == digest
        self._session.execute(update(ConsoleSessionRow).where(of_it).values(seen_at=now))

    def use(self, token: str, owner: str, now: datetime) -> bool:
        """Note that `owner` hands in a form; whether nobody did so before. Of two at once the second waits for the first."""
        insert_missing(self._session, ConsoleFormRow, [{"token": token, "owner": owner, "used_at": now}])
        return self._session.scalar(select(ConsoleFormRow.owner).where(col(ConsoleFormRow.token) == token)) == owner  # type: ignore[call-overload]
