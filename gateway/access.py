"""Who may ask for a field and what it costs, declared beside the field: `extensions=[Access(NATIONAL, cost=20)]`.

Every root field has one (a test walks the schema and finds those that have none). It is enforced here, before the field's
own code runs, and again below: repositories read within the viewer's scope, and PostgreSQL has policies of its own.
Fields of objects go with the object that they are read from; what of it a viewer may not see is left out where it is made.
"""

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from graphql import OperationType
from strawberry import Info
from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import AsyncExtensionResolver, SyncExtensionResolver
from strawberry.types.field import StrawberryField

from schema.key_scope import KeyScope
from schema.types.cost import costs
from schema.vocabulary import Role

if TYPE_CHECKING:
    from gateway.auth import Viewer

NATIONAL, REGION, JOB = Role.NATIONAL, Role.REGION, Role.JOB
ROLES: Final = "roles"  # where a field's metadata has them


def declared(*roles: Role, cost: int = 1, size: int | None = None) -> dict[str, Any]:
    """What `Access` writes into a field's metadata: for subscriptions, which take no extensions and read for everybody with a
    key as that viewer.
    """
    return {**costs(cost, size), ROLES: frozenset(roles or tuple(Role))}


def may_read(viewer: "Viewer", field: StrawberryField) -> bool:
    """Whether the field would let this viewer through."""
    return KeyScope.READ in viewer.scopes and viewer.role in field.metadata[ROLES]


class Access(FieldExtension):
    """The roles that may ask for a field, everybody with a key unless some are named; its weight, and the size of its list
    where it takes no `first`.
    """

    def __init__(self, *roles: Role, cost: int = 1, size: int | None = None) -> None:
        self._roles = roles or tuple(Role)
        self._metadata = declared(*self._roles, cost=cost, size=size)

    def apply(self, field: StrawberryField) -> None:
        """Write it where whoever measures a document finds it."""
        field.metadata = MappingProxyType({**field.metadata, **self._metadata})

    def resolve(self, next_: SyncExtensionResolver, source: Any, info: Info, **kwargs: Any) -> Any:  # noqa: ANN401  any field
        """Let through, or RequestError with status 403."""
        self._check(info)
        return next_(source, info, **kwargs)

    async def resolve_async(self, next_: AsyncExtensionResolver, source: Any, info: Info, **kwargs: Any) -> Any:  # noqa: ANN401  as above
        """As `resolve`."""
        self._check(info)
        return await next_(source, info, **kwargs)

    def _check(self, info: Info) -> None:
        changes = info.operation.operation is OperationType.MUTATION
        info.context.viewer.require_scope(KeyScope.WRITE if changes else KeyScope.READ)
        info.context.viewer.require(*self._roles)
