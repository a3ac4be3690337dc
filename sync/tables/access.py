"""Who may come in."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from sync.tables.columns import moment


class ApiKeyRow(SQLModel, table=True):
    """A key's digest; the key itself is shown once and never stored."""

    __tablename__: ClassVar[Any] = "api_key"

    prefix: str = Field(primary_key=True, max_length=12)
    digest: str = Field(max_length=64)
    name: str
    role: str
    region: str | None = Field(default=None, max_length=2)
    created_at: datetime = moment()
    revoked_at: datetime | None = moment(nullable=True)
