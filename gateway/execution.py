"""Runs GraphQL documents in process, under a viewer's own rights: for the command line and the demonstration."""

from typing import Any

import orjson

from gateway.auth import Viewer
from gateway.context import Context
from gateway.hub import Hub
from gateway.schema import graphql_schema
from schema.errors import Problem, RequestError


async def execute(hub: Hub, viewer: Viewer, document: str, variables: str | dict[str, Any] = "{}") -> dict[str, Any]:
    """The answer as GraphQL over HTTP would give it."""
    try:
        values = orjson.loads(variables) if isinstance(variables, str) else variables
        if not isinstance(values, dict):
            raise TypeError("variables are an object")  # noqa: TRY301  one remedy for both
    except (orjson.JSONDecodeError, TypeError) as error:
        raise RequestError(
            Problem(
                "VARIABLES_INVALID",
                "--variables",
                zh="变量不是 JSON 对象",
                en=f"the variables are no JSON object: {error}",
                remedy_zh="例如 --variables '{\"first\": 5}'",
                remedy_en="for instance --variables '{\"first\": 5}'",
            )
        ) from None
    result = await graphql_schema().execute(document, values, Context(hub, viewer))
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [error.formatted for error in result.errors]
    return answer
