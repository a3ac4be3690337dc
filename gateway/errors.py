"""What clients may read of an error. Errors of ours that were made to be read pass, with code and problems; everything
else is masked, logged whole, and found again by its reference.
"""

import logging
import re
import secrets
from dataclasses import replace
from typing import Any, Final

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import JSONResponse
from strawberry.extensions import SchemaExtension

from schema.errors import DexhubError, Problem, RequestError

# How graphql-core begins what it says of a variable that could not be read.
_VARIABLE: Final = re.compile(r"^Variable '\$(?P<name>\w+)' has invalid value(?: at (?P<path>\S+))?:")
_log = logging.getLogger("dexhub.gateway")


def body(error: DexhubError) -> dict[str, Any]:
    """An error of ours as GraphQL writes errors, for answers of any kind."""
    return {"errors": [{"message": _words(error), "extensions": extensions(error)}]}


def extensions(error: DexhubError) -> dict[str, Any]:
    """Code and problems."""
    return {"code": error.code, "problems": [problem.as_dict() for problem in error.problems]}


def _words(error: DexhubError) -> str:
    return "；".join(f"{problem.zh} / {problem.en}" for problem in error.problems)


async def answer(request: Request, error: Exception) -> JSONResponse:
    """The handler of errors for plain HTTP."""
    del request
    if not isinstance(error, RequestError):
        message, details = _masked(error)
        return JSONResponse({"errors": [{"message": message, "extensions": details}]}, status_code=500)
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return JSONResponse(body(error), status_code=error.status, headers=headers)


class ReadableErrors(SchemaExtension):
    """Rewrites the errors of an execution: ours with code and both languages, foreign ones masked."""

    def on_operation(self) -> Any:  # noqa: ANN401  strawberry's hooks are untyped generators
        """After the operation."""
        yield
        _rewrite(self.execution_context.result)

    def on_stream_result(self, result: Any) -> Any:  # noqa: ANN401  as above
        """Each message of a subscription, before it is sent."""
        _rewrite(result)
        yield


def _rewrite(result: Any) -> None:  # noqa: ANN401  as above
    errors = getattr(result, "errors", None)
    if errors:
        result.errors = [_readable(error) for error in errors]


def _readable(error: GraphQLError) -> GraphQLError:
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if isinstance(original, RequestError) and not error.path:
        original = RequestError([_placed(problem, error) for problem in original.problems], original.status)
    if original is None:  # syntax, validation, coercion: graphql-core's own words, about the client's own document
        return error
    if isinstance(original, DexhubError):
        message, details = _words(original), extensions(original)
    elif isinstance(original, GraphQLError):
        return original
    else:
        message, details = _masked(original)
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, None, details)


def _placed(problem: Problem, error: GraphQLError) -> Problem:
    """A problem of a value that could not be read, with its place in the variables or in the document."""
    if problem.place:
        return problem
    variable = _VARIABLE.search(error.message)
    where = error.locations[0] if error.locations else None
    line = f"{where.line}:{where.column}" if where else ""
    return replace(problem, place=f"{variable['name']}{variable['path'] or ''}" if variable else line)


def _masked(error: Exception) -> tuple[str, dict[str, Any]]:
    """What may be said of an error that nobody expected; the whole of it goes to the log."""
    reference = secrets.token_hex(4)
    _log.error("unexpected error %s", reference, exc_info=error)
    message = f"内部错误，编号 {reference} / internal error, reference {reference}"
    return message, {"code": "INTERNAL", "reference": reference}
