"""`POST /files/{region}?name=…`: a province hands in its table. The body is the file itself."""

import asyncio
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from adapters.base import Adapter
from adapters.registry import region_named
from gateway.auth import Viewer, viewer_of
from gateway.hub import Hub
from schema.errors import Problem, RequestError
from schema.vocabulary import Role
from sync.dropped_files import folder_of, receiving

router = APIRouter()


@router.post("/files/{region}")
async def put(
    region: str, request: Request, viewer: Annotated[Viewer, Depends(viewer_of)], name: str = ""
) -> JSONResponse:
    """By the region itself, or by the national organiser. 201 with the file's digest, or all its problems."""
    viewer.require(Role.REGION, Role.NATIONAL)
    adapter = region_of(region, viewer)
    hub: Hub = request.app.state.hub
    folder = folder_of(hub.settings, adapter)
    with receiving(folder, name) as file:
        async for piece in request.stream():
            await asyncio.to_thread(file.add, piece)
        laid = await asyncio.to_thread(file.laid, adapter, folder, name)
    return JSONResponse({"region": adapter.manifest.code, **asdict(laid)}, status_code=201)


def region_of(region: str, viewer: Viewer) -> Adapter:
    """The region of this code, slug or name; for a region's key there is no other than its own."""
    found = region_named(region)
    if found is None or not viewer.scope.covers(found.manifest.code):
        raise RequestError(
            Problem(
                "REGION_UNKNOWN",
                "region",
                zh="没有这个地区",
                en="there is no such region",
                remedy_zh="填写本省代码",
                remedy_en="give your own region's code",
            ),
            status=404,
        )
    return found
