"""The statements that prepared rows of entries are made for."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlmodel import SQLModel

from schema.records import Entry
from sync.repository.bulk import Statement, statement
from sync.repository.prepared import Prepared, prepare_all
from sync.row_layout import Layouts
from sync.tables import EntryRow, EntrySearchRow, OrganisationRow, PayloadRow, RepresentativeRow

_OF_LISTS = ("declared_track", "counted_track")  # no province tells them, and a pull leaves them as they are


@dataclass(frozen=True, slots=True)
class Statements:
    """One for each table that an entry has rows in."""

    entry: Statement
    organisation: Statement
    representative: Statement
    search: Statement
    payload: Statement

    @property
    def layouts(self) -> Layouts:
        """What rows are made ready by ahead of their storing."""
        tables = (self.entry, self.organisation, self.representative, self.payload)
        return Layouts(*(each.layout for each in tables))


@cache
def statements(database: str) -> Statements:
    """Those for the database of that name."""
    return Statements(
        _statement(database, EntryRow, ("first_seen_at",), without=_OF_LISTS),
        _statement(database, OrganisationRow, None),
        _statement(database, RepresentativeRow, None),
        _statement(database, EntrySearchRow, None, without=("id",)),
        _statement(database, PayloadRow, ()),
    )


def _statement(
    database: str, table: type[SQLModel], keep: tuple[str, ...] | None, without: tuple[str, ...] = ()
) -> Statement:
    return statement(database, table, tuple(name for name in table.model_fields if name not in without), keep)


def prepare(
    record: Entry, fingerprint: str, payload: bytes, *, mapping_version: int, now: datetime, database: str
) -> Prepared:
    """The rows of one record, for the database of that name; `payload` is what it was mapped from, concealed."""
    mapped = [(record, fingerprint, payload)]
    return prepare_all(mapped, statements(database).layouts, mapping_version=mapping_version, now=now)[0]
