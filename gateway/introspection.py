"""Questions about the schema itself: answered aside, since they take long and wait for nothing, so that nobody waits for them."""

from collections.abc import AsyncIterator
from functools import partial

from graphql import FieldNode, OperationType, execute_sync, get_operation_ast
from strawberry.extensions import SchemaExtension

from gateway.offloading import aside


class IntrospectionAside(SchemaExtension):
    """Presets the result of queries that ask for nothing else."""

    async def on_execute(self) -> AsyncIterator[None]:
        """Around execution."""
        made = self.execution_context
        document = made.graphql_document
        operation = get_operation_ast(document, made.operation_name) if document is not None else None
        if document is not None and operation is not None and operation.operation is OperationType.QUERY:
            roots = operation.selection_set.selections
            if all(isinstance(root, FieldNode) and root.name.value.startswith("__") for root in roots):
                answer = partial(
                    execute_sync,
                    made.schema._schema,  # noqa: SLF001  strawberry has no public way to it
                    document,
                    variable_values=made.variables,
                    operation_name=made.operation_name,
                )
                made.result = await aside(answer)
        yield
