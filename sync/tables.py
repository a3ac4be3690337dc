"""The rows. SQLModel classes with `table=True` do not validate: records do, before anything becomes a row."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, DateTime, Dialect, Index, LargeBinary, Text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: timestamptz on PostgreSQL, naive UTC text on SQLite; aware in Python on both."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; an unaware time is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone must not be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Back as UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _moment(*, nullable: bool = False) -> Any:  # noqa: ANN401  SQLModel's Field is untyped in this place too
    return Field(sa_type=Moment, nullable=nullable, default=None if nullable else ...)


def _json() -> Any:  # noqa: ANN401  as above
    return Field(sa_column=Column(JSON, nullable=False))


def _text() -> Any:  # noqa: ANN401  as above
    return Field(sa_column=Column(Text, nullable=False))


class EntryRow(SQLModel, table=True):
    """An entry's core. `project_key` and `team_key` are what exact duplicates share (see sync.blocking)."""

    __tablename__: ClassVar[Any] = "entry"
    __table_args__ = (
        Index("ix_entry_submitted", "submitted_at", "id"),
        Index("ix_entry_region_submitted", "region", "submitted_at", "id"),
        Index("ix_entry_national_submitted", "national_track", "submitted_at", "id"),
        Index("ix_entry_updated", "updated_at", "id"),
        Index("ix_entry_track", "track_id", "submitted_at", "id"),
    )

    id: str = Field(primary_key=True, max_length=80)
    region: str = Field(max_length=2)
    native_id: str = Field(max_length=64)
    city: str | None = None
    title: str = _text()
    summary: str = _text()
    track_id: str
    topic_id: str
    sub_topic_id: str | None = None
    national_track: str | None = None
    match: str
    stage: str
    status: str
    award: str | None = None
    score: float | None = None
    team_name: str = _text()
    project_key: str = _text()
    team_key: str = _text()
    submitted_at: datetime = _moment()
    updated_at: datetime = _moment()
    native: dict[str, Any] = _json()
    warnings: list[dict[str, str]] = _json()
    content_hash: str = Field(max_length=64)
    fingerprint: str = Field(max_length=32)
    source_url: str = _text()
    source_sha256: str = Field(max_length=64)
    source_locator: str = _text()
    fetched_at: datetime = _moment()
    first_seen_at: datetime = _moment()
    changed_at: datetime = _moment()


class OrganisationRow(SQLModel, table=True):
    """One 参赛单位 of an entry, in printed order."""

    __tablename__: ClassVar[Any] = "entry_organisation"

    entry_id: str = Field(primary_key=True, foreign_key="entry.id", ondelete="CASCADE")
    position: int = Field(primary_key=True)
    name: str = _text()
    credit_code: str | None = None
    kind: str | None = None
    is_lead: bool
    organisation_key: str = Field(index=True)


class RepresentativeRow(SQLModel, table=True):
    """One 参赛代表 of an entry: masked name and keyed tokens, nothing else personal."""

    __tablename__: ClassVar[Any] = "entry_representative"

    entry_id: str = Field(primary_key=True, foreign_key="entry.id", ondelete="CASCADE")
    position: int = Field(primary_key=True)
    name: str
    name_token: str | None = None
    id_token: str | None = Field(default=None, index=True)
    phone_token: str | None = None
    role: str | None = None
    is_contact: bool


class RegionStateRow(SQLModel, table=True):
    """How far a region has been read. Moves only in the transaction that stores the rows it speaks of."""

    __tablename__: ClassVar[Any] = "region_state"

    region: str = Field(primary_key=True, max_length=2)
    watermark: datetime | None = _moment(nullable=True)
    cursor: str | None = Field(default=None, sa_column=Column(Text))
    mapping_version: int = 0
    succeeded_at: datetime | None = _moment(nullable=True)


class PullRow(SQLModel, table=True):
    """One run of one region, and how it ended."""

    __tablename__: ClassVar[Any] = "pull"
    __table_args__ = (Index("ix_pull_region_started", "region", "started_at"),)

    id: str = Field(primary_key=True, max_length=32)
    region: str = Field(max_length=2)
    status: str
    started_by: str
    started_at: datetime = _moment()
    finished_at: datetime | None = _moment(nullable=True)
    # The fencing token it was claimed with: a run whose token is no longer its job's is dead, whatever its status says.
    token: int = 0
    rows_read: int = 0
    rows_total: int | None = None
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    quarantined: int = 0
    problems: list[dict[str, Any]] = _json()
    # What the platform sent in a form we do not know: new and missing fields, new labels, with the number of rows.
    drift: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False), default=[])


class PayloadRow(SQLModel, table=True):
    """The row an entry was last mapped from, as it came but for what is personal: JSON, compressed with Zstandard. Where
    it was read stands in the entry itself.
    """

    __tablename__: ClassVar[Any] = "payload"
    __table_args__ = (Index("ix_payload_region", "region", "entry_id"),)

    entry_id: str = Field(primary_key=True, max_length=80)
    region: str = Field(max_length=2)
    mapping_version: int
    sha256: str = Field(max_length=64)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class GuardStopRow(SQLModel, table=True):
    """A run that was paused because it would have deleted or rewritten too much; the difference is kept for review.
    An override is used once, by the next run.
    """

    __tablename__: ClassVar[Any] = "guard_stop"

    run_id: str = Field(primary_key=True, max_length=32)
    region: str = Field(max_length=2, index=True)
    stopped_at: datetime = _moment()
    kind: str
    number: int
    bound: int
    entries: int
    difference: list[dict[str, Any]] = _json()
    overridden_at: datetime | None = _moment(nullable=True)
    overridden_by: str | None = None
    reason: str | None = Field(default=None, sa_column=Column(Text))
    used_at: datetime | None = _moment(nullable=True)


class JobRow(SQLModel, table=True):
    """One thing that is done again and again, and who does it now. `token` rises with every claim."""

    __tablename__: ClassVar[Any] = "job"

    name: str = Field(primary_key=True, max_length=40)
    due_at: datetime = _moment()
    token: int = 0
    holder: str | None = None
    lease_until: datetime | None = _moment(nullable=True)
    started_at: datetime | None = _moment(nullable=True)
    finished_at: datetime | None = _moment(nullable=True)
    outcome: str | None = Field(default=None, sa_column=Column(Text))
    problems: list[dict[str, Any]] = _json()


class QuarantineRow(SQLModel, table=True):
    """A province's row that could not be understood, kept as `PayloadRow` keeps others; leaves when it is understood."""

    __tablename__: ClassVar[Any] = "quarantine"

    region: str = Field(primary_key=True, max_length=2)
    key: str = Field(primary_key=True, max_length=200)
    problems: list[dict[str, Any]] = _json()
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    source_url: str = _text()
    source_sha256: str
    source_locator: str
    first_seen_at: datetime = _moment()
    last_seen_at: datetime = _moment()


class CaseRow(SQLModel, table=True):
    """A duplicate case as it stands; its past is in `DecisionRow`."""

    __tablename__: ClassVar[Any] = "duplicate_case"

    id: str = Field(primary_key=True, max_length=20)
    kind: str = Field(index=True)
    status: str = Field(index=True)
    evidence: list[dict[str, Any]] = _json()
    opened_at: datetime = _moment()
    changed_at: datetime = _moment()
    kept_entry_id: str | None = None


class CaseEntryRow(SQLModel, table=True):
    """An entry's part in a case."""

    __tablename__: ClassVar[Any] = "duplicate_case_entry"

    case_id: str = Field(primary_key=True, foreign_key="duplicate_case.id", ondelete="CASCADE")
    entry_id: str = Field(primary_key=True, index=True)
    region: str = Field(max_length=2, index=True)


class DecisionRow(SQLModel, table=True):
    """One decision on a case. Rows are added, never changed."""

    __tablename__: ClassVar[Any] = "case_decision"

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="duplicate_case.id", index=True)
    status: str
    kept_entry_id: str | None = None
    reason: str = _text()
    author: str
    decided_at: datetime = _moment()


class ListRow(SQLModel, table=True):
    """One sealed version of a region's recommended list. `content` is the canonical JSON that `digest` is over."""

    __tablename__: ClassVar[Any] = "recommendation_list"
    __table_args__ = (Index("ux_list_region_version", "region", "version", unique=True),)

    receipt: str = Field(primary_key=True, max_length=40)
    region: str = Field(max_length=2)
    version: int
    digest: str = Field(max_length=64)
    content: str = _text()
    submitted_by: str
    submitted_at: datetime = _moment()


class ApiKeyRow(SQLModel, table=True):
    """A key's digest; the key itself is shown once and never stored."""

    __tablename__: ClassVar[Any] = "api_key"

    prefix: str = Field(primary_key=True, max_length=12)
    digest: str = Field(max_length=64)
    name: str
    role: str
    region: str | None = Field(default=None, max_length=2)
    created_at: datetime = _moment()
    revoked_at: datetime | None = _moment(nullable=True)
