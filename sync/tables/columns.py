"""The column types that tables share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, Table, Text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from sync.row_layout import sqlite_text, utc


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: timestamptz on PostgreSQL, naive UTC text on SQLite; aware in Python on both."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What cursors know its values by; the base class says that it is anything."""
        return datetime

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | datetime | None]:
        """One step to what the driver takes; the base class would go through three, for five moments a row."""
        return sqlite_text if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Back as UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment_told(told: str) -> datetime:
    """A moment from the text in which a driver gives it, where nothing reads it there as a column's type would."""
    found = datetime.fromisoformat(told)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def moment(*, nullable: bool = False) -> Any:  # noqa: ANN401  SQLModel's Field is untyped in this place too
    """A column of moments."""
    return Field(sa_type=Moment, nullable=nullable, default=None if nullable else ...)


def json() -> Any:  # noqa: ANN401  as above
    """A column of JSON, never empty."""
    return Field(sa_column=Column(JSON, nullable=False))


def text() -> Any:  # noqa: ANN401  as above
    """A column of text without a bound, never empty."""
    return Field(sa_column=Column(Text, nullable=False))


def json_list() -> Any:  # noqa: ANN401  as above
    """A column of a JSON list that is kept and passed on as text."""
    return Field(default="[]", sa_column=Column(Text, nullable=False, server_default="[]"))


def table_of(row: type[SQLModel]) -> Table:
    """The table under a row class. A question put to it goes past the ORM, which for one entry costs more than the answer."""
    made: Table = row.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table classes
    return made
