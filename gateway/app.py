"""The HTTP service: GraphQL at /graphql, GraphiQL at /graphiql, files at /files, lists at /lists, tables to take away at
/export, health and readiness beside them.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import orjson
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from strawberry.fastapi import GraphQLRouter

from gateway import files, graphiql, list_uploads, publicity_page
from gateway.auth import Viewer, viewer_of
from gateway.context import Context
from gateway.errors import answer
from gateway.exports import route as exports
from gateway.hub import Hub
from gateway.schema import graphql_schema
from schema.errors import Problem, RequestError
from sync import migrate

_NUL: Final = re.compile(r"\\u(0000|\{0+\})")  # as JSON and GraphQL write it; PostgreSQL stores no text that holds it


async def _context(request: Request, viewer: Viewer = Depends(viewer_of)) -> Context:
    return Context(request.app.state.hub, viewer)


class _Router(GraphQLRouter[Context, None]):
    """Reads bodies strictly: half a character, or one that no database takes, is the client's mistake and not ours."""

    def decode_json(self, data: str | bytes) -> dict[str, Any]:
        """The JSON object of a body."""
        try:
            found = orjson.loads(data)
            text = data if isinstance(data, str) else data.decode()
        except ValueError:
            found, text = None, ""
        if not isinstance(found, dict) or _NUL.search(text):
            raise RequestError(
                Problem(
                    "BODY_INVALID",
                    "body",
                    zh="请求体须为一个 UTF-8 JSON 对象，且不含空字符",
                    en="the body must be one JSON object in UTF-8, without NUL characters",
                    remedy_zh='例如 {"query": "{ regions { name } }"}',
                    remedy_en='for instance {"query": "{ regions { name } }"}',
                )
            )
        return found


def create_app(hub: Hub) -> FastAPI:
    """The application over a hub whose database is ready."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(hub.stop)

    app = FastAPI(title="dexhub", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.hub = hub
    app.add_exception_handler(RequestError, answer)
    app.add_exception_handler(Exception, answer)
    router = _Router(graphql_schema(), context_getter=_context, graphql_ide=None, allow_queries_via_get=False)
    app.include_router(router, prefix="/graphql")
    app.include_router(graphiql.router)
    app.include_router(files.router)
    app.include_router(list_uploads.router)
    app.include_router(exports.router)
    app.include_router(publicity_page.router)

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}

    @app.get("/health/ready")
    async def ready() -> JSONResponse:
        """Whether the database answers and is at the revision the code needs."""
        found = await asyncio.to_thread(_revision, hub)
        good = found == migrate.newest()
        content = {"status": "ok" if good else "unready", "revision": found, "needed": migrate.newest()}
        return JSONResponse(content, status_code=200 if good else 503)

    return app


def _revision(hub: Hub) -> str | None:
    try:
        return migrate.revision(hub.database)
    except migrate.Unreachable:
        return None
