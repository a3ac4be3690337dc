"""Recommended lists."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from sync.tables.columns import moment, text


class ListRow(SQLModel, table=True):
    """One sealed version of a region's recommended list. `content` is the canonical JSON that `digest` is over."""

    __tablename__: ClassVar[Any] = "recommendation_list"
    __table_args__ = (Index("ux_list_region_version", "region", "version", unique=True),)

    receipt: str = Field(primary_key=True, max_length=40)
    region: str = Field(max_length=2)
    version: int
    digest: str = Field(max_length=64)
    content: str = text()
    submitted_by: str
    submitted_at: datetime = moment()
