"""Queries whose statements are put together once and run often, straight on the driver: making a SELECT out of conditions and
passing it through SQLAlchemy costs several times what the database takes to answer it.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Integer, Select, bindparam
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache
from sqlmodel import SQLModel

from sync.repository import straight
from sync.repository.keyset import Key, Listing, Place, Slice
from sync.tables.columns import Moment, moment_told, table_of

if TYPE_CHECKING:
    from sync.repository.line import Found, Line

TOTAL: Final = "total"  # as the last column of a listing's rows
Row = tuple[Any, ...]  # as `straight` gives it
_AFTER: Final = "after"
_BEFORE: Final = "before"
_LIMIT: Final = "limit"
_FORMS: Final = 16  # of pages of a listing, whose statements are kept
_Form = tuple[bool, ...] | None  # which values of a place are there
_PARAMETER: Final = re.compile(r"%(?:%|\((?P<name>[^)]*)\)s)")
_compiled: Final[LRUCache[Any, Any]] = LRUCache(128)  # some ninety kilobytes each


class ReadyQuery:
    """A SELECT as the driver takes it, with its values. It serves every session of databases of one kind. Statements that differ in
    values alone, such as the pages of a listing, are made once: SQLAlchemy knows which these are.
    """

    def __init__(self, session: Session, query: Select[Any]) -> None:
        dialect = session.get_bind().dialect
        known: Any = query._generate_cache_key()  # noqa: SLF001  there is no public way; engines keep what they compile by it
        compiled: Any = _compiled.get((dialect, known.key)) if known else None
        if compiled is None:
            compiled = query.compile(dialect=dialect, cache_key=known)
            if known:
                _compiled[dialect, known.key] = compiled
        given = compiled.construct_params(extracted_parameters=known.bindparams if known else None)
        whole = compiled.construct_expanded_state(given)
        self._processors = {**compiled._bind_processors, **whole.processors}  # noqa: SLF001  nor to what executing it would do
        self._values = self._processed(whole.parameters)
        self._names = whole.positiontup
        self._sql = whole.statement
        self._numbered: tuple[str, Sequence[str]] | None = None  # for a line: the names are of values

    def run(self, session: Session, more: Mapping[str, Any] | None = None) -> Sequence[Row]:
        """The rows; `more` are values of parameters by their names, in the place of those that the query was made with."""
        return straight.rows(session.connection(), self._sql, self._given(more))

    def result(self, session: Session, more: Mapping[str, Any] | None = None) -> straight.Result:
        """The same, to be taken in parts."""
        return straight.Result(session.connection(), self._sql, self._given(more))

    def ask(self, line: "Line", more: Mapping[str, Any] | None, then: Callable[["Found"], None]) -> None:
        """The same over a line."""
        if self._numbered is None:
            self._numbered = _numbered(self._sql)
        sql, names = self._numbered
        values = self._with(more)
        line.ask(sql, [values[name] for name in names], then)

    def _given(self, more: Mapping[str, Any] | None) -> Any:  # noqa: ANN401  as the driver has it
        values = self._with(more)
        return values if self._names is None else tuple(values[name] for name in self._names)

    def _with(self, more: Mapping[str, Any] | None) -> Mapping[str, Any]:
        return {**self._values, **self._processed(more)} if more else self._values

    def _processed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        processors = self._processors
        return {
            name: processors[name](value) if name in processors and value is not None else value
            for name, value in values.items()
        }


def _numbered(sql: str) -> tuple[str, Sequence[str]]:
    """A statement with parameters as psycopg's cursor takes them, by name, with those that PostgreSQL itself takes, by number; and their
    names in order.
    """
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found["name"]
        return "%" if name is None else f"${names.setdefault(name, len(names) + 1)}"

    return _PARAMETER.sub(number, sql), list(names)


def ready_row(session: Session, query: Select[Any], table: type[SQLModel], names: Sequence[str]) -> ReadyQuery:
    """The query of rows of a table, of which only these columns are read."""
    columns = table_of(table).c
    return ReadyQuery(session, query.with_only_columns(*(columns[name] for name in names), maintain_column_froms=True))


@lru_cache(maxsize=256)
def _row(names: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    """Makes rows with these names: a type for them, which takes longer to make than a page to read."""
    made: Callable[..., Any] = namedtuple  # noqa: PYI024  of names that are not known before
    row: Callable[[Sequence[Any]], Any] = made("Row", names)._make
    return row


class ReadyListing:
    """A listing of which some columns of its table are read; if `counted`, each row has the number of all as `total` too, as one
    query is answered sooner than two. `listing` makes it within a session, which is done once for all pages of one form (beyond a
    place or not), once for their number, and each time where more has to be looked for beyond a page.
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
        names = list(dict.fromkeys((*names, *(key.name for key in order))))
        self._columns: list[Any] = [table_of(table).c[name] for name in names]
        self._moments = [at for at, column in enumerate(self._columns) if isinstance(column.type, Moment)]
        self._named = _row((*names, TOTAL)[: len(names) + counted])
        self._rows: dict[tuple[bool, _Form, _Form, bool], ReadyQuery] = {}
        self._number: ReadyQuery | None = None

    def within(self, session: Session) -> "ListingWithin":
        """To be read in a session."""
        return ListingWithin(self, session)

    def rows(self, session: Session, part: Slice) -> Sequence[Row]:
        """The rows of a part, from its end where it is counted from there."""
        form = part.limit is None, _form(part.after), _form(part.before), part.backwards
        ready = self._rows.get(form)
        if ready is None:
            ready = self._ready(session, self.listing(session), part)
            if len(self._rows) >= _FORMS:  # other threads may be reading by what is dropped, and go on
                self._rows.clear()
            self._rows[form] = ready
        limit = {} if part.limit is None else {_LIMIT: part.limit}
        return ready.run(session, {**_values(_AFTER, part.after), **_values(_BEFORE, part.before), **limit})

    def _ready(self, session: Session, listing: Listing[Any], part: Slice) -> ReadyQuery:
        part = replace(part, after=self._bound(_AFTER, part.after), before=self._bound(_BEFORE, part.before))
        columns = self._columns
        if self.counted:
            columns = [*columns, listing.counting().scalar_subquery().correlate(None).label(TOTAL)]
        query = listing.query(part).with_only_columns(*columns, maintain_column_froms=True)
        if part.limit is not None:
            query = query.limit(bindparam(_LIMIT, part.limit, type_=Integer))
        return ReadyQuery(session, query)

    def _bound(self, name: str, place: Place | None) -> Place | None:
        """The place with parameters for its values, but for those that are nothing: these stand in the statement otherwise."""
        if place is None:
            return None
        return tuple(
            None if value is None else bindparam(f"{name}{at}", value, type_=key.column.type)
            for at, (key, value) in enumerate(zip(self.order, place, strict=True))
        )

    def number(self, session: Session) -> int:
        """How many rows there are on all pages."""
        if self._number is None:
            self._number = ReadyQuery(session, self.listing(session).counting())
        found: int = self._number.run(session)[0][0]
        return found

    def place(self, row: Row) -> Place:
        """Where a row stands."""
        values = list(row)
        for at in self._moments:
            values[at] = None if values[at] is None else moment_told(values[at])
        named = self._named(values)
        return tuple(key.read(named) for key in self.order)


def _form(place: Place | None) -> _Form:
    return None if place is None else tuple(value is not None for value in place)


def _values(name: str, place: Place | None) -> dict[str, Any]:
    return {f"{name}{at}": value for at, value in enumerate(place or ()) if value is not None}


class ListingWithin:
    """A listing that is ready, within a session; read as a `Listing` is."""

    def __init__(self, ready: ReadyListing, session: Session) -> None:
        self.order = ready.order
        self._ready = ready
        self._session = session

    def rows(self, part: Slice) -> Sequence[Row]:
        """In the order, also where they are counted from the end."""
        found = self._ready.rows(self._session, part)
        return found[::-1] if part.backwards else found

    def count(self) -> int:
        """How many rows there are on all pages."""
        return self._ready.number(self._session)

    def place(self, row: Row) -> Place:
        """Where a row stands."""
        return self._ready.place(row)

    def has_beyond(self, place: Place, *, backwards: bool, inclusive: bool) -> bool:
        """Whether a row stands after the place (before it, if `backwards`), or there."""
        return self._ready.listing(self._session).has_beyond(place, backwards=backwards, inclusive=inclusive)
