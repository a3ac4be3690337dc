"""The root fields that read a read model, each with a plan of its own kind, of which those of entries are here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from graphql import FieldNode, GraphQLObjectType

from gateway import cursors, paging
from gateway.compiled import NotCovered
from gateway.compiled.counts import StatisticsPlan
from gateway.compiled.entries import REGION, Entries
from gateway.compiled.plan import Arguments, Place, PlainRun, Plan, Prepared, Run, place_of
from gateway.compiled.projection import (
    TYPENAME,
    Columns,
    Getter,
    Objects,
    listed,
    object_of,
    repeated,
)
from gateway.compiled.selection import Selection
from gateway.compiled.single_entry import EntryPlan
from gateway.inputs import EntryFilterInput, order_asked
from sync.database import Session
from sync.repository.browse import EntryBrowser, Wanted, order_of
from sync.repository.keyset import Slice
from sync.repository.ready import ReadyListing, Row
from sync.scope import Scope
from sync.tables import EntryRow


class _Page:
    """One page as it is read: each thing about it is worked out where it is selected, and once."""

    def __init__(self, session: Session, ready: ReadyListing, part: Slice) -> None:
        self._session, self._listed = session, ready.within(session)
        self._counted = ready.counted
        self._read = paging.read(self._listed, ready.within, part)
        self.rows = self._read.rows

    def cursor(self, row: Row) -> str:
        """Where a row stands."""
        return cursors.encode(self._listed.order, self._listed.place(row))

    def cursors(self) -> Iterable[bytes]:
        """Where each stands, as JSON."""
        return (b'"%b"' % self.cursor(row).encode() for row in self.rows)

    def end(self, at: int) -> str | None:
        """The cursor of the first row or, with -1, of the last."""
        return self.cursor(self.rows[at]) if self.rows else None

    def has_beyond(self, *, backwards: bool) -> bool:
        """Whether there is more."""
        known = self._read.beyond[backwards]
        return known if isinstance(known, bool) else known(self._session)

    def total(self) -> int:
        """On all pages."""
        return self.rows[0][-1] if self.rows and self._counted else self._listed.count()


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
        self._selection, self._columns = selection, Columns(REGION)
        self._total = any(same[0].name.value == _TOTAL for same in selection.below(of, nodes).values())
        self._shown = self._object(of, nodes, {"edges": self._edges, "nodes": self._nodes, "pageInfo": self._info})

    def prepared(self, arguments: Arguments) -> Prepared:
        """As `Query.entries`."""
        asked, order = (arguments.get("filter") or EntryFilterInput()).as_filter(), order_asked(arguments.get("sort"))
        if asked.asks_for_standings():  # which depend on the waivers that hold at the moment
            raise NotCovered
        wanted, keys, columns, total = Wanted(asked), order_of(order), self._columns, self._total
        known: dict[Place, ReadyListing] = {}

        def ready(session: Session, scope: Scope) -> ReadyListing:
            place = place_of(session, scope)
            if place not in known:
                known[place] = ReadyListing(
                    lambda session: EntryBrowser(session, scope).listing(wanted, order),
                    keys,
                    EntryRow,
                    columns.names,
                    counted=total,
                )
            return known[place]

        def bound(arguments: Arguments) -> Run:
            part = paging.Asked(**{name: arguments.get(name) for name in ("first", "after", "last", "before")}).part(
                keys
            )
            return PlainRun(partial(self._run, ready, part), part.limit or 0)

        return bound

    def _run(
        self,
        ready: Callable[[Session, Scope], ReadyListing],
        part: Slice,
        session: Session,
        scope: Scope,
        regions: set[str],
    ) -> Any:  # noqa: ANN401  JSON
        found = _Page(session, ready(session, scope), part)
        regions.update(row[0] for row in found.rows)
        return self._shown(found)

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
        kind = object_of(of.fields["edges"].type)
        parts: dict[str, Callable[[_Page], Iterable[bytes]]] = {}
        for key, same in self._selection.below(kind, nodes).items():
            name = same[0].name.value
            parts[key] = (
                self._each(same) if name == "node" else _Page.cursors if name == "cursor" else repeated(kind.name)
            )
        whole, each = Objects(parts), tuple(parts.values())
        return lambda page: listed(whole.made([of(page) for of in each], len(page.rows)))

    def _nodes(self, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Getter:
        del of
        each = self._each(nodes)
        return lambda page: listed(each(page))

    def _each(self, nodes: Sequence[FieldNode]) -> Callable[[_Page], Iterable[bytes]]:
        entries = Entries(self._selection, nodes, self._columns)
        return lambda page: entries.objects(page.rows)

    def _info(self, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Getter:
        return self._object(object_of(of.fields["pageInfo"].type), nodes, {}, _INFO)


PLANS: Final[Mapping[str, Callable[[Selection, GraphQLObjectType, Sequence[FieldNode]], Plan]]] = {
    "entries": EntriesPlan,
    "entry": EntryPlan,
    "statistics": StatisticsPlan,
}
"""The root fields of queries that there are plans for."""


def _constant(value: str) -> Getter:
    return lambda _: value
