"""`interface Entry` as a province's own subgraph declares it: an entry's id, and what only the province knows of it.

The registry declares the interface with a key and everything that all provinces have in common (`schema.types.entry`).
Here it has neither: a province adds fields to its own type alone, found by the type's key.
"""

from collections.abc import Mapping
from typing import Protocol, Self, cast

import strawberry
from pydantic import JsonValue
from strawberry.types import get_object_definition


class AsksProvinces(Protocol):
    """What a request's context must be able to load for native fields."""

    async def native_of(self, entry: str, info: strawberry.Info) -> Mapping[str, JsonValue]:
        """The native fields of an entry, in one batch for all that are asked for together; empty where its province does
        not give them, which the answer then says once.
        """


@strawberry.interface(
    name="Entry", description="参赛项目：各省共有的部分 / An entry: what all provinces have in common"
)
class NativeEntry:
    """The base of every province's own type. All fields but the id are nullable: a province may be down."""

    id: strawberry.ID = strawberry.field(description="地区代码:省内编号 / Region code, colon, the province's own id")

    @classmethod
    async def resolve_reference(cls, info: strawberry.Info, id: strawberry.ID) -> Self:  # noqa: A002  the key's name
        """The entity that a router asks for: loaded once, its fields then plain attributes."""
        found = await cast("AsksProvinces", info.context).native_of(id, info)
        return cls(id=id, **{name: found.get(name) for name in native_names(cls)})


def native_names(native: type[NativeEntry]) -> list[str]:
    """The Python names of the fields that a province's type adds."""
    return [
        field.python_name for field in get_object_definition(native, strict=True).fields if field.python_name != "id"
    ]
