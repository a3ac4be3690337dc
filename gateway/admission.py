"""Admits requests: finds who asks, and notes that they came.

A key that was looked up is known for as long as nobody has committed anything; see `gateway.known_keys`.
"""

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.types import Scope

from gateway.auth import Viewer, authenticate, unauthenticated
from gateway.headers import said
from gateway.hub import Hub
from schema.key_scope import KeyScope

_OURS: Final = "dexhub_"  # how every key of the hub begins
_LONGEST: Final = 8192  # characters of a header; a token of an identity provider has one or two thousand
_REQUEST: Final = 10  # units that any request costs, before what it asks for


async def viewer_of(request: Request) -> Viewer:
    """The viewer behind a request to a served hub; RequestError with status 401 for everybody else."""
    return await viewer_at(request.app.state.hub, request.scope, None)


async def viewer_at(hub: Hub, asked: Scope, version: str | None) -> Viewer:
    """The same, where a look after the request came found this version of the data."""
    viewer = known_viewer(hub, asked, version)
    if viewer is None:
        authorization = said(asked, b"authorization") or ""
        viewer = await _bearer(hub, authorization)
        if viewer is not None and version and authorization.partition(" ")[2].strip().startswith(_OURS):
            hub.keys.note(authorization, version, viewer)
    if viewer is None:
        hub.rates.refused(address_of(asked))
        raise unauthenticated()
    return entering(hub, asked, viewer)


def known_viewer(hub: Hub, asked: Scope, version: str | None) -> Viewer | None:
    """The viewer behind a request, where the key was looked up at this version of the data; RequestError for an address that may
    not knock.
    """
    hub.rates.admit(address_of(asked))
    return hub.keys.find(said(asked, b"authorization") or "", version) if version else None


def entering(hub: Hub, asked: Scope, viewer: Viewer) -> Viewer:
    """The viewer, who is noted to have come and pays for that; RequestError where the key is for something else or spent."""
    asked.setdefault("state", {})["holder"] = viewer.holder
    hub.uses.note(viewer.holder)
    viewer.require_scope(_needed(asked["path"], asked["method"]))
    hub.rates.spend(viewer.holder, _REQUEST)
    return viewer


def address_of(asked: Scope) -> str:
    """Where a request comes from."""
    return str((asked.get("client") or ("",))[0])


def _needed(path: str, method: str) -> KeyScope | None:
    """The scope that a request wants by its address; GraphQL's fields say for themselves what they need."""
    if path == "/metrics":
        return KeyScope.METRICS
    if path.startswith("/graphql"):
        return None
    return KeyScope.READ if method in ("GET", "HEAD") else KeyScope.WRITE


async def _bearer(hub: Hub, authorization: str) -> Viewer | None:
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or len(token) > _LONGEST:
        return None
    if token.startswith(_OURS):
        hub.rates.check(token.split("_")[1])  # what a stranger sends counts for nobody, so nobody can spend another's
    if hub.tokens is not None and token.count(".") == 2 and not token.startswith(_OURS):
        return await asyncio.to_thread(hub.tokens.viewer, token)
    return await asyncio.to_thread(authenticate, hub.database, token)


async def viewer_behind(hub: Hub, authorization: str | None) -> Viewer:
    """The viewer behind what stands in an Authorization header, or would; RequestError with status 401 for nobody's."""
    viewer = await _bearer(hub, authorization or "")
    if viewer is None:
        raise unauthenticated()
    return viewer
