"""Reads what happened, in the order in which it was committed."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.tables import ChangeRow


class ChangeStore:
    """Reads of the feed. It names subjects of all regions, so there is no scope here: whoever tells of a subject loads it
    within the viewer's.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def bounds(self) -> tuple[int, int]:
        """The last sequence that is no longer kept, and the newest: what can be told lies behind the first, up to the second."""
        oldest, newest = self._session.execute(
            select(func.min(col(ChangeRow.sequence)), func.max(col(ChangeRow.sequence)))
        ).one()
        return ((oldest or 1) - 1, newest or 0)

    def newest(self) -> int:
        """The newest sequence; 0 where nothing happened yet."""
        return self._session.scalar(select(func.max(col(ChangeRow.sequence)))) or 0

    def after(self, sequence: int, topic: str, limit: int) -> Sequence[ChangeRow]:
        """What happened next, oldest first."""
        query = select(ChangeRow).where(col(ChangeRow.sequence) > sequence, col(ChangeRow.topic) == topic)
        return self._session.scalars(query.order_by(col(ChangeRow.sequence)).limit(limit)).all()
