"""GraphQL over HTTP as the hub and its subgraphs serve it: to the letter, and strict about what comes in."""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry import Schema
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.http.streaming import HTTPStreamTransport
from strawberry.http.types import QueryParams
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.unset import UNSET

from gateway import negotiation
from gateway.errors import headers_of
from gateway.sockets import MOST_OPERATIONS, SECONDS_TO_BEGIN, Connection, Events, EventStream, Socket
from gateway.trusted_documents import TrustedDocuments
from schema.errors import Problem, RequestError

PROTOCOLS: Final = (GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL)
_NUL: Final = re.compile(r"\\u(0000|\{0+\})")  # as JSON and GraphQL write it; PostgreSQL stores no text that holds it


class StrictRouter(GraphQLRouter[Any, None]):
    """Reads bodies strictly: half a character, or one that no database takes, is the client's mistake and not ours.
    Queries may come by GET, where nothing they hold is logged; everything that changes something comes by POST as JSON.
    Subscriptions come by `protocols`.
    """

    graphql_transport_ws_handler_class = Connection
    websocket_adapter_class = Socket

    stream_transport_classes_by_protocol: ClassVar[Mapping[str, type[HTTPStreamTransport]]] = {  # type: ignore[misc]
        GRAPHQL_SSE_PROTOCOL: Events
    }

    def __init__(
        self,
        schema: Schema,
        context_getter: Callable[..., Any],
        protocols: Sequence[str] = PROTOCOLS,
        documents: TrustedDocuments | None = None,
    ) -> None:
        super().__init__(
            schema,
            context_getter=context_getter,
            graphql_ide=None,
            allow_queries_via_get=True,
            subscription_protocols=protocols,
            connection_init_wait_timeout=timedelta(seconds=SECONDS_TO_BEGIN),
            max_subscriptions_per_connection=MOST_OPERATIONS,
        )
        self._documents = documents or TrustedDocuments()

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

    async def run(self, request: Any, context: Any = UNSET, root_value: Any = UNSET) -> Any:  # noqa: ANN401  as declared above us
        """One request; what strawberry refuses in a few words of its own is refused in ours."""
        if isinstance(request, WebSocket):
            return await super().run(request, context, root_value)
        if self._get_stream_transport_from_headers(request.headers) is None:
            negotiation.wanted(request.headers.get("Accept"))
            context.tells_json = True
        try:
            response = await super().run(request, context, root_value)
        except HTTPException as error:
            raise _refusal(error) from None
        refused: RequestError | None = getattr(request.state, "refused", None)
        if refused is not None and refused.status != 400:
            response.status_code = refused.status
            response.headers.update(headers_of(refused))
        return response

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData | list[GraphQLRequestData]:
        """One operation: batches would multiply every limit."""
        if request.method == "POST":
            negotiation.check_content_type(request.content_type)
        data = await super().parse_http_body(request)
        if isinstance(data, list) or not isinstance(data.operation_name, str | None):
            raise _body_invalid()
        return data

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Without `data` where nothing was run, which is what tells a refused request from fields that failed."""
        made = await super().process_result(request, result)
        if result.errors and result.data is None and all(error.path is None for error in result.errors):
            del made["data"]
            request.state.code = next((str((error.extensions or {}).get("code", "")) for error in result.errors), "")
            request.state.refused = max(
                (error.original_error for error in result.errors if isinstance(error.original_error, RequestError)),
                key=lambda error: error.status,
                default=None,
            )
        return made

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        """GraphiQL has an address of its own: see `gateway.graphiql`."""
        del request
        return False

    async def get_sub_response(self, request: Request) -> Response:
        """What the answer is made from; it knows how the client wants it."""
        response = await super().get_sub_response(request)
        accept = request.headers.get("Accept")
        if self._get_stream_transport_from_headers(request.headers) is None:
            response.media_type = negotiation.wanted(accept)
        return response

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """By the client's media type, with the status that belongs to it."""
        media = sub_response.media_type or negotiation.JSON
        status = 400 if "data" not in response_data and media == negotiation.RESPONSE else 200
        headers = {"Content-Type": f"{media}; charset=utf-8"}
        return Response(orjson.dumps(response_data, default=str), status_code=status, headers=headers)

    def parse_json(self, data: str | bytes) -> Any:  # noqa: ANN401  an object, but for strawberry
        """The object of a body with the document that it names."""
        return self._documents.named(self.decode_json(data)) if isinstance(data, bytes) else self.decode_json(data)

    def parse_query_params(self, params: QueryParams) -> dict[str, Any]:
        """The same of an address."""
        return self._documents.named(super().parse_query_params(params))

    def decode_json(self, data: str | bytes) -> dict[str, Any]:
        """The JSON object of a body, or of a part of an address."""
        return json_object(data)


def json_object(data: str | bytes) -> dict[str, Any]:
    """The JSON object that `data` is; RequestError for anything else."""
    try:
        found = orjson.loads(data)
        text = data if isinstance(data, str) else data.decode()
    except ValueError:
        found, text = None, ""
    if not isinstance(found, dict) or _NUL.search(text):
        raise _body_invalid()
    return found


def _body_invalid() -> RequestError:
    return RequestError(
        Problem(
            "BODY_INVALID",
            "body",
            zh="请求体须为一个 UTF-8 JSON 对象，不含空字符；不接受批量",
            en="the body must be one JSON object in UTF-8, without NUL characters; no batches",
            remedy_zh='例如 {"query": "{ regions { name } }"}',
            remedy_en='for instance {"query": "{ regions { name } }"}',
        )
    )


def _refusal(error: HTTPException) -> RequestError:
    """Strawberry's refusals: no query, wrong types of its companions, an unknown operation, a mutation by GET."""
    by_get = "not allowed when" in error.reason or error.status_code == 405
    if by_get:
        problem = Problem(
            "METHOD_NOT_ALLOWED", "method", "GET 只可查询", "GET is for queries alone",
            remedy_zh="变更用 POST", remedy_en="send mutations by POST",
        )  # fmt: skip
        return RequestError(problem, status=405)
    problem = Problem(
        "REQUEST_INVALID", "body", f"请求不成立：{error.reason}", f"the request does not hold: {error.reason}",
        remedy_zh="query 为文本，variables、extensions 为对象，operationName 指文档中的一个操作",
        remedy_en="query is text, variables and extensions are objects, operationName names one of the document's operations",
    )  # fmt: skip
    return RequestError(problem, status=error.status_code)
