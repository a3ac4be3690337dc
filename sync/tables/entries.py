"""Entries, their organisations and people, and the rows they were mapped from."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Computed, Index, LargeBinary, String
from sqlmodel import Field, SQLModel

from sync.tables.columns import json, json_list, moment, text


class EntryRow(SQLModel, table=True):
    """An entry's core. `project_key` and `team_key` are what exact duplicates share (see sync.exact_keys).

    `national_track` is the crosswalk's proposal, `declared_track` what the region's newest list says instead, kept by
    `repository.lists`; the database itself works out which of them counts.

    `organisations` and `representatives` are the rows of the two tables below as viewers are shown them, in order: JSON text
    made by `repository.read_model`, so that a page of entries is one query and its parts pass through as they are.
    """

    __tablename__: ClassVar[Any] = "entry"
    __table_args__ = (
        Index("ix_entry_submitted", "submitted_at", "id"),
        Index("ix_entry_region_submitted", "region", "submitted_at", "id"),
        Index("ix_entry_counted_submitted", "counted_track", "submitted_at", "id"),
        Index("ix_entry_counts", "region", "counted_track", "stage"),  # what an overview counts by, in its order
        Index("ix_entry_region_counted_submitted", "region", "counted_track", "submitted_at", "id"),
        Index("ix_entry_updated", "updated_at", "id"),
        Index("ix_entry_track", "track_id", "submitted_at", "id"),
        Index("ix_entry_project", "project_key"),
        Index("ix_entry_team", "team_key"),
    )

    id: str = Field(primary_key=True, max_length=80)
    region: str = Field(max_length=2)
    native_id: str = Field(max_length=64)
    city: str | None = None
    title: str = text()
    summary: str = text()
    track_id: str
    topic_id: str
    sub_topic_id: str | None = None
    national_track: str | None = None
    declared_track: str | None = Field(default=None, max_length=8)
    counted_track: str | None = Field(
        default=None, sa_column=Column(String, Computed("coalesce(declared_track, national_track)"))
    )
    match: str
    stage: str
    status: str
    award: str | None = None
    score: float | None = None
    team_name: str = text()
    project_key: str = text()
    team_key: str = text()
    submitted_at: datetime = moment()
    updated_at: datetime = moment()
    native: dict[str, Any] = json()
    warnings: list[dict[str, str]] = json()
    organisations: str = json_list()
    representatives: str = json_list()
    content_hash: str = Field(max_length=64)
    fingerprint: str = Field(max_length=32)
    source_url: str = text()
    source_sha256: str = Field(max_length=64)
    source_locator: str = text()
    fetched_at: datetime = moment()
    first_seen_at: datetime = moment()
    changed_at: datetime = moment()


class OrganisationRow(SQLModel, table=True):
    """One 参赛单位 of an entry, in printed order. `name_key` is what registers are looked up by where codes do not agree."""

    __tablename__: ClassVar[Any] = "entry_organisation"

    entry_id: str = Field(primary_key=True, foreign_key="entry.id", ondelete="CASCADE")
    position: int = Field(primary_key=True)
    name: str = text()
    name_key: str = Field(index=True)
    credit_code: str | None = Field(default=None, index=True)
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
