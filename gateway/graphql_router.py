"""GraphQL over HTTP as the hub and its subgraphs serve it."""

import re
from collections.abc import Callable
from typing import Any, Final

import orjson
from strawberry import Schema
from strawberry.fastapi import GraphQLRouter

from schema.errors import Problem, RequestError

_NUL: Final = re.compile(r"\\u(0000|\{0+\})")  # as JSON and GraphQL write it; PostgreSQL stores no text that holds it


class StrictRouter(GraphQLRouter[Any, None]):
    """Reads bodies strictly: half a character, or one that no database takes, is the client's mistake and not ours.
    Documents come by POST alone, so that none stands in a log of addresses.
    """

    def __init__(self, schema: Schema, context_getter: Callable[..., Any]) -> None:
        super().__init__(schema, context_getter=context_getter, graphql_ide=None, allow_queries_via_get=False)

    def decode_json(self, data: str | bytes) -> dict[str, Any]:
        """The JSON object of a body."""
        try:
            found = orjson.loads(data)
            text = data if isinstance(data, str) else data.decode()
        except ValueError:
            found, text = None, ""
        if not isinstance(found, dict) or _NUL.search(text):
            raise RequestError(
                Problem(
                    "BODY_INVALID",
                    "body",
                    zh="请求体须为一个 UTF-8 JSON 对象，且不含空字符",
                    en="the body must be one JSON object in UTF-8, without NUL characters",
                    remedy_zh='例如 {"query": "{ regions { name } }"}',
                    remedy_en='for instance {"query": "{ regions { name } }"}',
                )
            )
        return found
