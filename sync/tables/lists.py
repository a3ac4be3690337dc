"""Recommended lists: their versions, what happened to each, and the rules that the organiser set for them."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from schema.list_life import COUNTED, PENDING
from sync.tables.columns import json, moment, text


def _one(name: str, *states: str) -> Index:
    """At most one version of an issuer in any of these states, whoever writes."""
    where = sql("state IN (" + ", ".join(f"'{state}'" for state in states) + ")")
    return Index(name, "issuer", unique=True, sqlite_where=where, postgresql_where=where)


class ListRow(SQLModel, table=True):
    """One sealed version of an issuer's list. `content` is the canonical JSON (RFC 8785) that `digest` is over: neither ever
    changes. `issuer` is the region's code or the longer one of a body below it. `findings` are what validation found and
    the issuer confirmed or was warned of.
    """

    __tablename__: ClassVar[Any] = "recommendation_list"
    __table_args__ = (
        Index("ux_list_issuer_version", "issuer", "version", unique=True),
        _one("ux_list_counted", *COUNTED),
        _one("ux_list_pending", *PENDING),
        Index("ix_list_region", "region", "issuer", "version"),
    )

    receipt: str = Field(primary_key=True, max_length=40)
    region: str = Field(max_length=2)
    issuer: str = Field(max_length=6)
    version: int
    state: str
    digest: str = Field(max_length=64)
    content: str = text()
    findings: list[dict[str, Any]] = json()
    submitted_by: str
    submitted_at: datetime = moment()
    changed_at: datetime = moment()


class ListEventRow(SQLModel, table=True):
    """One act on a list: who, when, what, why. Rows are added, never changed. `details` are the rows that were returned,
    each with its reason, or whatever else belongs to the act.
    """

    __tablename__: ClassVar[Any] = "list_event"

    id: int | None = Field(default=None, primary_key=True)
    receipt: str = Field(foreign_key="recommendation_list.receipt", index=True, max_length=40)
    act: str
    before: str | None = None
    after: str
    actor: str
    reason: str = text()
    details: dict[str, Any] = json()
    at: datetime = moment()


class ListKeyRow(SQLModel, table=True):
    """An idempotency key that a push was made with: what was pushed, as a digest, and the receipt it got."""

    __tablename__: ClassVar[Any] = "list_key"

    issuer: str = Field(primary_key=True, max_length=6)
    key: str = Field(primary_key=True, max_length=200)
    content_hash: str = Field(max_length=64)
    receipt: str = Field(foreign_key="recommendation_list.receipt", max_length=40)


class SelectionSettingRow(SQLModel, table=True):
    """What the organiser set for an issuer's list. Rows are added, never changed; the newest of an issuer holds, and what it
    leaves empty is as the notice or our default says.
    """

    __tablename__: ClassVar[Any] = "selection_setting"

    id: int | None = Field(default=None, primary_key=True)
    issuer: str = Field(index=True, max_length=6)
    total: int | None = None
    per_track: int | None = None
    alternates: int | None = None
    firsts: int | None = None
    deadline: datetime | None = moment(nullable=True)
    reason: str = text()
    author: str
    set_at: datetime = moment()
