"""The clock that several machines share."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def database_time(session: Session) -> datetime:
    """The database's own time, so that machines need not agree; on SQLite this process's, which is the same machine."""
    if session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment
