"""Clients that take nothing: what is sent to them waits so long and no longer, over either transport."""

import asyncio

import pytest
from starlette.websockets import WebSocket
from strawberry.http.exceptions import WebSocketDisconnected

from gateway import sockets
from gateway.graphql_router import StrictRouter
from gateway.schema import graphql_schema
from gateway.sockets import EventStream, Socket


@pytest.fixture(autouse=True)
def _impatient(monkeypatch) -> None:
    monkeypatch.setattr(sockets, "SECONDS_TO_TAKE", 0.05)


async def full(message) -> None:
    """A connection whose buffers are full: whatever is sent waits for ever."""
    if message["type"] != "websocket.accept":
        await asyncio.Event().wait()


async def nothing():
    return {"type": "websocket.connect"}


async def test_a_stream_of_events_that_nobody_takes_ends() -> None:
    async def events():
        yield "event: next\r\ndata: {}\r\n\r\n"

    with pytest.raises(TimeoutError):
        await EventStream(events()).stream_response(full)


async def test_a_socket_that_takes_nothing_counts_as_gone() -> None:
    websocket = WebSocket({"type": "websocket", "path": "/graphql", "headers": []}, nothing, full)
    await websocket.accept()
    socket = Socket(StrictRouter(graphql_schema(), lambda: None), websocket, websocket)
    with pytest.raises(WebSocketDisconnected):
        await socket.send_json({"type": "next"})
