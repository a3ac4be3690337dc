"""The form in which a table's rows go to the driver of a database, apart from the database: it can be sent to a process that has
none, and knows no library of one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

Ready = Any  # a row in the driver's form: a tuple for SQLite, a dictionary for PostgreSQL


@dataclass(frozen=True, slots=True)
class Layout:
    """What puts a row's values in the order of the statement's places, where these have no names, and what changes the values of
    some columns: functions of modules, or they could not be sent.
    """

    ordered: Callable[[dict[str, Any]], Ready] | None
    conversions: Sequence[tuple[str, Callable[[Any], Any]]]

    def ready(self, rows: Sequence[dict[str, Any]]) -> list[Ready]:
        """`rows`, which are used up, as the driver takes them."""
        for name, convert in self.conversions:
            for row in rows:
                row[name] = convert(row[name])
        return list(map(self.ordered, rows)) if self.ordered else list(rows)


@dataclass(frozen=True, slots=True)
class Layouts:
    """Those of the tables that an entry has rows in, but for the one it is searched by."""

    entry: Layout
    organisation: Layout
    representative: Layout
    payload: Layout


def json_text(value: Any) -> str:  # noqa: ANN401  any JSON value
    """JSON as columns hold it."""
    return orjson.dumps(value).decode()


def utc(value: datetime | None) -> datetime | None:
    """To UTC; an unaware time is a mistake of ours."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a time without a zone must not be stored")
    return value.astimezone(UTC)


@lru_cache(maxsize=1024)  # the rows of a page share three of their five moments
def sqlite_text(value: datetime | None) -> str | None:
    """As SQLAlchemy writes a naive time for SQLite, which sorts as times do."""
    moment = utc(value)
    return None if moment is None else moment.replace(tzinfo=None).isoformat(" ", "microseconds")
