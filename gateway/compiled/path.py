"""Answers what was asked before without the pipeline: a document that was once measured, parsed, validated and compiled there is
recognised by its text, and only what depends on this request is done again.

That is: who asks, what it costs with these variables and whether the asker has as much left, the answer itself. Everything
unusual (another media type, a document that is not trusted, a refused value, a field that fails) goes the ordinary way, which
tells it in its own words; whoever was recognised, and what was paid, is known there already.
"""

import asyncio
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from strawberry import Schema

from adapters.registry import regions
from gateway import negotiation
from gateway.auth import viewer_at
from gateway.compiled import NotCovered
from gateway.compiled.kept import Answer, KeptAnswers, Looks
from gateway.compiled.operation import Bound, Compiled, known
from gateway.context import Context
from gateway.errors import answer
from gateway.freshness import Reads, beside, good_until, reads, stated
from gateway.graphql_router import json_object
from gateway.hub import Hub
from gateway.limits.extension import REFUSED
from gateway.limits.refusals import too_slow
from gateway.offloading import in_thread
from gateway.trusted_documents import TrustedDocuments
from schema.errors import RequestError
from sync.database import DatabaseFault
from sync.scope import Scope as Within

_MEASURED: Final = 5000  # operations with their variables
_STREAMS: Final = ("text/event-stream", "multipart/")  # media types whose answers come in pieces


class CompiledPath:
    """Innermost of what wraps the application: bodies are bounded and headers are added outside of it."""

    path: Final = "/graphql"  # by which requests are logged

    def __init__(self, app: ASGIApp, hub: Hub, schema: Schema, documents: TrustedDocuments) -> None:
        self._app, self._hub, self._schema, self._documents = app, hub, schema, documents
        self._limits = hub.settings.limits
        self._cost = lru_cache(maxsize=_MEASURED)(self._measured)
        self._looks = Looks(hub.version)
        self._kept = KeptAnswers(hub.settings.kept_answers << 20)
        self._reads: dict[Within, tuple[str, Reads]] = {}  # of regions, by the version at which they were looked up

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let it be answered."""
        if scope["type"] != "http" or scope["path"] != self.path:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        media = _media(request)
        version = await self._version() if media is not None else None
        if media is None or version is None:
            await self._app(scope, receive, send)
            return
        try:
            viewer = await viewer_at(request, version)
            messages = await _received(receive) if scope["method"] == "POST" else []
        except RequestError as error:
            await self._refuse(request, error, send)
            return
        context = Context(self._hub, viewer, request.headers.get("Authorization"))
        request.state.context = context
        try:
            found = await self._answer(context, self._asked(request, messages), version)
        except (NotCovered, RequestError, DatabaseFault):
            await self._app(scope, _again(messages, receive), send)
        except TimeoutError:
            context.fine(REFUSED)
            await self._refuse(request, too_slow(self._limits.seconds), send)
        else:
            scope["route"] = self
            await _sent(found, media, request, send)

    async def _version(self) -> str | None:
        try:
            return await self._looks.version()
        except DatabaseFault:  # which the ordinary way tells
            return None

    async def _refuse(self, request: Request, error: RequestError, send: Send) -> None:
        request.scope["route"] = self
        response = await answer(request, error)
        await response(request.scope, request.receive, send)

    def _asked(self, request: Request, messages: list[Message]) -> Mapping[str, Any]:
        if request.method == "POST":
            return self._documents.named(json_object(b"".join(message.get("body", b"") for message in messages)))
        asked: dict[str, Any] = dict(request.query_params)
        for part in ("variables", "extensions"):
            if asked.get(part):
                asked[part] = json_object(asked[part])
        return self._documents.named(asked)

    async def _answer(self, context: Context, asked: Mapping[str, Any], version: str) -> Answer:
        plan = self._plan(asked)
        variables = orjson.dumps(asked.get("variables") or {})
        bound = plan.bound(variables)
        if not bound.may_be_read_by(context.viewer):
            raise NotCovered
        context.spend(self._cost(plan, variables, context.may_introspect))
        kept = self._kept.find(bound, context.scope, version, self._hub.now())
        if kept is not None:
            return kept
        async with asyncio.timeout(self._limits.seconds):
            made = await in_thread(partial(self._made, bound, context.scope, version))
        self._kept.keep(bound, context.scope, version, made)
        return made

    def _made(self, bound: Bound, scope: Within, version: str) -> Answer:
        with self._hub.database.glance(scope) as session:
            data, found = bound.answer(session, scope)
            if not found:
                return Answer(b'{"data":%b}' % data, None)
            known, read = self._reads.get(scope, ("", {}))
            if known != version:
                read = reads(session, scope, regions())
                self._reads[scope] = version, read
        codes = sorted(found)
        ages = stated(read, scope, codes, self._hub.now())
        return Answer(b'{"data":%b,"extensions":%b}' % (data, orjson.dumps(beside(codes, ages))), good_until(ages))

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


async def _sent(found: Answer, media: str, request: Request, send: Send) -> None:
    """What came by GET may be kept by the client, if it asks each time whether it still holds."""
    headers = {"Content-Type": f"{media}; charset=utf-8", "Content-Length": str(len(found.body))}
    status, body = 200, found.body
    if request.method == "GET":
        headers |= {"ETag": found.tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Accept"}
        if found.tag in request.headers.get("If-None-Match", ""):
            del headers["Content-Length"]
            status, body = 304, b""
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _media(request: Request) -> str | None:
    """The media type of the answer; None where the request is not simply for JSON, by JSON or an address."""
    accept = request.headers.get("Accept")
    if request.method not in ("GET", "POST") or (accept and any(each in accept.lower() for each in _STREAMS)):
        return None
    try:
        if request.method == "POST":
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
