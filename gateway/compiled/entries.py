"""What is selected of entries, as JSON of their rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from graphql import FieldNode, GraphQLObjectType

from gateway import entry_types
from gateway.compiled import NotCovered
from gateway.compiled.projection import TYPENAME, Columns, Reader, projection
from gateway.compiled.read_models import ENTRY
from gateway.compiled.selection import Selection
from sync.repository.ready import Row

REGION: Final = "region"  # the first column of every row, by which it is known what type an entry has


class Entries:
    """The projections of one selection of `Entry`, one for each region's concrete type, or one for all of them where it selects the
    same of each; they share their columns, of which the first is the region.
    """

    def __init__(self, selection: Selection, nodes: Sequence[FieldNode], columns: Columns) -> None:
        made: dict[Any, Reader] = {}
        self._made: dict[str, Reader] = {}
        for code, kind in entry_types.wholes().items():
            of = _named(selection, kind.__name__)
            fields = selection.below(of, nodes)
            same = tuple((key, *map(id, found)) for key, found in fields.items())
            named = any(found[0].name.value == TYPENAME for found in fields.values())
            shape = (same, of.name if named else None)
            if shape not in made:
                made[shape] = projection(selection, of, fields, ENTRY, columns)
            self._made[code] = made[shape]
        self._one = next(iter(made.values())) if len(made) == 1 else None

    def objects(self, rows: Sequence[Row]) -> Iterable[bytes]:
        """What is selected of each row, as JSON."""
        if not rows:
            return ()
        if self._one is not None:
            return self._one(list(zip(*rows, strict=True)))
        parts: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            parts[row[0]].append(row)
        found = {code: iter(self._made[code](list(zip(*part, strict=True)))) for code, part in parts.items()}
        return [next(found[row[0]]) for row in rows]


def _named(selection: Selection, name: str) -> GraphQLObjectType:
    found = selection.operation.schema.type_map[name]
    if not isinstance(found, GraphQLObjectType):
        raise NotCovered
    return found
