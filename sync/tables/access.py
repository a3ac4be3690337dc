"""Who may come in."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from sync.tables.columns import json, moment


class ApiKeyRow(SQLModel, table=True):
    """A key's digest; the key itself is shown once and never stored. `replaces` is the prefix of the key that it was rotated
    from; `last_used_at` is up to a minute late.
    """

    __tablename__: ClassVar[Any] = "api_key"

    prefix: str = Field(primary_key=True, max_length=12)
    digest: str = Field(max_length=64)
    name: str
    role: str
    region: str | None = Field(default=None, max_length=2)
    scopes: list[str] = json()
    created_at: datetime = moment()
    expires_at: datetime | None = moment(nullable=True)
    last_used_at: datetime | None = moment(nullable=True)
    replaces: str | None = Field(default=None, max_length=12)
    revoked_at: datetime | None = moment(nullable=True)
