"""The root fields that read a read model, each with a plan of its own kind.

A plan is made for a selection, bound to arguments, which are read and checked by what the ordinary resolver uses, and then run
within a session as often as wanted.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Protocol

from graphql import FieldNode, GraphQLObjectType, get_named_type

from gateway import cursors, entry_types, paging
from gateway.compiled import NotCovered
from gateway.compiled.projection import TYPENAME, Columns, Getter, completer, projection
from gateway.compiled.read_models import ENTRY
from gateway.compiled.selection import Selection
from gateway.inputs import EntryFilterInput, order_asked
from gateway.query import counted
from sync.database import Session
from sync.repository.browse import EntryBrowser, Wanted, order_of
from sync.repository.keyset import Slice
from sync.repository.ready import ReadyListing, ReadyQuery, ready_row
from sync.repository.statistics import GroupKey
from sync.scope import Scope
from sync.tables import EntryRow

Arguments = Mapping[str, Any]  # as a resolver gets them
Run = Callable[[Session, Scope, set[str]], Any]  # notes the regions that the answer's entries come from


class Plan(Protocol):
    """How a root field with a selection is answered."""

    def bind(self, arguments: Arguments) -> Run:
        """The plan with arguments; RequestError as the resolver raises it."""


class Entries:
    """The projections of one selection of `Entry`, one for each region's concrete type; they share their columns."""

    def __init__(self, selection: Selection, nodes: Sequence[FieldNode], columns: Columns) -> None:
        self._region = columns.place("region")
        self._made: dict[str, Getter] = {}
        for code, kind in entry_types.wholes().items():
            of = _named(selection, kind.__name__)
            self._made[code] = projection(selection, of, selection.below(of, nodes), ENTRY, columns)

    def object(self, row: Any) -> Any:  # noqa: ANN401  a row
        """What is selected of a row."""
        return self._made[row[self._region]](row)


class _Page:
    """One page as it is read: each thing about it is worked out where it is selected, and once."""

    def __init__(self, session: Session, ready: ReadyListing, part: Slice) -> None:
        self._session, self._listed = session, ready.within(session)
        self._counted = ready.counted
        self._read = paging.read(self._listed, ready.within, part)
        self.rows = self._read.rows

    def cursor(self, row: Any) -> str:  # noqa: ANN401  a row
        """Where a row stands."""
        return cursors.encode(self._listed.order, self._listed.place(row))

    def end(self, at: int) -> str | None:
        """The cursor of the first row or, with -1, of the last."""
        return self.cursor(self.rows[at]) if self.rows else None

    def has_beyond(self, *, backwards: bool) -> bool:
        """Whether there is more."""
        known = self._read.beyond[backwards]
        return known if isinstance(known, bool) else known(self._session)

    def total(self) -> int:
        """On all pages."""
        return self.rows[0].total if self.rows and self._counted else self._listed.count()


_TOTAL: Final = "totalCount"
_INFO: Final[Mapping[str, Callable[[_Page], Any]]] = {
    "startCursor": lambda page: page.end(0),
    "endCursor": lambda page: page.end(-1),
    "hasNextPage": lambda page: page.has_beyond(backwards=False),
    "hasPreviousPage": lambda page: page.has_beyond(backwards=True),
}


class EntriesPlan:
    """`entries`: a page, and what stands about it."""

    def __init__(self, selection: Selection, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> None:
        self._selection, self._columns = selection, Columns()
        self._region = self._columns.place("region")
        self._total = any(same[0].name.value == _TOTAL for same in selection.below(of, nodes).values())
        self._shown = self._object(of, nodes, {"edges": self._edges, "nodes": self._nodes, "pageInfo": self._info})

    def bind(self, arguments: Arguments) -> Run:
        """As `Query.entries`."""
        asked = (arguments.get("filter") or EntryFilterInput()).as_filter()
        order = order_asked(arguments.get("sort"))
        asked_page = paging.Asked(**{name: arguments.get(name) for name in ("first", "after", "last", "before")})
        part = asked_page.part(order_of(order))
        if asked.asks_for_standings():  # which depend on the waivers that hold at the moment
            raise NotCovered
        wanted, keys, columns, total = Wanted(asked), order_of(order), self._columns, self._total
        ready: dict[tuple[str, Scope], ReadyListing] = {}

        def run(session: Session, scope: Scope, regions: set[str]) -> Any:  # noqa: ANN401  JSON
            key = (session.get_bind().dialect.name, scope)
            if key not in ready:
                ready[key] = ReadyListing(
                    lambda session: EntryBrowser(session, scope).listing(wanted, order),
                    keys,
                    EntryRow,
                    columns.names,
                    counted=total,
                )
            found = _Page(session, ready[key], part)
            regions.update(row[self._region] for row in found.rows)
            return self._shown(found)

        return run

    def _object(
        self,
        of: GraphQLObjectType,
        nodes: Sequence[FieldNode],
        below: Mapping[str, Callable[[GraphQLObjectType, Sequence[FieldNode]], Getter]],
        plain: Mapping[str, Callable[[_Page], Any]] | None = None,
    ) -> Getter:
        plain = {_TOTAL: _Page.total} if plain is None else plain
        pairs: list[tuple[str, Getter]] = []
        for key, same in self._selection.below(of, nodes).items():
            name = same[0].name.value
            if name in below:
                pairs.append((key, below[name](of, same)))
            else:
                pairs.append((key, _constant(of.name) if name == TYPENAME else plain[name]))
        return lambda value: {key: get(value) for key, get in pairs}

    def _edges(self, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Getter:
        kind = _object_of(of, "edges")
        pairs: list[tuple[str, str, Entries | None]] = []
        for key, same in self._selection.below(kind, nodes).items():
            name = same[0].name.value
            entries = Entries(self._selection, same, self._columns) if name == "node" else None
            pairs.append((key, name, entries))

        def edge(page: _Page, row: Any) -> dict[str, Any]:  # noqa: ANN401  a row
            return {
                key: entries.object(row) if entries else page.cursor(row) if name == "cursor" else kind.name
                for key, name, entries in pairs
            }

        return lambda page: [edge(page, row) for row in page.rows]

    def _nodes(self, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Getter:
        del of
        entries = Entries(self._selection, nodes, self._columns)
        return lambda page: [entries.object(row) for row in page.rows]

    def _info(self, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Getter:
        return self._object(_object_of(of, "pageInfo"), nodes, {}, _INFO)


class EntryPlan:
    """`entry`: one, or null."""

    def __init__(self, selection: Selection, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> None:
        del of
        self._columns = Columns()
        self._entries = Entries(selection, nodes, self._columns)
        self._region = self._columns.place("region")
        self._ready: dict[tuple[str, Scope], ReadyQuery] = {}

    def bind(self, arguments: Arguments) -> Run:
        """As `Query.entry`."""
        return partial(self._run, {"id": str(arguments["id"])})

    def _run(self, values: Mapping[str, str], session: Session, scope: Scope, regions: set[str]) -> Any:  # noqa: ANN401  JSON
        key = (session.get_bind().dialect.name, scope)
        if key not in self._ready:
            self._ready[key] = ready_row(session, EntryBrowser(session, scope).one(), EntryRow, self._columns.names)
        rows = self._ready[key].run(session, values)
        regions.update(row[self._region] for row in rows)
        return self._entries.object(rows[0]) if rows else None


class StatisticsPlan:
    """`statistics`: a list of counts."""

    def __init__(self, selection: Selection, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> None:
        self._shown = completer(selection, of, nodes)
        shown = selection.below(of, nodes).values()
        self._with_organisations = any(node.name.value == "organisations" for same in shown for node in same)

    def bind(self, arguments: Arguments) -> Run:
        """As `Query.statistics`."""
        asked, groups = (arguments.get("filter") or EntryFilterInput()).as_filter(), arguments["group_by"]
        if GroupKey.STANDING in groups or asked.asks_for_standings():  # as for entries
            raise NotCovered

        def run(session: Session, scope: Scope, _: set[str]) -> Any:  # noqa: ANN401  what JSON has
            lines = counted(session, scope, groups, Wanted(asked), with_organisations=self._with_organisations)
            return [self._shown(line) for line in lines]

        return run


PLANS: Final[Mapping[str, Callable[[Selection, GraphQLObjectType, Sequence[FieldNode]], Plan]]] = {
    "entries": EntriesPlan,
    "entry": EntryPlan,
    "statistics": StatisticsPlan,
}
"""The root fields of queries that there are plans for."""


def _named(selection: Selection, name: str) -> GraphQLObjectType:
    found = selection.operation.schema.type_map[name]
    if not isinstance(found, GraphQLObjectType):
        raise NotCovered
    return found


def _object_of(of: GraphQLObjectType, field: str) -> GraphQLObjectType:
    found = get_named_type(of.fields[field].type)
    if not isinstance(found, GraphQLObjectType):
        raise NotCovered
    return found


def _constant(value: str) -> Getter:
    return lambda _: value
