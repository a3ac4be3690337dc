"""The HTTP service: the console at /, GraphQL at /graphql, GraphiQL at /graphiql, files at /files, lists at /lists, tables to take away at
/export, health and readiness beside them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Final, cast

import strawberry
from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection, Request

from gateway import files, graphiql, list_uploads, publicity_page
from gateway.admission import viewer_of
from gateway.auth import Viewer
from gateway.compiled.path import CompiledPath
from gateway.compiled.turns import Turns
from gateway.console import routes as console
from gateway.context import Context
from gateway.errors import answer
from gateway.exports import route as exports
from gateway.graphql_router import StrictRouter
from gateway.headers import SecurityHeaders
from gateway.hub import Hub
from gateway.limits.bodies import Bodies
from gateway.observing import Observed
from gateway.schema import graphql_schema
from gateway.tracing import SILENT, Traces
from gateway.trusted_documents import TrustedDocuments
from schema.errors import RequestError
from schema.vocabulary import Role
from sync import revision
from sync.database import DatabaseFault

_WRITE_USES: Final = 60  # seconds between two times that uses of keys are written


async def _context(connection: HTTPConnection) -> Context:
    """Of the viewer whose key comes with the request, unless that was found out already; of nobody yet where a socket's first
    message says who it is.
    """
    hub: Hub = connection.app.state.hub
    found: Context | None = getattr(connection.state, "context", None)
    if found is not None:
        return found
    if connection.scope["type"] == "websocket":
        return Context(hub)
    viewer = await viewer_of(cast("Request", connection))
    return Context(hub, viewer, connection.headers.get("Authorization"))


def create_app(hub: Hub, schema: strawberry.Schema | None = None) -> FastAPI:
    """The application over a hub whose database is ready; it serves the embedded schema unless given another."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with repeating(hub), turns.line.standing():
            yield
        await asyncio.to_thread(hub.stop)
        if traces is not None:
            await asyncio.to_thread(traces.stop)

    traces = Traces.configured()
    app = FastAPI(title="dexhub", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan, telemetry=SILENT)
    app.state.hub = hub
    documents = TrustedDocuments(hub.settings.trusted_documents, only=hub.settings.trusted_only)
    for kind in (RequestError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer)
    served = schema or graphql_schema()
    turns = Turns(hub, served, documents)
    app.state.turns = turns if traces is None else None  # for direct requests, of which there are no spans
    app.add_middleware(CompiledPath, turns=turns)
    app.add_middleware(Bodies, limits=hub.settings.limits)
    if hub.settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=hub.settings.origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
        )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Observed, figures=hub.figures, traces=traces)
    app.include_router(StrictRouter(served, _context, documents=documents), prefix="/graphql")
    app.include_router(graphiql.router)
    app.include_router(files.router)
    app.include_router(list_uploads.router)
    app.include_router(exports.router)
    app.include_router(publicity_page.router)
    console.install(app)

    @app.get("/metrics")
    async def metrics(viewer: Annotated[Viewer, Depends(viewer_of)]) -> Response:
        """The figures of this process, for a monitor that has a key with the scope of metrics."""
        viewer.require(Role.NATIONAL, Role.JOB)
        return Response(hub.figures.text(), media_type=CONTENT_TYPE_LATEST)

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """Whether the process answers."""
        return {"status": "ok"}

    @app.get("/health/ready")
    async def ready() -> JSONResponse:
        """Whether the database answers and is at the revision the code needs."""
        found = await asyncio.to_thread(_revision, hub)
        good = found == revision.needed()
        content = {"status": "ok" if good else "unready", "revision": found, "needed": revision.needed()}
        return JSONResponse(content, status_code=200 if good else 503)

    return app


@asynccontextmanager
async def repeating(hub: Hub) -> AsyncIterator[None]:
    """While it lasts, the times at which keys were used are written down; once more when it ends."""

    async def work() -> None:
        while True:
            await asyncio.sleep(_WRITE_USES)
            await asyncio.to_thread(_write_uses, hub)

    task = asyncio.create_task(work())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.to_thread(_write_uses, hub)


def _write_uses(hub: Hub) -> None:
    """A database that does not answer is told of by /health/ready, and not here."""
    with suppress(DatabaseFault):
        hub.uses.write(hub.database)


def _revision(hub: Hub) -> str | None:
    try:
        return revision.stored(hub.database)
    except revision.Unreachable:
        return None
