"""`POST /files/{region}?name=…`: a province hands in its table. The body is the file itself."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from adapters.base import Adapter
from adapters.registry import region_named
from gateway.admission import viewer_of
from gateway.auth import Viewer
from gateway.hub import Hub
from schema.errors import Problem, RequestError
from schema.vocabulary import Role
from sync.dropped_files import folder_of, receiving

router = APIRouter()

PATIENCE: Final = 600  # seconds for a whole file, so that nobody holds a place for ever
_TOO_MANY: Final = Problem(
    "UPLOADS_BUSY",
    "body",
    zh="正在接收的文件过多",
    en="too many files are being received",
    remedy_zh="请一分钟后重新上传",
    remedy_en="send it again in a minute",
)
_TOO_SLOW: Final = Problem(
    "UPLOAD_TOO_SLOW",
    "body",
    zh=f"文件在 {PATIENCE // 60} 分钟内未传完，未予保存",
    en=f"the file was not whole after {PATIENCE // 60} minutes, and nothing of it was kept",
    remedy_zh="检查网络后重新上传，或另存为较小的 .xlsx",
    remedy_en="check the network and send it again, or save it as a smaller .xlsx",
)


@router.post("/files/{region}")
async def put(
    region: str, request: Request, viewer: Annotated[Viewer, Depends(viewer_of)], name: str = ""
) -> JSONResponse:
    """By the region itself, or by the national organiser. 201 with the file's digest, or all its problems."""
    viewer.require(Role.REGION, Role.NATIONAL)
    adapter = region_of(region, viewer)
    hub: Hub = request.app.state.hub
    folder = folder_of(hub.settings, adapter)
    with _a_place(hub), receiving(folder, name) as file:
        try:
            async with asyncio.timeout(PATIENCE):
                async for piece in request.stream():
                    await asyncio.to_thread(file.add, piece)
        except TimeoutError:
            raise RequestError(_TOO_SLOW, status=408) from None
        laid = await asyncio.to_thread(file.laid, adapter, folder, name)
    return JSONResponse({"region": adapter.manifest.code, **asdict(laid)}, status_code=201)


@contextmanager
def _a_place(hub: Hub) -> Iterator[None]:
    """One of the few places for uploads: each may unpack to hundreds of megabytes, so the rest come later."""
    if not hub.uploads.acquire(blocking=False):
        raise RequestError(_TOO_MANY, status=503)
    try:
        yield
    finally:
        hub.uploads.release()


def region_of(region: str, viewer: Viewer) -> Adapter:
    """The region of this code, slug or name; for a region's key there is no other than its own."""
    found = region_named(region)
    if found is None or not viewer.scope.covers(found.manifest.code):
        raise unknown_region()
    return found


def unknown_region() -> RequestError:
    """What is said of a region that is not the viewer's, as of one that does not exist."""
    return RequestError(
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
