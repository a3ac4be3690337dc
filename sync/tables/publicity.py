"""What was laid open to the public, and what was said against it."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from sync.tables.columns import json, moment, text


class PublicityRow(SQLModel, table=True):
    """A window (公示) of one version of a list: the names as they were shown from the first moment to the last, and by what
    rule it closes.
    """

    __tablename__: ClassVar[Any] = "publicity_window"

    id: str = Field(primary_key=True, max_length=20)
    receipt: str = Field(unique=True, max_length=40)
    region: str = Field(max_length=2)
    names: list[dict[str, Any]] = json()
    digest: str = Field(max_length=64)
    opened_at: datetime = moment()
    opened_by: str
    closes_at: datetime = moment()
    rule_zh: str = text()
    rule_en: str = text()


class ObjectionRow(SQLModel, table=True):
    """An objection by somebody who gave a name. Who it is and how to reach them is for the organiser alone; the way to
    reach them is taken out when the objection is decided.
    """

    __tablename__: ClassVar[Any] = "objection"

    id: str = Field(primary_key=True, max_length=16)
    window_id: str = Field(foreign_key="publicity_window.id", index=True, max_length=20)
    entry_id: str = Field(index=True)
    objector: str = text()
    contact: str | None = Field(default=None, sa_column=Column(Text))
    grounds: str = text()
    evidence: list[str] = json()
    filed_at: datetime = moment()
    filed_by: str
    status: str
    decided_at: datetime | None = moment(nullable=True)
    decided_by: str | None = None
    reason: str = text()
