"""Who is signed in to the console, and which of their forms were handed in."""

from datetime import datetime
from typing import Any, ClassVar

from sqlmodel import Field, SQLModel

from sync.tables.columns import json, moment


class ConsoleSessionRow(SQLModel, table=True):
    """A session by the digest of its cookie. Who signed in with a key has its prefix here, and is out when it is revoked."""

    __tablename__: ClassVar[Any] = "console_session"

    digest: str = Field(primary_key=True, max_length=64)
    key_prefix: str | None = Field(default=None, max_length=12)
    name: str
    role: str
    region: str | None = Field(default=None, max_length=2)
    form_key: str = Field(max_length=64)
    remembered: dict[str, Any] = json()
    created_at: datetime = moment()
    seen_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)


class ConsoleFormRow(SQLModel, table=True):
    """A form that was handed in, so that it is not handed in again; `owner` is the request that did it."""

    __tablename__: ClassVar[Any] = "console_form"

    token: str = Field(primary_key=True, max_length=64)
    owner: str = Field(max_length=32)
    used_at: datetime = moment()
