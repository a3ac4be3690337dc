"""Recognises what was asked before: by the bytes of a request the operation, its variables and what both cost."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import orjson
from starlette.datastructures import QueryParams
from starlette.types import Scope
from strawberry import Schema

from gateway import negotiation
from gateway.compiled import NotCovered
from gateway.compiled.operation import Bound, Compiled, known
from gateway.context import Context
from gateway.graphql_router import json_object
from gateway.headers import said
from gateway.trusted_documents import TrustedDocuments
from schema.errors import RequestError
from schema.held_json import held
from sync.settings import LimitSettings

_MEASURED: Final = 5000  # operations with the sizes of their pages
_REQUESTS: Final = 2500  # by their bytes, which are not read again
_LONGEST: Final = 8000  # bytes of one that is kept
_STREAMS: Final = ("text/event-stream", "multipart/")  # media types whose answers come in pieces


class Recognition:
    """One for an application."""

    def __init__(self, limits: LimitSettings, schema: Schema, documents: TrustedDocuments) -> None:
        self._limits, self._schema, self._documents = limits, schema, documents
        self._cost = lru_cache(maxsize=_MEASURED)(self._measured)
        self._known = lru_cache(maxsize=_REQUESTS)(self._recognised)

    def paid(self, raw: bytes, context: Context, *, by_get: bool) -> Bound:
        """What is asked for, which the viewer may read and has paid for; NotCovered or RequestError where the ordinary way has to
        answer.
        """
        recognised = self._known if len(raw) <= _LONGEST else self._recognised
        plan, sizes, bound = recognised(raw, by_get)
        if not bound.may_be_read_by(context.viewer):
            raise NotCovered
        context.spend(self._cost(plan, sizes, context.may_introspect))
        return bound

    def _recognised(self, raw: bytes, by_get: bool) -> tuple[Compiled, bytes, Bound]:  # noqa: FBT001  a part of a key
        """The operation that a body or the query of an address asks for, what decides how much it costs, and it with its variables."""
        asked: dict[str, Any] = dict(QueryParams(raw)) if by_get else json_object(raw)
        for part in ("variables", "extensions") if by_get else ():
            if asked.get(part):
                asked[part] = json_object(asked[part])
        named = self._documents.named(asked)
        plan = self._plan(named)
        given = named.get("variables") or {}
        try:
            variables = held(orjson.dumps(given))
        except TypeError:  # it reads what is nested deeper than it writes
            raise NotCovered from None
        return plan, plan.sizes(given), plan.bound(variables)

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

    def _measured(self, plan: Compiled, sizes: bytes, introspection: bool) -> int:  # noqa: FBT001  a part of a key
        return plan.cost(sizes, self._limits, introspection=introspection)


def media_of(scope: Scope) -> str | None:
    """The media type of the answer; None where the request is not simply for JSON, by JSON or an address."""
    return _media(scope["method"], said(scope, b"accept"), said(scope, b"content-type"))


@lru_cache
def _media(method: str, accept: str | None, content_type: str | None) -> str | None:
    if method not in ("GET", "POST") or (accept and any(each in accept.lower() for each in _STREAMS)):
        return None
    try:
        if method == "POST":
            negotiation.check_content_type(content_type)
        return negotiation.wanted(accept)
    except RequestError:
        return None
