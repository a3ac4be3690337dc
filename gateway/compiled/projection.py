"""Turns a selection into a projection: how rows, or any object of ours, become the objects that were selected, as JSON.

Rows are read by columns: what a field needs is done for all rows of a page in one call, as calling something for each field of each
row takes longer than what is called. What does not depend on the row, such as a track with its topics, is made once a value.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain, repeat
from operator import attrgetter
from typing import Any, Final, Protocol

import orjson
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_leaf_type,
)
from strawberry.types.field import StrawberryField

from gateway.compiled import NotCovered
from gateway.compiled.selection import Fields, Selection
from schema.held_json import held
from schema.provenance import CHINA
from sync.tables.columns import moment_told

Getter = Callable[[Any], Any]
Read = Sequence[Sequence[Any]]  # columns of some rows
Reader = Callable[[Read], Iterable[bytes]]  # from them to what each row shows in one place, in order, as JSON
TYPENAME: Final = "__typename"
_TEXTS: Final = 8192  # lists of which a selection is at hand
_PARTS: Final = 256
_HOURS: Final = 10_000  # more than a year has
_FRACTIONS: Final = 1000
DEFINITION: Final = "strawberry-definition"


class Columns:
    """The columns that a projection needs, each with its place in the row. There is always one, which says how many rows there are."""

    def __init__(self, first: str) -> None:
        self.names = [first]

    def place(self, name: str) -> int:
        """Where the column stands; it is read from now on."""
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)


class Reading(Protocol):
    """Where a field of a read model is read from, and how."""

    def reader(
        self, selection: Selection, of: GraphQLOutputType, nodes: Sequence[FieldNode], columns: Columns
    ) -> Reader:
        """From columns to the field's values; NotCovered where the selection goes beyond what is stored."""


@dataclass(frozen=True, slots=True)
class Column:
    """A value of its own, changed by `shown` unless there is none."""

    name: str
    shown: Callable[[Any], Any] | None = None

    def reader(
        self, selection: Selection, of: GraphQLOutputType, nodes: Sequence[FieldNode], columns: Columns
    ) -> Reader:
        """The column's values."""
        del selection, of, nodes
        at, shown = columns.place(self.name), self.shown
        if shown is None:
            return lambda read: each_as_json(read[at])
        return lambda read: each_as_json(list(map(shown, read[at])))


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of a few objects that the process has, by the value of a column."""

    name: str
    objects: Callable[[], Mapping[str, Any]]

    def reader(
        self, selection: Selection, of: GraphQLOutputType, nodes: Sequence[FieldNode], columns: Columns
    ) -> Reader:
        """The objects, each made when it is first needed."""
        at, objects, shown = columns.place(self.name), self.objects(), completer(selection, of, nodes)
        known = AsJson(lambda key: shown(objects.get(key)))
        return lambda read: map(known.__getitem__, read[at])


class AsJson(dict[Any, bytes]):
    """What stands for values, as JSON, made when it is first needed."""

    def __init__(self, made: Getter) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, key: Any) -> bytes:  # noqa: ANN401  a value that can be a key
        found = self[key] = held(orjson.dumps(self._made(key)))
        return found


@dataclass(frozen=True, slots=True)
class Made:
    """An object made of columns."""

    fields: Mapping[str, Reading]

    def reader(
        self, selection: Selection, of: GraphQLOutputType, nodes: Sequence[FieldNode], columns: Columns
    ) -> Reader:
        """The objects."""
        return projection(selection, object_of(of), selection.below(object_of(of), nodes), self.fields, columns)


@dataclass(frozen=True, slots=True)
class Listed:
    """The objects of a JSON list that a column holds as text; with `only`, the first for which that field is true. `exactly` says
    that they hold these fields in this order and nothing else.
    """

    name: str
    fields: Sequence[str]
    only: str | None = None
    exactly: bool = True

    def reader(
        self, selection: Selection, of: GraphQLOutputType, nodes: Sequence[FieldNode], columns: Columns
    ) -> Reader:
        """The lists as they stand where all of them is selected, else with what is selected of each."""
        at, kind = columns.place(self.name), object_of(of)
        wanted: list[tuple[str, str]] = []
        for key, same in selection.below(kind, nodes).items():
            name = same[0].name.value
            if name != TYPENAME and name not in self.fields:
                raise NotCovered
            wanted.append((key, name))
        if self.exactly and self.only is None and wanted == [(name, name) for name in self.fields]:
            return lambda read: map(str.encode, read[at])
        part = _part(tuple(wanted), kind.name, self.only)
        return lambda read: map(_of_text, read[at], repeat(part))


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What is selected of a list: names in the answer with those of fields; with `only`, of the first for which that is true."""

    wanted: tuple[tuple[str, str], ...]
    typename: str
    only: str | None

    def of(self, stored: Sequence[Mapping[str, Any]]) -> Any:  # noqa: ANN401  JSON
        """As JSON has it."""
        if self.only is not None:
            return self._one(next(each for each in stored if each[self.only]))
        return [self._one(each) for each in stored]

    def _one(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self.typename if name == TYPENAME else stored[name] for key, name in self.wanted}


_part: Final = lru_cache(maxsize=_PARTS)(
    _Part
)  # one for all operations that select the same; it is told from others by identity


@lru_cache(maxsize=_TEXTS)
def _of_text(text: str, part: _Part) -> bytes:
    """The same of a list that is stored as text; what was asked for of late is at hand."""
    return held(orjson.dumps(part.of(orjson.loads(text))))


def projection(
    selection: Selection, of: GraphQLObjectType, fields: Fields, known: Mapping[str, Reading], columns: Columns
) -> Reader:
    """From columns to objects of the type with the selected fields, which are read as `known` says."""
    readers: dict[str, Reader] = {}
    for key, nodes in fields.items():
        name = nodes[0].name.value
        if name == TYPENAME:
            readers[key] = repeated(of.name)
            continue
        if name not in known or nodes[0].arguments:
            raise NotCovered
        readers[key] = known[name].reader(selection, of.fields[name].type, nodes, columns)
    whole, each = Objects(readers), tuple(readers.values())
    return lambda read: whole.made([of(read) for of in each], len(read[0]))


class Objects:
    """Puts together objects of their parts, which stand under these names in the answer."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = [repeat(b'%b"%b":' % (b"," if at else b"{", name.encode())) for at, name in enumerate(names)]

    def made(self, parts: Iterable[Iterable[bytes]], size: int) -> Iterable[bytes]:
        """So many objects, as JSON; a part goes on for as long or for ever."""
        pieces = chain.from_iterable(zip(self._names, parts, strict=True))
        return map(b"".join, zip(*pieces, repeat(b"}" if self._names else b"{}", size), strict=False))


def repeated(value: str) -> Callable[[object], Iterable[bytes]]:
    """The same text for each row."""
    told = repeat(orjson.dumps(value))
    return lambda _: told


def each_as_json(values: Sequence[Any]) -> Sequence[bytes]:
    """The JSON of each of some values, at least one, that are text, numbers or nothing. One call writes all of them, a line each, which
    no value has an end of within itself: a call for each would take forty times as long.
    """
    return orjson.dumps(values, option=orjson.OPT_INDENT_2)[4:-2].split(b",\n  ")


def listed(each: Iterable[bytes]) -> orjson.Fragment:
    """A list of them."""
    return orjson.Fragment(b"[%b]" % b",".join(each))


def completer(selection: Selection, of: GraphQLOutputType, nodes: Sequence[FieldNode]) -> Getter:
    """From a plain object of ours, or a value, to what the selection shows of it."""
    if isinstance(of, GraphQLNonNull):
        return completer(selection, of.of_type, nodes)
    if isinstance(of, GraphQLList):
        each = completer(selection, of.of_type, nodes)
        return lambda value: None if value is None else [each(one) for one in value]
    if is_leaf_type(of):
        serialise = lru_cache(maxsize=1024)(of.serialize) if isinstance(of, GraphQLEnumType) else of.serialize
        return lambda value: None if value is None else serialise(value)
    kind = object_of(of)
    pairs: list[tuple[str, Getter]] = []
    for key, same in selection.below(kind, nodes).items():
        name = same[0].name.value
        if name == TYPENAME:
            pairs.append((key, _always(kind.name)))
            continue
        attribute = _attribute(kind, name)
        if attribute is None or same[0].arguments:
            raise NotCovered
        pairs.append((key, _then(attrgetter(attribute), completer(selection, kind.fields[name].type, same))))
    return lambda value: None if value is None else {key: get(value) for key, get in pairs}


def _attribute(of: GraphQLObjectType, name: str) -> str | None:
    """The attribute that a field is read from; None where a resolver works it out."""
    field = of.fields[name].extensions.get(DEFINITION)
    return field.python_name if isinstance(field, StrawberryField) and field.base_resolver is None else None


def object_of(of: GraphQLOutputType) -> GraphQLObjectType:
    """The type of objects that stands behind this one, whether of one or of a list; NotCovered where it is none."""
    named = get_named_type(of)
    if not isinstance(named, GraphQLObjectType):
        raise NotCovered
    return named


def _always(value: str) -> Getter:
    return lambda _: value


def _then(first: Getter, second: Getter) -> Getter:
    return lambda value: second(first(value))


def moment(told: str) -> str:
    """A moment, in the text in which a database tells it in UTC, as contest people read it and `DateTime` writes it. Its parts are
    turned by themselves, as many moments share their hour and few are told to less than a second.
    """
    return f"{_until_the_hour(told[:13])}{told[13:19]}{_within_the_second(told[19:])}"


@lru_cache(maxsize=_HOURS)
def _until_the_hour(told: str) -> str:
    return moment_told(f"{told}:00").astimezone(CHINA).isoformat()[:13]


@lru_cache(maxsize=_FRACTIONS)
def _within_the_second(told: str) -> str:
    """The fraction of a second, if there is one, and the zone."""
    found = datetime.fromisoformat(f"2000-01-01 00:00:00{told}")
    if found.utcoffset():
        raise ValueError(told)  # the connection is not one of ours
    return found.replace(tzinfo=CHINA).isoformat()[19:]
