"""Messages to regions: kept with what they speak of, read, sent."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.repository.keyset import Listing, Slice, keys
from sync.scope import Scope
from sync.tables import MessageRow


class MessageStore:
    """Reads and writes of messages within one scope; a region sees its own."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add(self, row: MessageRow) -> None:
        """Keep one."""
        self._session.add(row)
        self._session.flush()

    def all(self, regions: Sequence[str] = (), *, unread: bool = False, limit: int | None = None) -> list[MessageRow]:
        """Messages, newest first."""
        return self.listing(regions, unread=unread).rows(Slice(limit))

    def listing(self, regions: Sequence[str] = (), *, unread: bool = False) -> Listing[MessageRow]:
        """The same, to be paged."""
        query = select(MessageRow)
        if self._scope.region is not None:
            query = query.where(col(MessageRow.region) == self._scope.region)
        if regions:
            query = query.where(col(MessageRow.region).in_(regions))
        if unread:
            query = query.where(col(MessageRow.read_at).is_(None))
        return Listing(self._session, query, keys(MessageRow, "created_at", "id", descending=True))

    def of(self, ids: Sequence[str]) -> list[MessageRow]:
        """These messages, as far as there are any within the scope."""
        query = select(MessageRow).where(col(MessageRow.id).in_(ids)).order_by(col(MessageRow.id))
        return [row for row in self._session.scalars(query) if self._scope.covers(row.region)]

    def due(self, now: datetime, limit: int) -> list[MessageRow]:
        """What is to be sent now, longest due first."""
        wanted = (col(MessageRow.delivery) == "PENDING", col(MessageRow.next_attempt_at) <= now)
        query = select(MessageRow).where(*wanted).order_by(col(MessageRow.next_attempt_at), col(MessageRow.id))
        return list(self._session.scalars(query.limit(limit)))

    def attempted(self, identifier: str, attempts: int, values: dict[str, object]) -> bool:
        """Say what came of an attempt; False where another has said so of this attempt already."""
        wanted = (col(MessageRow.id) == identifier, col(MessageRow.attempts) == attempts)
        done = self._session.execute(update(MessageRow).where(*wanted).values(attempts=attempts + 1, **values))
        return bool(getattr(done, "rowcount", 0))

    def counts(self) -> dict[tuple[str, str], int]:
        """How many messages there are, by receipt and kind."""
        query = select(col(MessageRow.receipt), col(MessageRow.kind), func.count()).group_by(
            col(MessageRow.receipt), col(MessageRow.kind)
        )
        return {(receipt, kind): number for receipt, kind, number in self._session.execute(query)}
