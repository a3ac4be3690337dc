"""The plan of `statistics`: a list of counts."""

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any, Final

from graphql import FieldNode, GraphQLObjectType

from gateway.compiled import NotCovered
from gateway.compiled.plan import Arguments, Place, PlainRun, Prepared, place_of
from gateway.compiled.projection import (
    TYPENAME,
    AsJson,
    Getter,
    Objects,
    Read,
    completer,
    each_as_json,
    listed,
    object_of,
    repeated,
)
from gateway.compiled.selection import Selection
from gateway.inputs import EntryFilterInput
from gateway.operations import StatisticsKey
from gateway.statistics import LOOKED_FOR, bounded, groups_asked
from sync.database import Session
from sync.repository.browse import Wanted
from sync.repository.ready import ReadyQuery
from sync.repository.statistics import GroupKey, counting
from sync.scope import Scope

_COUNTS: Final = {"entries": -2, "organisations": -1}  # where they stand in a row, behind the values
Part = Callable[[Sequence[GroupKey], Read], Iterable[bytes]]


class StatisticsPlan:
    """`statistics`: each line's values, and what is counted. What is shown of a group's value is made once a value."""

    def __init__(self, selection: Selection, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> None:
        parts: dict[str, Part] = {}
        asked = selection.below(of, nodes)
        self._with_organisations = any(same[0].name.value == "organisations" for same in asked.values())
        for key, same in asked.items():
            name = same[0].name.value
            if name == "keys":
                parts[key] = _keys(completer(selection, object_of(of.fields[name].type), same))
            elif name == TYPENAME or name in _COUNTS:
                parts[key] = _typename(of) if name == TYPENAME else _count(_COUNTS[name])
            else:
                raise NotCovered
        self._whole, self._parts = Objects(parts), tuple(parts.values())

    def prepared(self, arguments: Arguments) -> Prepared:
        """As `Query.statistics`, all of whose arguments say what is counted."""
        asked, groups = (arguments.get("filter") or EntryFilterInput()).as_filter(), groups_asked(arguments["group_by"])
        if GroupKey.STANDING in groups or asked.asks_for_standings():  # as for entries
            raise NotCovered
        wanted, with_organisations = Wanted(asked), self._with_organisations
        ready: dict[Place, ReadyQuery] = {}

        def run(session: Session, scope: Scope, _: set[str]) -> Any:  # noqa: ANN401  JSON
            place = place_of(session, scope)
            if place not in ready:
                query = counting(session, scope, groups, wanted, LOOKED_FOR, with_organisations=with_organisations)
                ready[place] = ReadyQuery(session, query)
            return self._shown(groups, bounded(ready[place].run(session)))

        return lambda _: PlainRun(run)

    def _shown(self, groups: Sequence[GroupKey], lines: Sequence[tuple[Any, ...]]) -> Any:  # noqa: ANN401  JSON
        if not lines:
            return []
        read = list(zip(*lines, strict=True))
        return listed(self._whole.made([of(groups, read) for of in self._parts], len(lines)))


def _keys(shown: Getter) -> Part:
    """A list of what stands for each value of a line."""
    known = AsJson(lambda each: shown(StatisticsKey.of(*each)))

    def made(groups: Sequence[GroupKey], read: Read) -> Iterable[bytes]:
        values = zip(groups, read, strict=False)  # behind the values stand the counts
        each = zip(
            *(map(known.__getitem__, zip(repeat(group), column, strict=False)) for group, column in values), strict=True
        )
        return map(b"[%b]".__mod__, map(b",".join, each))

    return made


def _count(at: int) -> Part:
    return lambda _, read: each_as_json(read[at])


def _typename(of: GraphQLObjectType) -> Part:
    told = repeated(of.name)
    return lambda _, read: told(read)
