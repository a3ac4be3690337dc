"""Pages by key: a page begins where a row stands, not after so many rows, so nothing repeats or is skipped while rows come
and go between pages. Everything that is paged is paged by this.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, tuple_
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from sync.tables.columns import table_of

Row = TypeVar("Row")
Place = tuple[Any, ...]  # the value of each key of an order, or a parameter for it: where a row stands


@dataclass(frozen=True, slots=True)
class Key:
    """One column of an order. `kind` is what its values are in Python, `read` gives a row's. Rows without a value come last,
    whichever the direction: databases differ in what they would do by themselves.
    """

    name: str
    column: ColumnElement[Any]
    kind: type
    read: Callable[[Any], Any]
    descending: bool = False
    nullable: bool = False


def keys(row: type[SQLModel], *names: str, descending: bool = False) -> tuple[Key, ...]:
    """The order by these columns of a table, all in one direction, which an index over them serves."""
    found = table_of(row).c
    return tuple(
        Key(name, found[name], found[name].type.python_type, attrgetter(name), descending, bool(found[name].nullable))
        for name in names
    )


@dataclass(frozen=True, slots=True)
class Slice:
    """Which rows: those beyond the place `after` and before the place `before`; of these the first so many, or the last."""

    limit: int | None = None
    after: Place | None = None
    before: Place | None = None
    backwards: bool = False


class Listing(Generic[Row]):
    """The rows of a query in an order, whose last key is unique. `counting` is what counts them, where there is a quicker way
    than by the query.
    """

    def __init__(
        self,
        session: Session,
        query: Select[Row],
        order: Sequence[Key],
        counting: Callable[[], Select[int]] | None = None,
    ) -> None:
        self._session = session
        self._counting = counting
        self._query = query
        self.order = tuple(order)

    def rows(self, part: Slice) -> list[Row]:
        """In the order, also where they are counted from the end."""
        found = list(self._session.scalars(self.query(part)))
        return found[::-1] if part.backwards else found

    def count(self) -> int:
        """How many rows there are on all pages."""
        return self._session.execute(self.counting()).scalar_one()

    def place(self, row: Row) -> Place:
        """Where a row stands."""
        return tuple(key.read(row) for key in self.order)

    def has_beyond(self, place: Place, *, backwards: bool, inclusive: bool) -> bool:
        """Whether a row stands after the place (before it, if `backwards`), or there."""
        return self._session.execute(self.looking(place, backwards=backwards, inclusive=inclusive)).first() is not None

    def query(self, part: Slice) -> Select[Row]:
        """What gives the rows of a part, from its end where it is counted from there."""
        query = self._query
        if part.after is not None:
            query = query.where(_beyond(self.order, part.after, backwards=False))
        if part.before is not None:
            query = query.where(_beyond(self.order, part.before, backwards=True))
        ways = (_way(key, backwards=part.backwards) for key in self.order)
        return query.order_by(*ways).limit(part.limit)

    def counting(self) -> Select[int]:
        """What gives the number of rows."""
        if self._counting is not None:
            return self._counting()
        return self._query.with_only_columns(func.count(), maintain_column_froms=True)

    def looking(self, place: Place, *, backwards: bool, inclusive: bool) -> Select[int]:
        """What gives a row where there is one beyond the place, or there."""
        beyond = _beyond(self.order, place, backwards=backwards)
        if inclusive:
            beyond = or_(beyond, and_(*(_same(key, value) for key, value in zip(self.order, place, strict=True))))
        return self._query.where(beyond).with_only_columns(literal(1), maintain_column_froms=True).limit(1)


def _way(key: Key, *, backwards: bool) -> ColumnElement[Any]:
    way = key.column.desc() if key.descending is not backwards else key.column.asc()
    if not key.nullable:
        return way
    return way.nulls_first() if backwards else way.nulls_last()


def _beyond(order: Sequence[Key], place: Place, *, backwards: bool) -> ColumnElement[bool]:
    """The condition that a row stands after the place, or before it."""
    first = order[0]
    if not any(key.nullable or key.descending is not first.descending for key in order):
        here = tuple_(*(key.column for key in order))  # as one value, which an index can seek; what follows it cannot
        there = tuple_(*(_value(key, value) for key, value in zip(order, place, strict=True)))
        return here < there if first.descending is not backwards else here > there
    found: ColumnElement[bool] = false()
    for key, value in reversed(list(zip(order, place, strict=True))):
        found = or_(_past(key, value, backwards=backwards), and_(_same(key, value), found))
    if first.nullable:
        return found
    lead = first.column <= place[0] if first.descending is not backwards else first.column >= place[0]
    return and_(lead, found)


def _value(key: Key, value: Any) -> ColumnElement[Any]:  # noqa: ANN401  as the column holds, or a parameter for it
    return value if isinstance(value, ColumnElement) else literal(value, key.column.type)


def _past(key: Key, value: Any, *, backwards: bool) -> ColumnElement[bool]:  # noqa: ANN401  whatever the column holds
    if value is None:
        return key.column.is_not(None) if backwards else false()
    past = key.column < value if key.descending is not backwards else key.column > value
    return or_(past, key.column.is_(None)) if key.nullable and not backwards else past


def _same(key: Key, value: Any) -> ColumnElement[bool]:  # noqa: ANN401  as above
    return key.column.is_(None) if value is None else key.column == value
