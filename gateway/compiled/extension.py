"""Answers operations from their plans within the ordinary pipeline: after authentication, parsing, limits and validation, in the
place of execution.
"""

from collections.abc import AsyncIterator
from typing import Any

import orjson
from graphql import ExecutionResult
from strawberry.extensions import SchemaExtension

from gateway.compiled import NotCovered
from gateway.compiled.operation import Compiled, compiled
from gateway.context import Context
from gateway.freshness import touch
from sync.database import DatabaseFault


class CompiledOperations(SchemaExtension):
    """Presets the result where there is a plan; else execution goes on as if this were not here. What a plan could not answer
    is answered, and told, by ordinary execution.
    """

    async def on_execute(self) -> AsyncIterator[None]:
        """Around execution."""
        asked = self.execution_context
        if asked.result is None and asked.query and isinstance(asked.context, Context):
            plan = compiled(asked.schema, asked.query, asked.operation_name, asked.graphql_document)
            if plan is not None:
                asked.result = await _answered(plan, asked.variables, asked.context)
        yield


async def _answered(plan: Compiled, variables: dict[str, Any] | None, context: Context) -> ExecutionResult | None:
    try:
        bound = plan.bound(orjson.dumps(variables or {}))
        if not bound.may_be_read_by(context.viewer):
            return None
        data, regions = await context.read(
            lambda session: bound.answer(session, context.scope), is_large=bound.is_large
        )
    except (NotCovered, DatabaseFault, TypeError):  # the last: variables that are no JSON
        return None
    touch(regions)
    told: Any = orjson.Fragment(data) if context.tells_json else orjson.loads(data)
    return ExecutionResult(told)
