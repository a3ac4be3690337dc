"""One entry by its id: several who ask at a time are answered by one statement."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import orjson
from graphql import FieldNode, GraphQLObjectType

from gateway.compiled.entries import REGION, Entries
from gateway.compiled.plan import Arguments, JoinableRun, Joined, Place, Prepared, place_of
from gateway.compiled.projection import Columns
from gateway.compiled.selection import Selection
from sync.database import Session
from sync.repository.browse import EntryBrowser
from sync.repository.ready import ReadyQuery, Row, ready_row
from sync.scope import Scope
from sync.tables import EntryRow

if TYPE_CHECKING:
    from sync.repository.line import Line

_SIZES: Final = [
    2**power for power in range(7)
]  # of statements; a database plans anew each time for a list of any length


class EntryPlan:
    """`entry`: one, or null."""

    def __init__(self, selection: Selection, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> None:
        del of
        self._columns = Columns(REGION)
        self._id = self._columns.place("id")
        self._entries = Entries(selection, nodes, self._columns)
        self._ready: dict[tuple[Place, int], ReadyQuery] = {}

    def prepared(self, arguments: Arguments) -> Prepared:
        """As `Query.entry`, whose only argument says which."""
        del arguments
        return lambda arguments: _One(self, str(arguments["id"]))

    def found(self, ids: Sequence[str], session: Session, scope: Scope) -> "_Entries":
        """Those of the entries that there are, by id."""
        place = place_of(session, scope)
        ready, given = self.query(ids, place)
        if ready is None:
            some = EntryBrowser(session, scope).some(list(given))
            ready = self._ready[place, len(given)] = ready_row(session, some, EntryRow, self._columns.names)
        return self.told(ready.run(session, given))

    def query(self, ids: Sequence[str], place: Place) -> tuple[ReadyQuery | None, Mapping[str, str]]:
        """By which so many are found, if it is ready, and its values."""
        size = next(each for each in _SIZES if each >= len(ids))
        names = (f"id{number}" for number in range(size))
        return self._ready.get((place, size)), dict(zip_longest(names, ids, fillvalue=ids[-1]))

    def told(self, rows: Sequence[Row]) -> "_Entries":
        """What was found, by id."""
        each = map(orjson.Fragment, self._entries.objects(rows))
        return {row[self._id]: (entry, row[0]) for row, entry in zip(rows, each, strict=True)}


_Entries = Mapping[str, tuple[orjson.Fragment, str]]  # as JSON, and the region that each comes from


@dataclass(frozen=True, slots=True)
class _One(JoinableRun):
    """One entry by its id."""

    plan: EntryPlan
    id: str

    def __call__(self, session: Session, scope: Scope, regions: set[str]) -> orjson.Fragment | None:
        found = self.plan.found([self.id], session, scope).get(self.id)
        if found is None:
            return None
        regions.add(found[1])
        return found[0]

    def joined(self, others: Sequence["_One"], session: Session, scope: Scope) -> Joined:
        """The same of several."""
        return _joined(others, self.plan.found(_ids(others), session, scope))

    def ask(
        self, others: Sequence["_One"], line: "Line", place: Place, then: Callable[[Callable[[], Joined]], None]
    ) -> bool:
        """As any."""
        ready, given = self.plan.query(_ids(others), place)
        if ready is not None:
            ready.ask(line, given, lambda rows: then(lambda: _joined(others, self.plan.told(rows()))))
        return ready is not None


def _ids(of: Sequence[_One]) -> Sequence[str]:
    return list({each.id for each in of})


def _joined(of: Sequence[_One], found: _Entries) -> Joined:
    given = (found.get(each.id) for each in of)
    return [(None, set()) if each is None else (each[0], {each[1]}) for each in given]
