"""What clients may read of an error. Errors of ours that were made to be read pass, with code and problems; everything
else is masked, logged whole, and found again by its reference.
"""

import logging
import re
import secrets
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import orjson
from fastapi.exceptions import RequestValidationError
from graphql import GraphQLError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from strawberry.extensions import SchemaExtension

from gateway import negotiation
from gateway.limits.rates import TooManyRequests
from schema.errors import DexhubError, Problem, RequestError, unnumbered

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


def headers_of(error: RequestError) -> dict[str, str]:
    """The headers that belong to a status."""
    if error.status == 401:
        return {"WWW-Authenticate": "Bearer"}
    if error.status == 408:  # the rest of the body is not waited for; that of one too large is read and thrown away
        return {"Connection": "close"}
    return {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyRequests) else {}


async def answer(request: Request, error: Exception) -> Response:
    """The handler of errors for plain HTTP, GraphQL's own included."""
    if isinstance(error, HTTPException | RequestValidationError):
        error = _plain(error)
    if not isinstance(error, RequestError):
        message, details = _masked(error)
        content = {"errors": [{"message": message, "extensions": details}]}
        return _response(request, content, 500, {})
    request.state.code = error.code
    return _response(request, body(error), error.status, headers_of(error))


def _response(request: Request, content: dict[str, Any], status: int, headers: dict[str, str]) -> Response:
    media = negotiation.JSON
    if request.url.path.startswith("/graphql"):
        with suppress(RequestError):  # whoever takes events alone, or nothing of ours, is refused in JSON
            media = negotiation.wanted(request.headers.get("Accept"))
    return Response(
        orjson.dumps(content), status_code=status, headers={**headers, "Content-Type": f"{media}; charset=utf-8"}
    )


def _plain(error: HTTPException | RequestValidationError) -> RequestError:
    """What the framework refuses by itself, without a word of what was sent."""
    if isinstance(error, RequestValidationError):
        places = sorted({".".join(str(part) for part in each["loc"]) for each in error.errors()})
        problems = [
            Problem(
                "PARAMETER_INVALID", place[:200], "缺少或格式有误", "missing or of the wrong form", None,
                "补充或改正该参数", "give it, or mend its form",
            )
            for place in places
        ]  # fmt: skip
        return RequestError(problems, status=422)
    if error.status_code == 404:
        problem = Problem(
            "NOT_FOUND", "path", "没有这个地址", "there is no such address", None,
            "核对地址，见 README", "check it against the README",
        )  # fmt: skip
    elif error.status_code == 405:
        problem = Problem(
            "METHOD_NOT_ALLOWED", "method", "不支持该方法", "that method is not for this address", None,
            "查询用 GET 或 POST，变更用 POST", "read by GET or POST, change by POST",
        )  # fmt: skip
    else:
        problem = Problem(
            "REQUEST_INVALID", "body", "请求有误", "the request is wrong", None,
            "核对请求的首部与内容", "check its headers and its body",
        )  # fmt: skip
    return RequestError(problem, status=error.status_code)


class ReadableErrors(SchemaExtension):
    """Rewrites the errors of an execution: ours with code and both languages, foreign ones masked."""

    def on_operation(self) -> Any:  # noqa: ANN401  strawberry's hooks are untyped generators
        """After the operation."""
        yield
        rewrite(self.execution_context.result)

    def on_stream_result(self, result: Any) -> Any:  # noqa: ANN401  as above
        """Each message of a subscription, before it is sent."""
        rewrite(result)
        yield


def rewrite(result: Any) -> None:  # noqa: ANN401  as above
    """The errors of a result as clients may read them; what was rewritten stays as it is."""
    errors = getattr(result, "errors", None)
    if errors:
        result.errors = [_readable(error) for error in errors]


def _readable(error: GraphQLError) -> GraphQLError:
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if isinstance(original, RequestError) and not error.path and not all(each.place for each in original.problems):
        original = RequestError([_placed(problem, error) for problem in original.problems], original.status)
    if original is None:  # syntax, validation, coercion: graphql-core's own words, about the client's own document
        return error
    if isinstance(original, DexhubError):
        message, details = _words(original), extensions(original)
    elif isinstance(original, GraphQLError):
        return original
    else:
        message, details = _masked(original)
    kept = original if isinstance(original, DexhubError) else None
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, kept, details)


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
    reference = unnumbered(secrets.token_hex(4))
    _log.error("unexpected error %s", reference, exc_info=error)
    message = f"内部错误，编号 {reference} / internal error, reference {reference}"
    return message, {"code": "INTERNAL", "reference": reference}
