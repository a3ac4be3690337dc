"""Each operation has a context of its own, also where several come over one connection."""

from typing import Any

from strawberry.extensions import SchemaExtension


class OwnContext(SchemaExtension):
    """Stands first among the extensions. What an operation loaded, and whom it noted as failing, is nobody else's; over one
    socket operations would otherwise see what others loaded minutes ago.
    """

    def on_operation(self) -> Any:  # noqa: ANN401  strawberry's hooks are untyped generators
        """Before the operation."""
        self.execution_context.context = self.execution_context.context.anew()
        yield
