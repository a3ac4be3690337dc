"""What fields, arguments and members of enumerations mean, for those who read the schema: Chinese first, English beside.

What is said where a type is declared stays there. Everything else stands in `words/`: by name where a name means the same
wherever it stands, by type where it does not. A test finds what has no words.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
)

Described = GraphQLNamedType | GraphQLField | GraphQLArgument | GraphQLEnumValue | GraphQLInputField
_FOREIGN: Final = ("_", "link__")  # what GraphQL and Apollo Federation define, with words of their own
_FOLDER: Final = Path(__file__).parent / "words"


def describe(schema: GraphQLSchema) -> None:
    """Give words to whatever of a schema has none yet. What standards define is left alone."""
    for places, what in parts(schema):
        if not what.description:
            what.description = next((found for place in places if (found := _words().get(place))), None)


def parts(schema: GraphQLSchema) -> Iterator[tuple[list[str], Described]]:
    """Everything of ours in a schema that can be described, each with the places where its words may stand, nearest first:
    the first is the thing's own name.
    """
    for name, kind in schema.type_map.items():
        if name.startswith(_FOREIGN):
            continue
        yield [name], kind
        if isinstance(kind, GraphQLEnumType):
            yield from (([f"{name}.{member}"], value) for member, value in kind.values.items())
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            homes = [name, *(each.name for each in kind.interfaces)]
            for field, told in kind.fields.items():
                if field.startswith(_FOREIGN):
                    continue
                yield _places(homes, field), told
                for argument, given in told.args.items():
                    yield [*(f"{home}.{field}.{argument}" for home in homes), argument], given
        elif isinstance(kind, GraphQLInputObjectType):
            yield from ((_places([name], field), taken) for field, taken in kind.fields.items())


def _places(homes: list[str], field: str) -> list[str]:
    return [*(f"{home}.{field}" for home in homes), field]


@cache
def _words() -> dict[str, str]:
    """Words by place: `Type.field`, `Type.field.argument`, `Enum.MEMBER`, or a name alone."""
    read: dict[str, dict[str, Any]] = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in _FOLDER.iterdir()}
    tables = {**read["fields"], **read["enums"]}
    return {f"{home}.{name}": text for home, table in tables.items() for name, text in table.items()} | read["any"]
