"""Bounds every operation: measured before it is validated, charged to whoever asks, and given up when it takes too long."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, Final

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

from gateway.limits.measure import measure
from gateway.limits.refusals import refusal, too_slow
from schema.errors import RequestError

_TOO_LONG: Final = "Syntax Error: Document contains more than"
_TOO_DEEP: Final = "Syntax Error: Document is nested too deeply"
REFUSED: Final = 120_000  # units that a document beyond a limit costs, though it is not run: reading it took time
_DIGITS: Final = 400  # more than any number has that is not infinite; Python reads no more than 4,300
_NUMBER: Final = re.compile(rf"\d{{{_DIGITS + 1},}}")
_GUESS: Final = re.compile(r" Did you mean .*", re.DOTALL)


class Limits(SchemaExtension):
    """Refuses in the protocol what exceeds a limit of the context; tells no names of the schema to whoever may not ask
    for it.
    """

    def on_operation(self) -> Any:  # noqa: ANN401  strawberry's hooks are untyped generators
        """The parser counts tokens itself and stops at the bound; what it says of that is said in our words."""
        made = self.execution_context
        made.parse_options["max_tokens"] = made.context.limits.tokens
        yield
        if made.result is not None and made.result.errors:
            made.result.errors = [self._told(error) for error in made.result.errors]
            if any(
                isinstance(error.original_error, RequestError) for error in made.result.errors if error.path is None
            ):
                made.context.fine(REFUSED)

    def on_validate(self) -> Any:  # noqa: ANN401  as above
        """Validation is left out where the measure is refused."""
        made = self.execution_context
        try:
            if digits := _NUMBER.search(made.query or ""):
                raise refusal("LIMIT_DIGITS", _DIGITS, len(digits.group()))
            found = measure(
                made.schema._schema,  # noqa: SLF001  strawberry has no public way to it
                made.graphql_document,  # type: ignore[arg-type]  # parsed by now
                made.variables or {},
                made.context.limits,
                made.operation_name,
                introspection=made.context.may_introspect,
            )
            made.context.spend(found.cost)
        except RequestError as error:
            made.pre_execution_errors = [GraphQLError(str(error), original_error=error)]
        yield
        if not made.context.may_introspect:
            for each in made.pre_execution_errors or ():
                each.message = _GUESS.sub("", each.message)

    async def on_execute(self) -> AsyncIterator[None]:
        """A query is given up at the limit, by whatever way it came. What changes something is not: nobody could tell whether
        it was done.
        """
        made = self.execution_context
        seconds: float = made.context.limits.seconds
        try:
            async with asyncio.timeout(seconds if made.operation_type is OperationType.QUERY else None):
                yield
        except TimeoutError:
            raise too_slow(seconds) from None

    def _told(self, error: GraphQLError) -> GraphQLError:
        limits = self.execution_context.context.limits
        if error.message.startswith(_TOO_LONG):
            found: RequestError = refusal("LIMIT_TOKENS", limits.tokens, limits.tokens + 1)
        elif error.message.startswith(_TOO_DEEP):
            found = refusal("LIMIT_DEPTH", limits.depth, limits.depth + 1)
        else:
            return error
        return GraphQLError(str(found), original_error=found)
