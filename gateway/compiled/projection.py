"""Turns a selection into a projection: how a row, or any object of ours, becomes the object that was selected.

A getter is made once for each field and called once a row; what does not depend on the row, such as a track with its topics, is
made once a value and kept as JSON.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter, itemgetter
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
from schema.provenance import CHINA

Getter = Callable[[Any], Any]
TYPENAME: Final = "__typename"
_TEXTS: Final = 8192  # lists of which a selection is at hand
DEFINITION: Final = "strawberry-definition"


class Columns:
    """The columns that a projection needs, each with its place in the row."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def place(self, name: str) -> int:
        """Where the column stands; it is read from now on."""
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)


class Reading(Protocol):
    """Where a field of a read model is read from, and how."""

    def getter(
        self, selection: Selection, of: GraphQLOutputType, nodes: Sequence[FieldNode], columns: Columns
    ) -> Getter:
        """From a row to the field's value; NotCovered where the selection goes beyond what is stored."""


@dataclass(frozen=True, slots=True)
class Column:
    """A value of its own, changed by `shown` unless there is none."""

    name: str
    shown: Callable[[Any], Any] | None = None

    def getter(
        self, selection: Selection, of: GraphQLOutputType, nodes: Sequence[FieldNode], columns: Columns
    ) -> Getter:
        """The column's value."""
        del selection, of, nodes
        at, shown = columns.place(self.name), self.shown
        if shown is None:
            return itemgetter(at)
        return lambda row: None if row[at] is None else shown(row[at])


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of a few objects that the process has, by the value of a column."""

    name: str
    objects: Callable[[], Mapping[str, Any]]

    def getter(
        self, selection: Selection, of: GraphQLOutputType, nodes: Sequence[FieldNode], columns: Columns
    ) -> Getter:
        """The object as JSON, made when it is first needed."""
        at, objects, shown = columns.place(self.name), self.objects(), completer(selection, of, nodes)
        known: dict[str | None, Any] = {None: None}

        def get(row: Any) -> Any:  # noqa: ANN401  a row
            key = row[at]
            if key not in known:
                known[key] = orjson.Fragment(orjson.dumps(shown(objects.get(key))))
            return known[key]

        return get


@dataclass(frozen=True, slots=True)
class Made:
    """An object made of columns."""

    fields: Mapping[str, Reading]

    def getter(
        self, selection: Selection, of: GraphQLOutputType, nodes: Sequence[FieldNode], columns: Columns
    ) -> Getter:
        """The object."""
        return projection(selection, _object(of), selection.below(_object(of), nodes), self.fields, columns)


@dataclass(frozen=True, slots=True)
class Listed:
    """The objects of a JSON list that a column holds, as text or not; with `only`, the first for which that field is true."""

    name: str
    fields: Sequence[str]
    only: str | None = None
    text: bool = True

    def getter(
        self, selection: Selection, of: GraphQLOutputType, nodes: Sequence[FieldNode], columns: Columns
    ) -> Getter:
        """The list as it stands where all of it is selected, else with what is selected of each."""
        at, only, text = columns.place(self.name), self.only, self.text
        kind = _object(of)
        wanted: list[tuple[str, str]] = []
        for key, same in selection.below(kind, nodes).items():
            name = same[0].name.value
            if name != TYPENAME and name not in self.fields:
                raise NotCovered
            wanted.append((key, name))
        if text and only is None and wanted == [(name, name) for name in self.fields]:
            return lambda row: orjson.Fragment(row[at])
        part = _Part(tuple(wanted), kind.name, only)
        if text:
            return lambda row: _of_text(row[at], part)
        return lambda row: part.of(row[at])


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


@lru_cache(maxsize=_TEXTS)
def _of_text(text: str, part: _Part) -> orjson.Fragment:
    """The same of a list that is stored as text; what was asked for of late is at hand."""
    return orjson.Fragment(orjson.dumps(part.of(orjson.loads(text))))


def projection(
    selection: Selection, of: GraphQLObjectType, fields: Fields, known: Mapping[str, Reading], columns: Columns
) -> Getter:
    """From a row to an object of the type with the selected fields, which are read as `known` says."""
    pairs: list[tuple[str, Getter]] = []
    for key, nodes in fields.items():
        name = nodes[0].name.value
        if name == TYPENAME:
            pairs.append((key, _always(of.name)))
            continue
        if name not in known or nodes[0].arguments:
            raise NotCovered
        pairs.append((key, known[name].getter(selection, of.fields[name].type, nodes, columns)))
    return lambda row: {key: get(row) for key, get in pairs}


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
    kind = _object(of)
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


def _object(of: GraphQLOutputType) -> GraphQLObjectType:
    named = get_named_type(of)
    if not isinstance(named, GraphQLObjectType):
        raise NotCovered
    return named


def _always(value: str) -> Getter:
    return lambda _: value


def _then(first: Getter, second: Getter) -> Getter:
    return lambda value: second(first(value))


def moment(value: datetime) -> datetime:
    """A moment as contest people read it, which JSON writes as `DateTime` does."""
    return value.astimezone(CHINA)
