"""Jobs: when each is due, who does it under which token, how it last went."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import col

from sync.repository.bulk import insert_missing
from sync.repository.time import database_time
from sync.tables import JobRow
from sync.tables.columns import table_of

_JOB = table_of(JobRow)
_RENEWED = (  # written once: every page of a pull is stored under a claim that it renews
    update(_JOB)
    .where(_JOB.c.name == bindparam("of"), _JOB.c.token == bindparam("under"), _JOB.c.holder.is_not(None))
    .values(lease_until=bindparam("until"))
)


class JobStore:
    """Reads and writes of jobs; who may claim and when is said in `sync.lease`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> list[JobRow]:
        """Every job, by name."""
        return list(self._session.scalars(select(JobRow).order_by(col(JobRow.name))))

    def enter(self, name: str, due_at: datetime) -> None:
        """Make sure that a job exists; one that does keeps its time. Looked for first: an insert would wait for whoever is
        about to change the row.
        """
        if self._session.get(JobRow, name) is None:
            insert_missing(self._session, JobRow, [{"name": name, "due_at": due_at, "token": 0, "problems": []}])

    def hasten(self, name: str, due_at: datetime) -> None:
        """Let a job be due at this time at the latest."""
        self._update(name, {"due_at": due_at}, col(JobRow.due_at) > due_at)

    def claim(self, name: str, holder: str, length: timedelta, *, only_if_due: bool) -> int | None:
        """Take a job that is free; its new token, or None where it cannot be had. The row stays locked until the commit.

        A row that is locked belongs to somebody who is writing under it at this moment, or who was frozen while writing;
        neither is waited for, and the second loses its connection.
        """
        now = database_time(self._session, patience=length)
        self.enter(name, now)
        free = select(JobRow).where(col(JobRow.name) == name).with_for_update(skip_locked=True)
        row = self._session.scalars(free.execution_options(populate_existing=True)).one_or_none()
        if row is None:
            self._end_frozen(name, length)
            return None
        if (row.lease_until is not None and row.lease_until > now) or (only_if_due and row.due_at > now):
            return None
        values = {"token": row.token + 1, "holder": holder, "lease_until": now + length, "started_at": now}
        self._update(name, {**values, "finished_at": None})
        return row.token + 1

    def renew(self, name: str, token: int, length: timedelta) -> bool:
        """Prolong a claim and lock its row until the commit; whether it still holds. A frozen process cannot keep the row
        locked for longer than the claim itself.
        """
        until = database_time(self._session, patience=length) + length
        done = self._session.connection().execute(_RENEWED, {"of": name, "under": token, "until": until})
        return done.rowcount == 1

    def revoke(self, name: str) -> None:
        """Take a job from whoever does it."""
        self._update(name, {"token": JobRow.token + 1, "holder": None, "lease_until": None})

    def release(
        self, name: str, token: int, outcome: str, problems: Sequence[Mapping[str, Any]], due_at: datetime | None
    ) -> bool:
        """End a claim; whether it still held."""
        values = {"holder": None, "lease_until": None, "finished_at": database_time(self._session), "outcome": outcome}
        due = {"due_at": due_at} if due_at else {}
        return self._update(name, {**values, **due, "problems": list(problems)}, col(JobRow.token) == token)

    def _end_frozen(self, name: str, length: timedelta) -> None:
        """End the connection that has this job's row locked and has kept the server waiting for longer than a claim lasts.

        PostgreSQL's own bound on idle transactions does not cover a client that stops between the rows of a bulk write, nor
        (seen on 15) one that stops right after it. Who waits is told by the server's `wait_event_type`, who holds the row by
        its `xmax`; a transaction that is at work, however long, is left alone.
        """
        frozen = text(
            "SELECT pg_terminate_backend(other.pid) FROM job JOIN pg_stat_activity AS other ON other.backend_xid = job.xmax"
            " WHERE job.name = :name AND other.wait_event_type = 'Client'"
            " AND other.state_change < clock_timestamp() - make_interval(secs => :seconds)"
        )
        self._session.execute(frozen, {"name": name, "seconds": length.total_seconds()})

    def _update(self, name: str, values: Mapping[str, Any], *where: Any) -> bool:  # noqa: ANN401  SQL conditions
        statement = update(JobRow).where(col(JobRow.name) == name, *where).values(**values)
        done = self._session.execute(statement.execution_options(synchronize_session=False))
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE's result has it
