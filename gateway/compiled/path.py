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
from starlette.datastructures import QueryParams
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
from gateway.headers import said
from gateway.hub import Hub
from gateway.limits.extension import REFUSED
from gateway.limits.refusals import too_slow
from gateway.offloading import in_thread
from gateway.trusted_documents import TrustedDocuments
from schema.errors import RequestError
from schema.held_json import held
from sync.database import DatabaseFault
from sync.scope import Scope as Within

_MEASURED: Final = 5000  # operations with their variables
_REQUESTS: Final = 2500  # by their bytes, which are not read again
_LONGEST: Final = 8000  # bytes of one that is kept
_BY_GET: Final = ((b"cache-control", b"private, no-cache"), (b"vary", b"Authorization, Accept"))
_STREAMS: Final = ("text/event-stream", "multipart/")  # media types whose answers come in pieces


class CompiledPath:
    """Innermost of what wraps the application: bodies are bounded and headers are added outside of it."""

    path: Final = "/graphql"  # by which requests are logged

    def __init__(self, app: ASGIApp, hub: Hub, schema: Schema, documents: TrustedDocuments) -> None:
        self._app, self._hub, self._schema, self._documents = app, hub, schema, documents
        self._limits = hub.settings.limits
        self._cost = lru_cache(maxsize=_MEASURED)(self._measured)
        self._known = lru_cache(maxsize=_REQUESTS)(self._recognised)
        self._looks = Looks(hub.version)
        self._kept = KeptAnswers(hub.settings.kept_answers << 20)
        self._reads: dict[Within, tuple[str, Reads]] = {}  # of regions, by the version at which they were looked up

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let it be answered."""
        if scope["type"] != "http" or scope["path"] != self.path:
            await self._app(scope, receive, send)
            return
        media = _media(scope)
        version = await self._version() if media is not None else None
        if media is None or version is None:
            await self._app(scope, receive, send)
            return
        try:
            viewer = await viewer_at(self._hub, scope, version)
            messages = await _received(receive) if scope["method"] == "POST" else []
        except RequestError as error:
            await self._refuse(scope, error, send)
            return
        context = scope["state"]["context"] = Context(self._hub, viewer, said(scope, b"authorization"))
        try:
            by_get = scope["method"] == "GET"
            raw = scope["query_string"] if by_get else b"".join(message.get("body", b"") for message in messages)
            recognised = self._known(raw, by_get) if len(raw) <= _LONGEST else self._recognised(raw, by_get)
            found = await self._answer(context, *recognised, version)
        except (NotCovered, RequestError, DatabaseFault):
            await self._app(scope, _again(messages, receive), send)
        except TimeoutError:
            context.fine(REFUSED)
            await self._refuse(scope, too_slow(self._limits.seconds), send)
        else:
            scope["route"] = self
            await _sent(found, media, scope, send)

    async def _version(self) -> str | None:
        try:
            return await self._looks.version()
        except DatabaseFault:  # which the ordinary way tells
            return None

    async def _refuse(self, scope: Scope, error: RequestError, send: Send) -> None:
        scope["route"] = self
        request = Request(scope)
        response = await answer(request, error)
        await response(scope, request.receive, send)

    def _recognised(self, raw: bytes, by_get: bool) -> tuple[Compiled, bytes, Bound]:  # noqa: FBT001  a part of a key
        """The operation that a body or the query of an address asks for, its variables, and both together."""
        asked: dict[str, Any] = dict(QueryParams(raw)) if by_get else json_object(raw)
        for part in ("variables", "extensions") if by_get else ():
            if asked.get(part):
                asked[part] = json_object(asked[part])
        named = self._documents.named(asked)
        plan = self._plan(named)
        try:
            variables = held(orjson.dumps(named.get("variables") or {}))
        except TypeError:  # it reads what is nested deeper than it writes
            raise NotCovered from None
        return plan, variables, plan.bound(variables)

    async def _answer(self, context: Context, plan: Compiled, variables: bytes, bound: Bound, version: str) -> Answer:
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


async def _sent(found: Answer, media: str, scope: Scope, send: Send) -> None:
    """What came by GET may be kept by the client, if it asks each time whether it still holds."""
    headers, length = [(b"content-type", f"{media}; charset=utf-8".encode())], str(len(found.body)).encode()
    status, body = 200, found.body
    if scope["method"] == "GET":
        headers += [(b"etag", found.tag.encode()), *_BY_GET]
        if found.tag in (said(scope, b"if-none-match") or ""):
            status, body = 304, b""
    if status == 200:
        headers.append((b"content-length", length))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _media(scope: Scope) -> str | None:
    """The media type of the answer; None where the request is not simply for JSON, by JSON or an address."""
    accept = said(scope, b"accept")
    if scope["method"] not in ("GET", "POST") or (accept and any(each in accept.lower() for each in _STREAMS)):
        return None
    try:
        if scope["method"] == "POST":
            negotiation.check_content_type(said(scope, b"content-type"))
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
