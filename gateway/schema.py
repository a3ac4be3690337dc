"""The GraphQL schemas of both deployments, and their text.

Embedded, one process serves one schema. Distributed, the registry and every region serve a subgraph of Apollo Federation
each, from the same resolvers; a router puts them together. What each declares of `Entry` is told in `gateway.entry_types`.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import strawberry
from graphql import GraphQLError
from strawberry import federation
from strawberry.extensions import SchemaExtension
from strawberry.federation.schema_directives import Key
from strawberry.federation.types import FieldSet
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

import schema as language
from adapters.registry import regions
from gateway import entry_types, negotiation
from gateway.compiled.extension import CompiledOperations
from gateway.errors import ReadableErrors, rewrite
from gateway.freshness import FreshnessOfAnswer
from gateway.introspection import IntrospectionAside
from gateway.known_documents import KnownDocuments
from gateway.limits.extension import Limits
from gateway.mutation import Mutation
from gateway.native import NativeErrors
from gateway.operation import OwnContext
from gateway.query import Query
from gateway.subscription import Subscription
from schema.types.scalars import SCALARS
from schema.types.words import describe

REGISTRY: Final = "registry"  # the name of the registry's subgraph; those of regions are called by their slugs
FEDERATION: Final = "2.9"
FOLDER: Final = Path(language.__file__).parent
_EXTENSIONS: Final[tuple[Callable[[], SchemaExtension] | type[SchemaExtension], ...]] = (
    OwnContext,
    FreshnessOfAnswer,
    ReadableErrors,
    NativeErrors,
    Limits,
    KnownDocuments,
    IntrospectionAside,
    CompiledOperations,
)


class _Schema(strawberry.Schema):
    """How the hub differs from strawberry, in both deployments."""

    async def execute(self, *given: Any, **more: Any) -> ExecutionResult:  # noqa: ANN401  handed on
        """One answer to one operation. Of subscriptions, whose answers are many, strawberry would run the first step as if it
        were a value; they come by `stream`.
        """
        asked = {*(more.get("allowed_operation_types") or OperationType)} - {OperationType.SUBSCRIPTION}
        try:
            result = await super().execute(*given, **{**more, "allowed_operation_types": asked})
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                raise negotiation.events_needed() from None
            raise
        rewrite(result)  # an operation that was given up has left its extensions behind
        return result

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing here, as strawberry would with the values that clients sent: what nobody expected is logged by
        `ReadableErrors`. A document that could not be read is told of by whoever read it.
        """
        unreadable = execution_context.context.unreadable if execution_context is not None else None
        if unreadable is not None:
            errors[:] = [unreadable]


class _Subgraph(_Schema, federation.Schema):
    pass


_CONFIG: Final = StrawberryConfig(scalar_map=SCALARS)
_Made = TypeVar("_Made", bound=strawberry.Schema)


@cache
def graphql_schema() -> strawberry.Schema:
    """The embedded schema, made once a process; every region's concrete entry type is in it, whole."""
    return _worded(
        _Schema(
            query=Query,
            mutation=Mutation,
            subscription=Subscription,
            types=list(entry_types.wholes().values()),
            extensions=_EXTENSIONS,
            config=_CONFIG,
        )
    )


@cache
def registry_schema() -> federation.Schema:
    """The registry's subgraph: everything but native fields."""
    made = _Subgraph(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=list(entry_types.stubs().values()),
        extensions=_EXTENSIONS,
        config=_CONFIG,
        federation_version=FEDERATION,
    )
    # The interface has a key here and none in the embedded schema, where the directive would name what is not defined.
    entry = made._schema.type_map["Entry"]  # noqa: SLF001  strawberry has no public way to what it prints
    name = made.schema_converter.DEFINITION_BACKREF
    entry.extensions[name] = replace(entry.extensions[name], directives=[Key(fields=FieldSet("id"))])
    return _worded(made)


@cache
def region_schema(code: str) -> federation.Schema:
    """The subgraph of the region with this code: the native fields of its entries and nothing else."""
    return _worded(
        _Subgraph(
            types=[entry_types.natives()[code]],
            extensions=_EXTENSIONS,
            federation_version=FEDERATION,
            config=_CONFIG,
        )
    )


def _worded(made: _Made) -> _Made:
    """With words for everything that was declared without."""
    describe(made._schema)  # noqa: SLF001  strawberry has no public way to the schema it made
    return made


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
