"""Subscriptions over graphql-transport-ws: who may connect, how often, and when a connection is given up.

The key comes with the handshake's Authorization header, or, from browsers, which cannot send one, in the first message's
payload under the same name. Codes of closing beside those of the protocol: 4403 no valid key, 4429 too many connections.
A peer that is gone is found by uvicorn's pings; one that takes nothing for SECONDS_TO_TAKE is cut off.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final

from starlette.responses import StreamingResponse
from starlette.types import Message, Send
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, WebSocketDisconnected
from strawberry.http.streaming import SSETransport
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import ConnectionInitMessage

from gateway.admission import viewer_behind
from schema.errors import RequestError

SECONDS_TO_BEGIN: Final = 10  # until the first message
SECONDS_TO_TAKE: Final = 30  # for a client to take one message
MOST_CONNECTIONS: Final = 10  # of one viewer at a time, in one process
MOST_OPERATIONS: Final = 20  # at a time on one connection

_open: Counter[tuple[object, object]] = Counter()  # connections by hub and viewer


class Socket(ASGIWebSocketAdapter):
    """Reads as strictly as the router does, and does not wait for ever."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """The messages; NonJsonMessageReceived at one that is none."""
        try:
            async for message in super().iter_json(ignore_parsing_errors=ignore_parsing_errors):
                yield message
        except RequestError as error:
            raise NonJsonMessageReceived from error

    async def send_json(self, message: Mapping[str, object]) -> None:
        """WebSocketDisconnected where the client does not take it in time."""
        try:
            async with asyncio.timeout(SECONDS_TO_TAKE):
                await super().send_json(message)
        except TimeoutError as error:
            raise WebSocketDisconnected from error


class Connection(BaseGraphQLTransportWSHandler[Any, Any]):
    """One connection of one viewer."""

    _place: tuple[object, object] | None = None

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Let in who shows a key and has not too many connections open."""
        if self.connection_init_received:
            await super().handle_connection_init(message)  # which closes: it may come once
            return
        payload = message.get("payload")
        given = payload.get("Authorization") if isinstance(payload, dict) else None
        given = given or self.context.request.headers.get("Authorization")
        hub = self.context.hub
        try:
            viewer = await viewer_behind(hub, given if isinstance(given, str) else None)
        except RequestError as error:
            await self.websocket.close(4403, error.code)
            return
        if _open[hub, viewer] >= MOST_CONNECTIONS:
            await self.websocket.close(4429, "CONNECTIONS_EXCEEDED")
            return
        self._place = (hub, viewer)
        _open[self._place] += 1
        self.context.admit(viewer, given)
        await super().handle_connection_init(message)

    async def shutdown(self) -> None:
        """Give the place back."""
        if self._place is not None:
            _open[self._place] -= 1
            if not _open[self._place]:
                del _open[self._place]
        await super().shutdown()


class Events(SSETransport):
    """Server-sent events whose lines end as most write them: the readers that routers have look for nothing else."""

    def encode_event(self, event: str, data: str | None = None) -> str:
        """One event."""
        return super().encode_event(event, data).replace("\r\n", "\n")

    def encode_comment(self, comment: str) -> str:
        """What keeps a connection open while nothing happens."""
        return super().encode_comment(comment).replace("\r\n", "\n")


class EventStream(StreamingResponse):
    """Server-sent events to a client that takes them."""

    async def stream_response(self, send: Send) -> None:
        """TimeoutError, which ends the connection, where the client takes nothing any more."""

        async def in_time(message: Message) -> None:
            async with asyncio.timeout(SECONDS_TO_TAKE):
                await send(message)

        await super().stream_response(in_time)
