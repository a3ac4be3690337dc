"""Runs, how far each region has been read, and the rows that could not be."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from adapters.base import Rejected
from schema.errors import Problem
from schema.vocabulary import PullStatus
from sync.repository.bulk import upsert
from sync.repository.keyset import Listing, Slice, keys
from sync.repository.packing import packed
from sync.repository.time import database_time
from sync.scope import EVERYTHING, Scope
from sync.tables import JobRow, PullRow, QuarantineRow, RegionStateRow
from sync.tables.columns import table_of

_STATE = table_of(RegionStateRow).c
_READ_ONCE = select(_STATE.region).where(_STATE.succeeded_at.is_not(None))
# Written once: what is said of every page would else be put into words longer than the database takes to do it.
_RUN, _ASIDE = table_of(PullRow), table_of(QuarantineRow)
_PROGRESS = (
    update(_RUN).where(_RUN.c.id == bindparam("of")).values(rows_read=bindparam("read"), rows_total=bindparam("all"))
)
_RELEASED = delete(_ASIDE).where(
    _ASIDE.c.region == bindparam("of"), _ASIDE.c.key.in_(bindparam("keys", expanding=True))
)


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
        return self.told(self.listing(scope, regions).rows(Slice(limit)))

    def listing(self, scope: Scope, regions: Sequence[str]) -> Listing[PullRow]:
        """Runs as they stand, newest first, to be paged."""
        query = select(PullRow).where(*_of(PullRow, scope, regions))
        return Listing(self._session, query, keys(PullRow, "started_at", "id", descending=True))

    def run(self, scope: Scope, identifier: str) -> PullRow | None:
        """One run, where the scope covers it."""
        row = self._session.get(PullRow, identifier)
        return self.told([row])[0] if row is not None and scope.covers(row.region) else None

    def told(self, rows: Sequence[PullRow]) -> list[PullRow]:
        """Runs as they are to be shown: one whose process died says so."""
        held = self._held()
        for row in rows:
            if row.status == PullStatus.RUNNING and held.get(f"pull {row.region}") != row.token:
                self._session.expunge(row)
                row.status, row.problems = PullStatus.FAILED, [died(row.region).as_dict()]
        return list(rows)

    def newest(self, regions: Collection[str]) -> set[str]:
        """The newest run of each of these regions."""
        return {row.id for region in regions for row in self.listing(EVERYTHING, [region]).rows(Slice(1))}

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
        self._session.connection().execute(_PROGRESS, {"of": run, "read": rows_read, "all": rows_total})

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
            self._session.connection().execute(_RELEASED, {"of": region, "keys": keys})

    def forget_unseen(self, region: str, since: datetime) -> None:
        """After a complete listing: drop rows set aside earlier that the platform no longer sends."""
        where = (col(QuarantineRow.region) == region, col(QuarantineRow.last_seen_at) < since)
        self._session.execute(delete(QuarantineRow).where(*where))

    def quarantined(self, scope: Scope, regions: Sequence[str] = (), limit: int = 1000) -> list[QuarantineRow]:
        """Rows set aside, newest first."""
        return self.quarantine_listing(scope, regions).rows(Slice(limit))

    def quarantine_listing(self, scope: Scope, regions: Sequence[str] = ()) -> Listing[QuarantineRow]:
        """The same, to be paged."""
        query = select(QuarantineRow).where(*_of(QuarantineRow, scope, regions))
        return Listing(self._session, query, keys(QuarantineRow, "last_seen_at", "region", "key", descending=True))

    def quarantine_sizes(self) -> dict[str, int]:
        """Number of rows set aside, by region."""
        query = select(col(QuarantineRow.region), func.count()).group_by(col(QuarantineRow.region))
        return dict(self._session.execute(query).all())


def _of(row: type[PullRow | QuarantineRow], scope: Scope, regions: Sequence[str]) -> list[ColumnElement[bool]]:
    found = [] if scope.region is None else [col(row.region) == scope.region]
    return [*found, col(row.region).in_(regions)] if regions else found


def died(region: str) -> Problem:
    """What is said of a run whose process ended without a word."""
    return Problem(
        "RUN_DIED",
        region,
        zh="运行的进程中断，未作完；已存数据完好，下次运行自动续上",
        en="the process ended before the run did; what was stored is whole, and the next run goes on from there",
        remedy_zh="无须处理；反复出现则查看日志与内存",
        remedy_en="nothing to do; where it recurs, look at the log and at memory",
    )


def problems_as_json(problems: Sequence[Problem]) -> list[dict[str, str | None]]:
    """Problems as a row keeps them."""
    return [problem.as_dict() for problem in problems]
