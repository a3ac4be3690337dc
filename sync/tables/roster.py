"""Versions of the roster, and the organiser's own words on entries. Both are only ever added to."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from sync.tables.columns import moment, text


class RosterVersionRow(SQLModel, table=True):
    """One version: the roster and what it was computed from, both as canonical JSON, compressed; digests are over the JSON.
    Freezing, opening again and making final are versions of their own, so that the newest says where the roster stands.
    An erratum has a signature.
    """

    __tablename__: ClassVar[Any] = "roster_version"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    stage: str
    cause: str
    actor: str
    reason: str = text()
    at: datetime = moment()
    digest: str = Field(max_length=64)
    inputs_digest: str = Field(max_length=64)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    inputs: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    key_id: str = Field(max_length=8)
    signature: str = Field(max_length=64)


class RosterDecisionRow(SQLModel, table=True):
    """The organiser's word on an entry; the last one of an entry holds."""

    __tablename__: ClassVar[Any] = "roster_decision"

    id: int | None = Field(default=None, primary_key=True)
    entry_id: str = Field(index=True)
    act: str
    reason: str = text()
    author: str
    objection: str | None = Field(default=None, max_length=16)
    decided_at: datetime = moment()
