"""Runs, how far each region has been read, and the rows that could not be."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.base import Rejected
from schema.errors import Problem
from schema.vocabulary import PullStatus
from sync.repository.bulk import upsert
from sync.repository.packing import packed
from sync.repository.time import database_time
from sync.scope import Scope
from sync.tables import JobRow, PullRow, QuarantineRow, RegionStateRow
from sync.tables.columns import table_of

_STATE = table_of(RegionStateRow).c
_READ_ONCE = select(_STATE.region).where(_STATE.succeeded_at.is_not(None))


class PullStore:
    """Reads and writes of pulls."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def state(self, region: str) -> RegionStateRow:
        """How far the region has been read; a new state where it never was."""
        return self._session.get(RegionStateRow, region) or RegionStateRow(region=region)

    def states(self) -> dict[str, RegionStateRow]:
        """All states by region."""
        return {row.region: row for row in self._session.scalars(select(RegionStateRow))}

    def read_once(self) -> list[str]:
        """Regions that were read to the end at least once."""
        return list(self._session.scalars(_READ_ONCE))

    def save(self, row: RegionStateRow | PullRow) -> None:
        """Insert or update one row."""
        self._session.merge(row)

    def runs(self, scope: Scope, regions: Sequence[str], limit: int) -> list[PullRow]:
        """The newest runs, newest first."""
        query = select(PullRow).order_by(col(PullRow.started_at).desc(), col(PullRow.id).desc()).limit(limit)
        if scope.region is not None:
            query = query.where(col(PullRow.region) == scope.region)
        if regions:
            query = query.where(col(PullRow.region).in_(regions))
        return self._as_they_are(list(self._session.scalars(query)))

    def run(self, scope: Scope, identifier: str) -> PullRow | None:
        """One run, where the scope covers it."""
        row = self._session.get(PullRow, identifier)
        return self._as_they_are([row])[0] if row is not None and scope.covers(row.region) else None

    def _as_they_are(self, rows: list[PullRow]) -> list[PullRow]:
        """A run whose process has died says otherwise until the next one ends it."""
        held = self._held()
        for row in rows:
            if row.status == PullStatus.RUNNING and held.get(f"pull {row.region}") != row.token:
                self._session.expunge(row)
                row.status, row.problems = PullStatus.FAILED, [died(row.region).as_dict()]
        return rows

    def _held(self) -> dict[str, int]:
        """The token under which each job is done at this moment."""
        now = database_time(self._session)
        query = select(col(JobRow.name), col(JobRow.token)).where(col(JobRow.lease_until) > now)
        return dict(self._session.execute(query).all())

    def reap(self, region: str, token: int, now: datetime) -> None:
        """End runs of the region that were claimed before `token` and never said how they ended."""
        where = (col(PullRow.region) == region, col(PullRow.status) == PullStatus.RUNNING, col(PullRow.token) < token)
        values = {"status": PullStatus.FAILED.value, "finished_at": now, "problems": [died(region).as_dict()]}
        self._session.execute(update(PullRow).where(*where).values(**values))

    def progress(self, run: str, rows_read: int, rows_total: int | None) -> None:
        """How far a run has come."""
        values = {"rows_read": rows_read, "rows_total": rows_total}
        self._session.execute(update(PullRow).where(col(PullRow.id) == run).values(**values))

    def last_reads(
        self, regions: Sequence[str]
    ) -> dict[str, tuple[datetime | None, str | None, list[dict[str, Any]] | None]]:
        """When each region was last read to the end, and how the last run that has ended, ended: status and problems."""
        run, newer = table_of(PullRow).alias(), table_of(PullRow).alias()
        newest = (
            select(newer.c.id)
            .where(newer.c.region == _STATE.region, newer.c.status != PullStatus.RUNNING)
            .order_by(newer.c.started_at.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = (
            select(_STATE.region, _STATE.succeeded_at, run.c.status, run.c.problems)
            .select_from(table_of(RegionStateRow).outerjoin(run, run.c.id == newest))
            .where(_STATE.region.in_(regions))
        )
        return {region: (at, status, problems) for region, at, status, problems in self._session.execute(query)}

    def last_run(self, region: str) -> PullRow | None:
        """The region's newest run that has ended."""
        query = (
            select(PullRow)
            .where(col(PullRow.region) == region, col(PullRow.status) != PullStatus.RUNNING)
            .order_by(col(PullRow.started_at).desc())
            .limit(1)
        )
        return self._session.scalar(query)

    def quarantine(self, region: str, rejected: Sequence[Rejected], now: datetime) -> None:
        """Set rows aside, once each; a row already there keeps the time it was first seen."""
        rows = {
            item.key or item.locator: {
                "region": region,
                "key": (item.key or item.locator)[:200],
                "problems": [problem.as_dict() for problem in item.problems],
                "body": packed(item.payload),
                "source_url": item.source.url,
                "source_sha256": item.source.sha256,
                "source_locator": item.locator,
                "first_seen_at": now,
                "last_seen_at": now,
            }
            for item in rejected
        }
        upsert(self._session, QuarantineRow, list(rows.values()), keep=("first_seen_at",))

    def release(self, region: str, keys: Sequence[str]) -> None:
        """Take rows out of quarantine that have been understood since."""
        if keys:
            where = (col(QuarantineRow.region) == region, col(QuarantineRow.key).in_(keys))
            self._session.execute(delete(QuarantineRow).where(*where))

    def forget_unseen(self, region: str, since: datetime) -> None:
        """After a complete listing: drop rows set aside earlier that the platform no longer sends."""
        where = (col(QuarantineRow.region) == region, col(QuarantineRow.last_seen_at) < since)
        self._session.execute(delete(QuarantineRow).where(*where))

    def quarantined(self, scope: Scope, regions: Sequence[str] = (), limit: int = 1000) -> list[QuarantineRow]:
        """Rows set aside, newest first."""
        query = select(QuarantineRow).order_by(
            col(QuarantineRow.last_seen_at).desc(), col(QuarantineRow.region).desc(), col(QuarantineRow.key).desc()
        )
        if scope.region is not None:
            query = query.where(col(QuarantineRow.region) == scope.region)
        if regions:
            query = query.where(col(QuarantineRow.region).in_(regions))
        return list(self._session.scalars(query.limit(limit)))

    def quarantine_sizes(self) -> dict[str, int]:
        """Number of rows set aside, by region."""
        query = select(col(QuarantineRow.region), func.count()).group_by(col(QuarantineRow.region))
        return dict(self._session.execute(query).all())


def died(region: str) -> Problem:
    """What is said of a run whose process ended without a word."""
    return Problem(
        "RUN_DIED",
        region,
        zh="运行的进程中断，未作完；已存数据完好，下次运行自动续上",
        en="the process ended before the run did; what was stored is whole, and the next run goes on from there",
    )


def problems_as_json(problems: Sequence[Problem]) -> list[dict[str, str | None]]:
    """Problems as a row keeps them."""
    return [problem.as_dict() for problem in problems]
