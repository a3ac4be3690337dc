"""The clock that several machines share."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session


def database_time(session: Session, patience: timedelta | None = None) -> datetime:
    """The database's own time, so that machines need not agree; on SQLite this process's, which is the same machine.

    With `patience`, PostgreSQL ends this transaction when nothing is heard in it for so long: a process that is frozen
    within one would otherwise keep the rows it has locked until it wakes.
    """
    if session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)
    if patience is not None:
        milliseconds = max(1, round(patience / timedelta(milliseconds=1)))
        session.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {milliseconds}"))
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment
