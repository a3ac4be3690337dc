"""Random operations over the root fields that have plans: fragments, aliases, @skip and @include, variables of every kind."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)

Values = Mapping[str, Sequence[Any]]


class Queries:
    """`values` are what conditions of the filter are compared with; `beyond` also selects what no plan covers."""

    def __init__(self, schema: GraphQLSchema, seed: int, values: Values, *, beyond: bool) -> None:
        self._schema, self._chance, self._values, self._beyond = schema, random.Random(seed), values, beyond
        self._concrete = schema.get_possible_types(schema.type_map["Entry"])  # type: ignore[arg-type]  # an interface
        self._names = 0
        self._fragments: list[str] = []
        self._variables: dict[str, tuple[str, Any]] = {}

    def one(self) -> tuple[str, dict[str, Any]]:
        """A document and its variables."""
        self._fragments, self._variables = [], {}
        fields = [self._root() for _ in range(self._chance.choice((1, 1, 2)))]
        declared = ", ".join(f"${name}: {kind}" for name, (kind, _) in self._variables.items())
        head = f"query Q({declared})" if declared else "query Q"
        text = "\n".join((f"{head} {{ {' '.join(fields)} }}", *self._fragments))
        return text, {name: value for name, (_, value) in self._variables.items()}

    def _root(self) -> str:
        name = self._chance.choice(("entries", "entries", "entry", "statistics"))
        alias = f"{self._name()}: "
        if name == "entry":
            known = self._chance.choice([*self._values["ids"], "41:nobody"])
            return f"{alias}entry(id: {self._given('ID!', known)}) {self._selection(self._schema.type_map['Entry'], 3)}"
        if name == "statistics":
            groups = self._chance.sample(["REGION", "STAGE", "AWARD", "NATIONAL_TRACK", "NATIVE_TRACK", "CITY"], 2)
            arguments = f"groupBy: {self._given('[EntryGroupKey!]!', groups, enum=True)}{self._filter()}"
            return f"{alias}statistics({arguments}) {self._selection(self._schema.type_map['StatisticsRow'], 3)}"
        return f"{alias}entries({self._page()}{self._filter()}{self._sort()}) {self._connection()}"

    def _page(self) -> str:
        way = self._chance.choice(("first", "last"))
        return f"{way}: {self._given('Int', self._chance.choice((0, 1, 3, 7)))}"

    def _filter(self) -> str:
        if self._chance.random() < 0.3:
            return ""
        chosen = self._chance.sample(sorted(self._values), self._chance.choice((1, 1, 2)))
        made = {name: self._chance.sample(list(self._values[name]), 1) for name in chosen}
        if self._chance.random() < 0.3:
            made = {"or": [{name: value} for name, value in made.items()]}
        if self._chance.random() < 0.2:
            made = {"not": made}
        return f", filter: {self._variable('EntryFilterInput', made)}"

    def _sort(self) -> str:
        if self._chance.random() < 0.5:
            return ""
        keys = self._chance.sample(["SUBMITTED_AT", "TITLE", "STAGE", "AWARD", "SCORE", "REGION"], 2)
        sort = [{"by": key, "descending": self._chance.random() < 0.5} for key in keys]
        return f", sort: {self._variable('[EntrySortInput!]', sort)}"

    def _connection(self) -> str:
        return self._selection(self._schema.type_map["EntryConnection"], 5)

    def _selection(self, kind: GraphQLNamedType | None, depth: int) -> str:
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            return ""
        names = [name for name in kind.fields if self._fits(kind, name, depth)]
        chosen = self._chance.sample(names, min(len(names), self._chance.randint(1, 5))) if names else []
        parts = [self._field(kind, name, depth) for name in chosen]
        if not parts or self._chance.random() < 0.2:
            parts.append(self._aliased("__typename"))
        if kind.name == "Entry" and self._chance.random() < 0.3:
            on = self._chance.choice(list(self._concrete))
            parts.append(f"... on {on.name} {self._selection(on, depth)}")
        if depth > 1 and self._chance.random() < 0.2:
            parts.append(self._spread(kind, depth - 1))
        return f"{{ {' '.join(parts)} }}"

    def _fits(self, kind: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> bool:
        field = kind.fields[name]
        worked_out = bool(field.args) or name in _WORKED_OUT or self._is_native(kind, name)
        return (depth > 0 or is_leaf_type(get_named_type(field.type))) and (self._beyond or not worked_out)

    def _is_native(self, kind: GraphQLObjectType | GraphQLInterfaceType, name: str) -> bool:
        return kind in self._concrete and name not in self._schema.type_map["Entry"].fields  # type: ignore[attr-defined]  # an interface

    def _field(self, kind: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> str:
        below = get_named_type(kind.fields[name].type)
        selected = "" if is_leaf_type(below) else f" {self._selection(below, depth - 1)}"
        return f"{self._aliased(name)}{self._directive()}{selected}"

    def _aliased(self, name: str) -> str:
        return f"{self._name()}: {name}" if self._chance.random() < 0.1 else name

    def _spread(self, kind: GraphQLNamedType, depth: int) -> str:
        name = self._name().upper()
        body = self._selection(kind, depth)
        self._fragments.append(f"fragment {name} on {kind.name} {body}")
        return f"...{name}{self._directive()}"

    def _directive(self) -> str:
        if self._chance.random() > 0.15:
            return ""
        return (
            f" @{self._chance.choice(('skip', 'include'))}(if: {self._given('Boolean!', self._chance.random() < 0.5)})"
        )

    def _given(self, kind: str, value: Any, *, enum: bool = False) -> str:
        """As a variable or as it stands."""
        if self._chance.random() < 0.5:
            return self._variable(kind, value)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list):
            return f"[{', '.join(value)}]"
        return str(value) if isinstance(value, int) or enum else f'"{value}"'

    def _variable(self, kind: str, value: Any) -> str:
        name = f"v{len(self._variables)}"
        self._variables[name] = (kind, value)
        return f"${name}"

    def _name(self) -> str:
        self._names += 1
        return f"n{self._names}"


_WORKED_OUT = {"duplicateCases", "eligibility", "history", "freshness"}
