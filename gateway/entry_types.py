"""The concrete type of each region's entries, in three forms made from the one that the region's folder declares.

`natives` is what the region's own subgraph serves: the key and what only the region knows. `stubs` is what the registry's
subgraph serves: the key and what all regions have in common. `wholes` has both and is what the embedded schema serves.
Entries are always made as wholes, whose bases the stubs are, so that one code makes them for the registry too.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, cast

import strawberry
from pydantic import JsonValue
from strawberry import federation
from strawberry.types import get_object_definition

from adapters import registry
from schema.types.entry import Entry
from schema.types.native import AsksProvinces, NativeEntry, native_names


@cache
def natives() -> dict[str, type[NativeEntry]]:
    """By region code."""
    return {code: registry.subgraph(adapter.manifest.slug).ENTRY for code, adapter in registry.regions().items()}


@cache
def stubs() -> dict[str, type[Entry]]:
    """By region code."""
    return {
        code: federation.type(keys=["id"], description=get_object_definition(native, strict=True).description)(
            type(native.__name__, (Entry,), {})
        )
        for code, native in natives().items()
    }


@cache
def wholes() -> dict[str, type[Entry]]:
    """By region code."""
    return {code: _whole(stub, natives()[code]) for code, stub in stubs().items()}


def _whole(stub: type[Entry], native: type[NativeEntry]) -> type[Entry]:
    added = {
        field.python_name: strawberry.field(
            resolver=_read(field.python_name), graphql_type=field.type, description=field.description
        )
        for field in get_object_definition(native, strict=True).fields
        if field.python_name in native_names(native)
    }
    description = get_object_definition(stub, strict=True).description
    return strawberry.type(description=description)(type(stub.__name__, (stub,), added))


def _read(name: str) -> Callable[..., Awaitable[JsonValue]]:
    async def read(root: strawberry.Parent[Entry], info: strawberry.Info) -> Any:  # noqa: ANN401  the field says what it is
        return (await cast("AsksProvinces", info.context).native_of(root.id, info)).get(name)

    return read
