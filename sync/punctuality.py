"""Whether the clock can be believed, for acts that depend on it: what has a last day must not be done after the clock was
set back, as if that day were still to come.

A clock that stands well before the newest such act on record is wrong, or was wrong then. Either way a person looks first.
"""

from datetime import datetime, timedelta
from typing import Final

from schema.audit import AuditAction
from schema.errors import Problem, RequestError, reason_missing
from schema.provenance import CHINA
from sync.audit import record
from sync.database import Database, Session
from sync.repository.audit import AuditStore

_PATIENCE: Final = timedelta(minutes=5)  # what the clocks of several machines may differ by
_YEARS: Final = range(2000, 2101)
TIMED: Final = (
    AuditAction.ROSTER_DECIDED, AuditAction.ROSTER_FROZEN, AuditAction.ROSTER_REOPENED, AuditAction.ROSTER_FINAL,
    AuditAction.ROSTER_ERRATUM, AuditAction.PUBLICITY_OPENED, AuditAction.OBJECTION_FILED, AuditAction.OBJECTION_DECIDED,
    AuditAction.CLOCK_ACCEPTED,
)  # fmt: skip


def believed(session: Session, now: datetime) -> datetime:
    """`now`, or RequestError where it lies before the newest act that depended on the time."""
    last = AuditStore(session).page(1, actions=TIMED)
    if last and now < last[0].at - _PATIENCE:
        raise RequestError(
            Problem(
                "CLOCK_BEHIND", "clock", f"系统时钟早于最近的记录（{last[0].at.astimezone(CHINA):%Y-%m-%d %H:%M}）",
                f"the clock stands before the newest act on record ({last[0].at.astimezone(CHINA):%Y-%m-%d %H:%M})",
                f"{now.astimezone(CHINA):%Y-%m-%d %H:%M}",
                "校正时钟；若现在的时钟无误、当时有误，运行 dexhub audit clock --reason 理由",
                "set the clock right; if it is right now and was wrong then, run dexhub audit clock --reason …",
            )
        )  # fmt: skip
    return now


def implausible(place: str, moment: datetime | None) -> list[Problem]:
    """That a time which is to be kept was mistyped: so far off that no calendar of another time zone may hold it, and whoever
    read it back would fail.
    """
    if moment is None or moment.year in _YEARS:
        return []
    return [
        Problem(
            "TIME_IMPLAUSIBLE", place, "年份有误", "the year cannot be meant", str(moment.year),
            f"填写 {_YEARS[0]} 至 {_YEARS[-1]} 年之间的时间", f"give a time between {_YEARS[0]} and {_YEARS[-1]}",
        )
    ]  # fmt: skip


def accept(database: Database, *, author: str, reason: str, now: datetime) -> None:
    """Put on record that the clock is right although it stands before the newest record; acts go on from there."""
    if not reason.strip():
        raise RequestError(reason_missing())
    with database.write() as session:
        record(session, actor=author, action=AuditAction.CLOCK_ACCEPTED, subject="clock", reason=reason, at=now)
