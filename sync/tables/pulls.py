"""How regions are read: runs, jobs, what was stopped, what was not understood."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from sync.tables.columns import json, moment, text


class RegionStateRow(SQLModel, table=True):
    """How far a region has been read. Moves only in the transaction that stores the rows it speaks of."""

    __tablename__: ClassVar[Any] = "region_state"

    region: str = Field(primary_key=True, max_length=2)
    watermark: datetime | None = moment(nullable=True)
    cursor: str | None = Field(default=None, sa_column=Column(Text))
    mapping_version: int = 0
    succeeded_at: datetime | None = moment(nullable=True)


class PullRow(SQLModel, table=True):
    """One run of one region, and how it ended."""

    __tablename__: ClassVar[Any] = "pull"
    __table_args__ = (
        Index("ix_pull_region_started", "region", "started_at"),
        Index("ix_pull_started", "started_at", "id"),
    )

    id: str = Field(primary_key=True, max_length=32)
    region: str = Field(max_length=2)
    status: str
    started_by: str
    started_at: datetime = moment()
    finished_at: datetime | None = moment(nullable=True)
    # The fencing token it was claimed with: a run whose token is no longer its job's is dead, whatever its status says.
    token: int = 0
    rows_read: int = 0
    rows_total: int | None = None
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    quarantined: int = 0
    problems: list[dict[str, Any]] = json()
    # What the platform sent in a form we do not know: new and missing fields, new labels, with the number of rows.
    drift: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False), default=[])


class GuardStopRow(SQLModel, table=True):
    """A run that was paused because it would have deleted or rewritten too much; the difference is kept for review.
    An override is used once, by the next run.
    """

    __tablename__: ClassVar[Any] = "guard_stop"

    run_id: str = Field(primary_key=True, max_length=32)
    region: str = Field(max_length=2, index=True)
    stopped_at: datetime = moment()
    kind: str
    number: int
    bound: int
    entries: int
    difference: list[dict[str, Any]] = json()
    overridden_at: datetime | None = moment(nullable=True)
    overridden_by: str | None = None
    reason: str | None = Field(default=None, sa_column=Column(Text))
    used_at: datetime | None = moment(nullable=True)


class JobRow(SQLModel, table=True):
    """One thing that is done again and again, and who does it now. `token` rises with every claim."""

    __tablename__: ClassVar[Any] = "job"

    name: str = Field(primary_key=True, max_length=40)
    due_at: datetime = moment()
    token: int = 0
    holder: str | None = None
    lease_until: datetime | None = moment(nullable=True)
    started_at: datetime | None = moment(nullable=True)
    finished_at: datetime | None = moment(nullable=True)
    outcome: str | None = Field(default=None, sa_column=Column(Text))
    problems: list[dict[str, Any]] = json()


class QuarantineRow(SQLModel, table=True):
    """A province's row that could not be understood, kept as `PayloadRow` keeps others; leaves when it is understood."""

    __tablename__: ClassVar[Any] = "quarantine"
    __table_args__ = (Index("ix_quarantine_seen", "last_seen_at", "region", "key"),)

    region: str = Field(primary_key=True, max_length=2)
    key: str = Field(primary_key=True, max_length=200)
    problems: list[dict[str, Any]] = json()
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    source_url: str = text()
    source_sha256: str
    source_locator: str
    first_seen_at: datetime = moment()
    last_seen_at: datetime = moment()
