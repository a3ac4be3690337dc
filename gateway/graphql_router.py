"""GraphQL over HTTP as the hub and its subgraphs serve it."""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from strawberry import Schema
from strawberry.fastapi import GraphQLRouter
from strawberry.http.streaming import HTTPStreamTransport
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL

from gateway.sockets import MOST_OPERATIONS, SECONDS_TO_BEGIN, Connection, Events, EventStream, Socket
from schema.errors import Problem, RequestError

PROTOCOLS: Final = (GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL)
_NUL: Final = re.compile(r"\\u(0000|\{0+\})")  # as JSON and GraphQL write it; PostgreSQL stores no text that holds it


class StrictRouter(GraphQLRouter[Any, None]):
    """Reads bodies strictly: half a character, or one that no database takes, is the client's mistake and not ours.
    Documents come by POST alone, so that none stands in a log of addresses. Subscriptions come by `protocols`.
    """

    graphql_transport_ws_handler_class = Connection
    websocket_adapter_class = Socket

    stream_transport_classes_by_protocol: ClassVar[Mapping[str, type[HTTPStreamTransport]]] = {  # type: ignore[misc]
        GRAPHQL_SSE_PROTOCOL: Events
    }

    def __init__(
        self, schema: Schema, context_getter: Callable[..., Any], protocols: Sequence[str] = PROTOCOLS
    ) -> None:
        super().__init__(
            schema,
            context_getter=context_getter,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=protocols,
            connection_init_wait_timeout=timedelta(seconds=SECONDS_TO_BEGIN),
            max_subscriptions_per_connection=MOST_OPERATIONS,
        )

    async def create_streaming_response(
        self,
        request: Request,
        stream: Callable[[], AsyncIterator[str]],
        sub_response: Response,
        headers: Mapping[str, str],
    ) -> Response:
        """Server-sent events."""
        del request, sub_response
        return EventStream(stream(), headers=dict(headers))

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
