"""Queries whose statements are put together once and run often, straight on the driver: making a SELECT out of conditions and
passing it through SQLAlchemy costs several times what the database takes to answer it.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Dialect, Select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from sync.repository import straight
from sync.repository.keyset import Key, Listing, Place, Slice
from sync.tables.columns import table_of

TOTAL: Final = "total"  # as a column of a listing's rows
_named: Callable[..., Any] = namedtuple  # noqa: PYI024  of names that are not known before


class ReadyQuery:
    """A SELECT as the driver takes it, with its values, and what makes rows of the driver's rows. It serves every session of
    databases of one kind.
    """

    def __init__(self, session: Session, query: Select[Any]) -> None:
        dialect = session.get_bind().dialect
        compiled: Any = query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        processors = compiled._bind_processors  # noqa: SLF001  there is no public way to what executing it would do
        self._values = {
            name: processors[name](value) if name in processors and value is not None else value
            for name, value in compiled.construct_params().items()
        }
        self._names = compiled.positiontup if compiled.positional else None
        self._sql = str(compiled)
        self._columns = list(query.selected_columns)
        self._make = _named("Row", [column.name for column in self._columns], rename=True)._make
        self._processors: list[tuple[int, Callable[[Any], Any]]] | None = None

    def run(self, session: Session, more: Mapping[str, str] | None = None) -> list[Any]:
        """The rows; `more` are values of parameters that the query was made without."""
        values = {**self._values, **more} if more else self._values
        given: Any = values if self._names is None else tuple(values[name] for name in self._names)
        found, cursor = straight.rows(session.connection(), self._sql, given)
        if not found:
            return []
        if self._processors is None:
            self._processors = self._read_by(session.get_bind().dialect, cursor.description)
        columns: list[Any] = list(zip(*found, strict=True))
        for at, process in self._processors:
            columns[at] = map(process, columns[at])
        return list(map(self._make, zip(*columns, strict=True)))

    def _read_by(self, dialect: Dialect, description: Sequence[Any]) -> list[tuple[int, Callable[[Any], Any]]]:
        """What makes values of the driver's, by column, where there is anything to be done; the driver says which type it gives."""
        kinds = (column.type.dialect_impl(dialect) for column in self._columns)
        found = (kind.result_processor(dialect, told[1]) for kind, told in zip(kinds, description, strict=True))
        return [(at, process) for at, process in enumerate(found) if process is not None]


def ready_row(session: Session, query: Select[Any], table: type[SQLModel], names: Sequence[str]) -> ReadyQuery:
    """The query of rows of a table, of which only these columns are read."""
    columns = table_of(table).c
    return ReadyQuery(session, query.with_only_columns(*(columns[name] for name in names), maintain_column_froms=True))


class ReadyListing:
    """A listing of which some columns of its table are read; if `counted`, each row has the number of all as `total` too, as one
    query is answered sooner than two. `listing` makes it within a session, which is done once for the rows, once for their number,
    and each time where more has to be looked for beyond a page, as that depends on the page.
    """

    def __init__(
        self,
        listing: Callable[[Session], Listing[Any]],
        order: Sequence[Key],
        table: type[SQLModel],
        names: Sequence[str],
        *,
        counted: bool = False,
    ) -> None:
        self.listing = listing
        self.counted = counted
        self.order = tuple(order)
        self._table = table
        self._names = list(dict.fromkeys((*names, *(key.name for key in order))))
        self._rows: dict[Slice, ReadyQuery] = {}
        self._number: ReadyQuery | None = None

    def within(self, session: Session) -> "ListingWithin":
        """To be read in a session."""
        return ListingWithin(self, session)

    def rows(self, session: Session, part: Slice) -> list[Any]:
        """The rows of a part, from its end where it is counted from there."""
        if part not in self._rows:
            self._rows[part] = self._ready(session, self.listing(session), part)
        return self._rows[part].run(session)

    def _ready(self, session: Session, listing: Listing[Any], part: Slice) -> ReadyQuery:
        columns: list[Any] = [table_of(self._table).c[name] for name in self._names]
        if self.counted:
            columns.append(listing.counting().scalar_subquery().correlate(None).label(TOTAL))
        return ReadyQuery(session, listing.query(part).with_only_columns(*columns, maintain_column_froms=True))

    def number(self, session: Session) -> int:
        """How many rows there are on all pages."""
        if self._number is None:
            self._number = ReadyQuery(session, self.listing(session).counting())
        found: int = self._number.run(session)[0][0]
        return found


class ListingWithin:
    """A listing that is ready, within a session; read as a `Listing` is."""

    def __init__(self, ready: ReadyListing, session: Session) -> None:
        self.order = ready.order
        self._ready = ready
        self._session = session

    def rows(self, part: Slice) -> list[Any]:
        """In the order, also where they are counted from the end."""
        found = self._ready.rows(self._session, part)
        return found[::-1] if part.backwards else found

    def count(self) -> int:
        """How many rows there are on all pages."""
        return self._ready.number(self._session)

    def place(self, row: Any) -> Place:  # noqa: ANN401  a row
        """Where a row stands."""
        return tuple(key.read(row) for key in self.order)

    def has_beyond(self, place: Place, *, backwards: bool, inclusive: bool) -> bool:
        """Whether a row stands after the place (before it, if `backwards`), or there."""
        return self._ready.listing(self._session).has_beyond(place, backwards=backwards, inclusive=inclusive)
