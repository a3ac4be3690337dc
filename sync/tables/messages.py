"""What regions are told: kept in the transaction that it speaks of, read in their inbox, sent to their server."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from sync.tables.columns import moment, text


class MessageRow(SQLModel, table=True):
    """One message to a region. `payload` are the bytes that are signed and sent; `delivery` is where sending stands and
    `next_attempt_at` when it is tried next, for as long as it is pending.
    """

    __tablename__: ClassVar[Any] = "message"
    __table_args__ = (
        Index("ix_message_region", "region", "created_at"),
        Index("ix_message_due", "delivery", "next_attempt_at"),
    )

    id: str = Field(primary_key=True, max_length=40)
    region: str = Field(max_length=2)
    kind: str
    receipt: str = Field(max_length=40, index=True)
    zh: str = text()
    en: str = text()
    payload: str = text()
    created_at: datetime = moment()
    read_at: datetime | None = moment(nullable=True)
    read_by: str | None = None
    delivery: str
    attempts: int = 0
    next_attempt_at: datetime | None = moment(nullable=True)
    delivered_at: datetime | None = moment(nullable=True)
    fault: str | None = Field(default=None, sa_column=Column(Text))
