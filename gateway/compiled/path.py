"""Has requests for the graph answered in turns, where the ordinary way of ASGI leads to it: see `gateway.compiled.turns`."""

import asyncio
from dataclasses import dataclass
from functools import cache
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.compiled.asked import Asked
from gateway.compiled.kept import Answer
from gateway.compiled.recognition import media_of
from gateway.compiled.turns import Turns
from gateway.errors import answer
from gateway.headers import said
from schema.errors import RequestError

GRAPH: Final = "/graphql"
OUTCOME: Final = "outcome"  # in a scope's state: what came of a request that was asked before it took this way
_STRANGERS: Final = 64 << 10  # bytes of a body that is received before it is known who asks
_BY_GET: Final = ((b"cache-control", b"private, no-cache"), (b"vary", b"Authorization, Accept"))


class CompiledPath:
    """Innermost of what wraps the application: bodies are bounded and headers are added outside of it."""

    path: Final = GRAPH  # by which requests are logged

    def __init__(self, app: ASGIApp, turns: Turns) -> None:
        self._app, self._turns = app, turns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let it be answered."""
        media = media_of(scope) if scope["type"] == "http" and scope["path"] == GRAPH else None
        if media is None:
            await self._app(scope, receive, send)
            return
        messages: list[Message] = []
        if OUTCOME in scope.get("state", ()):
            outcome = scope["state"].pop(OUTCOME)
        else:
            try:
                self._turns.admit(scope)
                raw = await _whole(scope, receive, messages)
                outcome = None if raw is None else await self._asked(scope, raw)
            except RequestError as error:  # of an address that may not knock, or a body that did not come
                outcome = error
        if isinstance(outcome, RequestError):
            scope["route"] = self
            refusal = await answer(Request(scope), outcome)
            await refusal(scope, receive, send)
        elif outcome is None:
            await self._app(scope, _again(messages, receive), send)
        else:
            scope["route"] = self
            made = response(scope, media, outcome)
            await send({"type": "http.response.start", "status": made.status, "headers": [*made.steady, *made.own]})
            await send({"type": "http.response.body", "body": made.body})

    async def _asked(self, scope: Scope, raw: bytes) -> Answer | RequestError | None:
        asked = _Awaited(scope, raw)
        self._turns.ask(asked)
        return await asked.outcome


class _Awaited(Asked):
    """Of which the outcome is waited for."""

    __slots__ = ("outcome",)

    def __init__(self, scope: Scope, raw: bytes) -> None:
        super().__init__(scope, raw)
        self.outcome: asyncio.Future[Answer | RequestError | None] = asyncio.get_running_loop().create_future()

    def then(self, outcome: Answer | RequestError | None) -> None:
        """Unless nobody waits any more."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as it goes out."""

    status: int
    steady: tuple[tuple[bytes, bytes], ...]  # headers that others have too
    own: list[tuple[bytes, bytes]]
    body: bytes


def response(scope: Scope, media: str, found: Answer) -> Response:
    """What came by GET may be kept by the client, if it asks each time whether it still holds."""
    if scope["method"] == "POST":
        return Response(200, _steady(media, ()), [_length(found.body)], found.body)
    steady, tag = _steady(media, _BY_GET), (b"etag", found.tag.encode())
    if found.tag in (said(scope, b"if-none-match") or ""):
        return Response(304, steady, [tag], b"")
    return Response(200, steady, [tag, _length(found.body)], found.body)


@cache
def _steady(media: str, more: tuple[tuple[bytes, bytes], ...]) -> tuple[tuple[bytes, bytes], ...]:
    return (b"content-type", f"{media}; charset=utf-8".encode()), *more


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()


async def _whole(scope: Scope, receive: Receive, messages: list[Message]) -> bytes | None:
    """What was sent; None where it is so much that it takes the ordinary way. What was received of it is noted."""
    if scope["method"] == "GET":
        return bytes(scope["query_string"])
    size, more = 0, True
    while more and size <= _STRANGERS:
        messages.append(await receive())
        size, more = size + len(messages[-1].get("body", b"")), messages[-1].get("more_body", False)
    return None if more else b"".join(message.get("body", b"") for message in messages)


def _again(messages: list[Message], receive: Receive) -> Receive:
    """What was received, once more, and what comes after it."""
    left = iter(messages)

    async def replay() -> Message:
        message = next(left, None)
        return await receive() if message is None else message

    return replay
