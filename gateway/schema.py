"""The GraphQL schemas of both deployments, and their text.

Embedded, one process serves one schema. Distributed, the registry and every region serve a subgraph of Apollo Federation
each, from the same resolvers; a router puts them together. What each declares of `Entry` is told in `gateway.entry_types`.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import strawberry
from strawberry import federation
from strawberry.extensions import SchemaExtension
from strawberry.federation.schema_directives import Key
from strawberry.federation.types import FieldSet

import schema as language
from adapters.registry import regions
from gateway import entry_types
from gateway.errors import ReadableErrors
from gateway.limits.extension import Limits
from gateway.mutation import Mutation
from gateway.native import NativeErrors
from gateway.query import Query

REGISTRY: Final = "registry"  # the name of the registry's subgraph; those of regions are called by their slugs
FEDERATION: Final = "2.9"
FOLDER: Final = Path(language.__file__).parent
_EXTENSIONS: Final[tuple[Callable[[], SchemaExtension] | type[SchemaExtension], ...]] = (
    ReadableErrors,
    NativeErrors,
    Limits,
)


@cache
def graphql_schema() -> strawberry.Schema:
    """The embedded schema, made once a process; every region's concrete entry type is in it, whole."""
    return strawberry.Schema(
        query=Query, mutation=Mutation, types=list(entry_types.wholes().values()), extensions=_EXTENSIONS
    )


@cache
def registry_schema() -> federation.Schema:
    """The registry's subgraph: everything but native fields."""
    made = federation.Schema(
        query=Query,
        mutation=Mutation,
        types=list(entry_types.stubs().values()),
        extensions=_EXTENSIONS,
        federation_version=FEDERATION,
    )
    # The interface has a key here and none in the embedded schema, where the directive would name what is not defined.
    entry = made._schema.type_map["Entry"]  # noqa: SLF001  strawberry has no public way to what it prints
    name = made.schema_converter.DEFINITION_BACKREF
    entry.extensions[name] = replace(entry.extensions[name], directives=[Key(fields=FieldSet("id"))])
    return made


@cache
def region_schema(code: str) -> federation.Schema:
    """The subgraph of the region with this code: the native fields of its entries and nothing else."""
    return federation.Schema(types=[entry_types.natives()[code]], extensions=_EXTENSIONS, federation_version=FEDERATION)


def subgraphs() -> dict[str, federation.Schema]:
    """All subgraphs by name, the registry's first."""
    provinces = {adapter.manifest.slug: region_schema(code) for code, adapter in regions().items()}
    return {REGISTRY: registry_schema(), **provinces}


def texts() -> dict[Path, str]:
    """Every schema as text, by the file in which the repository keeps it."""
    made: dict[str, strawberry.Schema] = {"schema.graphql": graphql_schema()}
    made |= {f"subgraphs/{name}.graphql": each for name, each in subgraphs().items()}
    return {FOLDER / file: f"# Made by `make schema`; do not edit.\n\n{each.as_str()}\n" for file, each in made.items()}


def sdl() -> str:
    """The embedded schema as text."""
    return texts()[FOLDER / "schema.graphql"]
