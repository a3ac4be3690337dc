"""Appends to the record of changes, reads it in order, keeps its seals."""

from collections.abc import Generator, Sequence
from typing import Final

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from schema.audit import FIRST, Record, Seal
from sync.repository import bulk
from sync.repository.keyset import Listing, Slice, keys
from sync.tables import AuditHeadRow, AuditRecordRow, AuditSealRow

_STEP: Final = 5000  # records held in memory while the chain is walked
_ONLY: Final = 1
_HEAD = select(col(AuditHeadRow.count), col(AuditHeadRow.digest)).where(col(AuditHeadRow.id) == _ONLY)
_LOCKED = _HEAD.with_for_update()
_MOVED = (
    update(AuditHeadRow)
    .where(col(AuditHeadRow.id) == _ONLY)
    .values(count=bindparam("to_count"), digest=bindparam("to_digest"))
)
_COLUMNS = tuple(col(getattr(AuditRecordRow, name)) for name in (*Record._fields, "previous", "digest"))


class AuditStore:
    """Reads and writes of the record within one transaction. A record says who did what all over the country, so there is
    no scope: only the national organiser may ask.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def head(self) -> tuple[int, str]:
        """Number of records and the last digest."""
        found = self._session.execute(_HEAD).one_or_none()
        return (found[0], found[1]) if found else (0, FIRST)

    def lock(self) -> tuple[int, str]:
        """The head, which nobody else may move until this transaction ends. Readers do not wait."""
        found = self._session.execute(_LOCKED).one_or_none()
        if found is None:
            bulk.insert_missing(self._session, AuditHeadRow, [{"id": _ONLY, "count": 0, "digest": FIRST}])
            found = self._session.execute(_LOCKED).one()
        return found[0], found[1]

    def append(self, rows: Sequence[dict[str, object]]) -> None:
        """Store records that follow the locked head, and move it."""
        bulk.insert(self._session, AuditRecordRow, rows)
        last = rows[-1]
        self._session.connection().execute(_MOVED, {"to_count": last["sequence"], "to_digest": last["digest"]})

    def walk(self) -> Generator[tuple[Record, str, str], None, None]:
        """Every record in order, with the digest before it and its own as they are stored. Close it where it is left
        before its end.
        """
        query = select(*_COLUMNS).order_by(col(AuditRecordRow.sequence)).execution_options(yield_per=_STEP)
        with self._session.execute(query) as rows:
            for row in rows:
                yield Record(*row[:-2]), row[-2], row[-1]

    def page(self, first: int, subject: str | None = None, actions: Sequence[str] = ()) -> list[AuditRecordRow]:
        """Records, newest first."""
        return self.listing(subject, actions).rows(Slice(first))

    def listing(self, subject: str | None = None, actions: Sequence[str] = ()) -> Listing[AuditRecordRow]:
        """The same, to be paged."""
        query = select(AuditRecordRow)
        if subject is not None:
            query = query.where(col(AuditRecordRow.subject) == subject)
        if actions:
            query = query.where(col(AuditRecordRow.action).in_(actions))
        return Listing(self._session, query, keys(AuditRecordRow, "sequence", descending=True))

    def counts(self, actions: Sequence[str]) -> dict[tuple[str, str], int]:
        """How many records of these actions there are, by action and subject."""
        group = (col(AuditRecordRow.action), col(AuditRecordRow.subject))
        query = select(*group, func.count()).where(col(AuditRecordRow.action).in_(actions)).group_by(*group)
        return {(action, subject): number for action, subject, number in self._session.execute(query)}

    def seals(self) -> list[Seal]:
        """Every seal, oldest first."""
        return [_seal(row) for row in self._session.scalars(select(AuditSealRow).order_by(col(AuditSealRow.count)))]

    def newest_seal(self) -> Seal | None:
        """The newest seal; None where nothing was sealed yet."""
        row = self._session.scalar(select(AuditSealRow).order_by(col(AuditSealRow.count).desc()).limit(1))
        return _seal(row) if row is not None else None

    def add_seal(self, seal: Seal) -> None:
        """Keep a seal."""
        self._session.add(
            AuditSealRow(
                count=seal.count, at=seal.at, head=seal.head, key_id=seal.key_id, signature=seal.signature
            )
        )  # fmt: skip


def _seal(row: AuditSealRow) -> Seal:
    return Seal(row.count, row.at, row.head, row.key_id, row.signature)
