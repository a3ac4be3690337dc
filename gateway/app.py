"""The HTTP service: the console at /, GraphQL at /graphql, GraphiQL at /graphiql, files at /files, lists at /lists, tables to take away at
/export, health and readiness beside them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import strawberry
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from gateway import files, graphiql, list_uploads, publicity_page
from gateway.auth import Viewer, viewer_of
from gateway.console import routes as console
from gateway.context import Context
from gateway.errors import answer
from gateway.exports import route as exports
from gateway.graphql_router import StrictRouter
from gateway.hub import Hub
from gateway.schema import graphql_schema
from schema.errors import RequestError
from sync import migrate


async def _context(request: Request, viewer: Viewer = Depends(viewer_of)) -> Context:
    return Context(request.app.state.hub, viewer)


def create_app(hub: Hub, schema: strawberry.Schema | None = None) -> FastAPI:
    """The application over a hub whose database is ready; it serves the embedded schema unless given another."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(hub.stop)

    app = FastAPI(title="dexhub", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.hub = hub
    app.add_exception_handler(RequestError, answer)
    app.add_exception_handler(Exception, answer)
    app.include_router(StrictRouter(schema or graphql_schema(), context_getter=_context), prefix="/graphql")
    app.include_router(graphiql.router)
    app.include_router(files.router)
    app.include_router(list_uploads.router)
    app.include_router(exports.router)
    app.include_router(publicity_page.router)
    console.install(app)

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
