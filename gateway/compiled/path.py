"""Answers what was asked before without the pipeline: a document that was once measured, parsed, validated and compiled there is
recognised by its text, and only what depends on this request is done again.

That is: who asks, what it costs with these variables and whether the asker has as much left, the answer itself. Everything
unusual (another media type, a document that is not trusted, a refused value, a field that fails) goes the ordinary way, which
tells it in its own words; whoever was recognised, and what was paid, is known there already.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from strawberry import Schema

from gateway import negotiation
from gateway.auth import viewer_of
from gateway.compiled import NotCovered
from gateway.compiled.operation import Bound, Compiled, known
from gateway.context import Context
from gateway.errors import answer
from gateway.freshness import beside, freshness
from gateway.graphql_router import json_object
from gateway.hub import Hub
from gateway.limits.refusals import too_slow
from gateway.trusted_documents import TrustedDocuments
from schema.errors import RequestError
from sync.database import DatabaseFault, Session

_MEASURED: Final = 5000  # operations with their variables
_STREAMS: Final = ("text/event-stream", "multipart/")  # media types whose answers come in pieces


class CompiledPath:
    """Innermost of what wraps the application: bodies are bounded and headers are added outside of it."""

    path: Final = "/graphql"  # by which requests are logged

    def __init__(self, app: ASGIApp, hub: Hub, schema: Schema, documents: TrustedDocuments) -> None:
        self._app, self._hub, self._schema, self._documents = app, hub, schema, documents
        self._limits = hub.settings.limits
        self._cost = lru_cache(maxsize=_MEASURED)(self._measured)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let it be answered."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != self.path:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        media = _media(request)
        if media is None:
            await self._app(scope, receive, send)
            return
        try:
            viewer = await viewer_of(request)
            messages = await _received(receive)
        except RequestError as error:
            await self._refuse(request, error, send)
            return
        context = Context(self._hub, viewer, request.headers.get("Authorization"))
        request.state.context = context
        try:
            found = await self._answer(context, b"".join(message.get("body", b"") for message in messages))
        except (NotCovered, RequestError, DatabaseFault):
            await self._app(scope, _again(messages, receive), send)
        except TimeoutError:
            await self._refuse(request, too_slow(self._limits.seconds), send)
        else:
            scope["route"] = self
            kind = f"{media}; charset=utf-8".encode()
            headers = [(b"content-length", b"%d" % len(found)), (b"content-type", kind)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": found})

    async def _refuse(self, request: Request, error: RequestError, send: Send) -> None:
        request.scope["route"] = self
        response = await answer(request, error)
        await response(request.scope, request.receive, send)

    async def _answer(self, context: Context, body: bytes) -> bytes:
        asked = self._documents.named(json_object(body))
        plan = self._plan(asked)
        variables = orjson.dumps(asked.get("variables") or {})
        bound = plan.bound(variables)
        if not bound.may_be_read_by(context.viewer):
            raise NotCovered
        context.spend(self._cost(plan, variables, context.may_introspect))
        async with asyncio.timeout(self._limits.seconds):
            return await context.read(lambda session: _answered(session, context, bound))

    def _plan(self, asked: Mapping[str, Any]) -> Compiled:
        text, name = asked.get("query"), asked.get("operationName")
        if (
            isinstance(text, str)
            and isinstance(name, str | None)
            and all(isinstance(asked.get(part), dict | None) for part in ("variables", "extensions"))
        ):
            plan = known(self._schema, text, name)
            if plan is not None:
                return plan
        raise NotCovered

    def _measured(self, plan: Compiled, variables: bytes, introspection: bool) -> int:  # noqa: FBT001  a part of a key
        return plan.cost(variables, self._limits, introspection=introspection)


def _answered(session: Session, context: Context, bound: Bound) -> bytes:
    data, regions = bound.answer(session, context.scope)
    if not regions:
        return b'{"data":%b}' % data
    codes = sorted(regions)
    more = beside(codes, freshness(session, context.scope, codes, datetime.now(UTC)))
    return b'{"data":%b,"extensions":%b}' % (data, orjson.dumps(more))


def _media(request: Request) -> str | None:
    """The media type of the answer; None where the request is not simply for JSON, by JSON."""
    accept = request.headers.get("Accept")
    if accept is not None and any(each in accept.lower() for each in _STREAMS):
        return None
    try:
        negotiation.check_content_type(request.headers.get("Content-Type"))
        return negotiation.wanted(accept)
    except RequestError:
        return None


async def _received(receive: Receive) -> list[Message]:
    messages = [await receive()]
    while messages[-1].get("more_body", False):
        messages.append(await receive())
    return messages


def _again(messages: list[Message], receive: Receive) -> Receive:
    """What was received, once more, and what comes after it."""
    left = iter(messages)

    async def replay() -> Message:
        message = next(left, None)
        return await receive() if message is None else message

    return replay
