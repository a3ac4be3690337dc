"""One subgraph of the distributed deployment as an HTTP service of its own, for a router and nobody else.

The registry's asks for API keys, which the router hands on. A region's has no database and knows no keys: what it may be
asked for, the router has from the registry, which keeps every viewer within its scope. So a subgraph that listens on
anything but loopback wants a secret from its router.
"""

import hmac
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final, Self

import strawberry
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from graphql import GraphQLError
from pydantic import JsonValue
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from strawberry.fastapi import BaseContext

from adapters.base import Adapter
from adapters.native import NativeReader
from gateway.app import create_app
from gateway.errors import answer, body
from gateway.graphql_router import StrictRouter
from gateway.hub import Hub
from gateway.limits.bodies import Bodies
from gateway.native import NativeFields, native_readers
from gateway.schema import region_schema, registry_schema
from gateway.tracing import SILENT
from schema.errors import Problem, RequestError
from sync.settings import LimitSettings, Settings

HEADER: Final = "X-Dexhub-Router"


class RegionContext(BaseContext):
    """Made for each request to a region's subgraph."""

    may_introspect = True  # a router composes from it
    unreadable: GraphQLError | None = None  # as `Context` has it

    def __init__(self, readers: Mapping[str, NativeReader], limits: LimitSettings) -> None:
        super().__init__()
        self._readers = readers
        self.limits = limits
        self.natives = NativeFields(readers)

    def anew(self) -> Self:
        """For another operation."""
        return type(self)(self._readers, self.limits)

    def spend(self, cost: int) -> None:
        """Routers are not charged: the registry, which they ask first, charges whoever asked them."""

    fine = pay = spend

    async def native_of(self, entry: str, info: strawberry.Info) -> Mapping[str, JsonValue]:
        """What only the region knows of an entry."""
        return await self.natives.of(entry, info)


class OnlyRouters:
    """Refuses GraphQL to whoever does not send the router's secret."""

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self._app = app
        self._secret = secret.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, or answer with status 401."""
        if scope["type"] in ("http", "websocket") and scope["path"].startswith("/graphql"):
            given = HTTPConnection(scope).headers.get(HEADER, "").encode()
            if not hmac.compare_digest(given, self._secret):
                refusal = WebSocketClose(4403) if scope["type"] == "websocket" else _REFUSED
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


def create_registry(hub: Hub) -> FastAPI:
    """The registry's subgraph over a hub whose database is ready."""
    return _guarded(create_app(hub, registry_schema()), hub.settings)


def create_region(adapter: Adapter, settings: Settings) -> FastAPI:
    """The subgraph of one region, which needs the address of its platform and nothing else."""
    code = adapter.manifest.code
    readers = {code: native_readers(settings)[code]}
    app = FastAPI(
        title=f"dexhub {adapter.manifest.slug}", docs_url=None, redoc_url=None, openapi_url=None, telemetry=SILENT
    )
    for kind in (RequestError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer)
    app.add_middleware(Bodies, limits=settings.limits)
    app.include_router(
        StrictRouter(region_schema(code), lambda: RegionContext(readers, settings.limits), ()), prefix="/graphql"
    )

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """Whether the process answers; the platform behind it is nobody's health but its own."""
        return {"status": "ok"}

    return _guarded(app, settings)


def check_listening(host: str, settings: Settings) -> None:
    """RequestError where a subgraph would be open to more than this machine without a secret."""
    local = host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)
    if not local and settings.secret_of_router() is None:
        raise RequestError(
            Problem(
                "ROUTER_SECRET_MISSING",
                "DEXHUB_ROUTER_SECRET_FILE",
                value=host,
                zh="子图监听本机以外的地址，却未配置路由器密钥",
                en="a subgraph would listen on more than loopback without a secret for its router",
                remedy_zh="设置 DEXHUB_ROUTER_SECRET_FILE，或只监听 127.0.0.1",
                remedy_en="set DEXHUB_ROUTER_SECRET_FILE, or listen on 127.0.0.1 alone",
            )
        )


def _guarded(app: FastAPI, settings: Settings) -> FastAPI:
    if secret := settings.secret_of_router():
        app.add_middleware(OnlyRouters, secret=secret)
    return app


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _refused() -> RequestError:
    return RequestError(
        Problem(
            "ROUTER_UNKNOWN",
            HEADER,
            zh="子图只回答其路由器",
            en="a subgraph answers its router alone",
            remedy_zh=f"经路由器查询；路由器须发送 {HEADER}",
            remedy_en=f"ask the router, which must send {HEADER}",
        ),
        status=401,
    )


_REFUSED: Final = JSONResponse(body(_refused()), status_code=401)
