"""Operations made from the schema by chance: any field of any type, arguments where they are required and sometimes where
they are not. The same seed makes the same operations from the same schema.
"""

import random
from collections.abc import Iterator, Mapping
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_required_argument,
    parse,
    validate,
)

DEEPEST: Final = 5
# What depends on the moment it is asked at, so that no two answers need agree.
_OF_THE_MOMENT: Final = frozenset(
    {"ageMinutes", "isFresh", "isOverdue", "dueAt", "heartbeatAt", "generatedAt", "lastUsedAt"}
)
_TEXTS: Final = ('"数据"', '"平台"', '"a"')


class Generator:
    """`ids` are values by argument name: ids that exist, so that answers hold something."""

    def __init__(self, schema: GraphQLSchema, seed: int, ids: Mapping[str, list[str]]) -> None:
        self._schema = schema
        self._rng = random.Random(seed)
        self._ids = ids

    def operations(self, count: int) -> Iterator[str]:
        """So many valid documents."""
        made = 0
        while made < count:
            document = self._operation(made)
            if document is not None and not validate(self._schema, parse(document)):
                made += 1
                yield document

    def _operation(self, number: int) -> str | None:
        query = self._schema.query_type
        assert query is not None
        names = self._rng.sample(sorted(query.fields), k=self._rng.choice((1, 1, 2)))
        parts = [self._field(name, query.fields[name], 1) for name in names]
        return f"query Generated{number} {{ {' '.join(part for part in parts if part)} }}" if any(parts) else None

    def _field(self, name: str, field: GraphQLField, depth: int) -> str | None:
        arguments = self._arguments(field.args)
        if arguments is None:
            return None
        below = get_named_type(field.type)
        if not is_composite_type(below):
            return name + arguments
        selection = self._selection(below, depth + 1)
        return f"{name}{arguments} {selection}" if selection else None

    def _selection(self, kind: GraphQLNamedType, depth: int) -> str | None:
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) or depth > DEEPEST:
            return None
        parts = self._fields(kind, depth)
        if isinstance(kind, GraphQLInterfaceType):
            for concrete in self._rng.sample(self._schema.get_possible_types(kind), k=self._rng.randint(0, 3)):
                own = {n: f for n, f in concrete.fields.items() if n not in kind.fields}
                names = self._rng.sample(sorted(own), k=self._rng.randint(1, len(own)))
                parts.append(f"... on {concrete.name} {{ {' '.join(names)} }}")
        if self._rng.random() < 0.2:
            parts.append("__typename")
        return f"{{ {' '.join(parts)} }}" if parts else None

    def _fields(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> list[str]:
        names = [name for name in sorted(kind.fields) if name not in _OF_THE_MOMENT]
        edges = [name for name in names if name in ("edges", "node", "items")]  # or hardly anything is looked at
        chosen = dict.fromkeys([*edges, *self._rng.sample(names, k=min(len(names), self._rng.randint(1, 5)))])
        made = (self._field(name, kind.fields[name], depth) for name in chosen)
        return [part for part in made if part]

    def _arguments(self, arguments: Mapping[str, GraphQLArgument]) -> str | None:
        """The arguments in brackets; None where a required one cannot be made."""
        parts = []
        for name, argument in arguments.items():
            required = is_required_argument(argument)
            if not required and name != "first" and self._rng.random() < 0.6:
                continue
            value = self._value(name, argument.type)
            if value is not None:
                parts.append(f"{name}: {value}")
            elif required:
                return None
        return f"({', '.join(parts)})" if parts else ""

    def _value(self, name: str, kind: Any) -> str | None:
        if isinstance(kind, GraphQLNonNull):
            return self._value(name, kind.of_type)
        if isinstance(kind, GraphQLList):
            value = self._value(name, kind.of_type)
            return None if value is None else f"[{value}]"
        return self._object(kind) if isinstance(kind, GraphQLInputObjectType) else self._scalar(name, kind)

    def _scalar(self, name: str, kind: GraphQLNamedType) -> str | None:
        if isinstance(kind, GraphQLEnumType):
            return self._rng.choice(sorted(kind.values))
        if kind.name == "Boolean":
            return self._rng.choice(("true", "false"))
        if name == "first":
            return str(self._rng.randint(1, 5))
        if name in self._ids:
            return f'"{self._rng.choice(self._ids[name])}"'
        return self._rng.choice(_TEXTS) if kind.name == "String" and name in ("text", "organisation") else None

    def _object(self, kind: GraphQLInputObjectType) -> str | None:
        names = self._rng.sample(sorted(kind.fields), k=min(len(kind.fields), self._rng.randint(1, 2)))
        values = {name: self._value(name, kind.fields[name].type) for name in names}
        parts = [f"{name}: {value}" for name, value in values.items() if value is not None]
        return f"{{{', '.join(parts)}}}"
