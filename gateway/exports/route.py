"""`GET /export/{what}.{xlsx|csv}`: what a viewer may see, as a table to take away; `entries.ndjson` for programs.

A table is written to a temporary file first and sent from there: memory stays flat, and an error on the way is an answer of its
own instead of half a file that looks whole. Lines are sent while they are made: whoever reads them needs no end to begin, and sees
by the missing last piece of the body where one did not come.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from gateway.admission import viewer_of
from gateway.auth import Viewer
from gateway.exports.conditions import Conditions
from gateway.exports.files import LINES, write
from gateway.exports.lines import entry_lines, entry_pages
from gateway.hub import Hub
from gateway.list_uploads import XLSX, attachment
from gateway.offloading import in_thread
from schema.provenance import CHINA
from sync.repository.straight import Result

_T = TypeVar("_T")
router = APIRouter()
_TYPES: Final = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
_PIECE: Final = 1 << 18  # bytes


@router.get("/export/{what}.{form}")
async def export(
    what: str, form: str, request: Request, viewer: Annotated[Viewer, Depends(viewer_of)]
) -> StreamingResponse:
    """GraphQL's filters by their names: `?regions=41&stages=FINAL&stages=AWARDED`."""
    return await table(request.app.state.hub, viewer, what, form, request.query_params.multi_items())


async def table(hub: Hub, viewer: Viewer, what: str, form: str, pairs: Sequence[tuple[str, str]]) -> StreamingResponse:
    """What the viewer may see of `what`, as a file to save."""
    if (what, form) == LINES:
        pages = entry_pages(hub.database, viewer.scope, Conditions.of(what, pairs))
        return StreamingResponse(
            _lines(pages), media_type="application/x-ndjson", headers={"Cache-Control": "no-store"}
        )
    folder = await asyncio.to_thread(TemporaryDirectory, prefix="dexhub-export-")
    file = Path(folder.name) / "export"
    try:
        title = await asyncio.to_thread(write, hub.database, viewer.scope, what, form, pairs, file)
    except BaseException:
        folder.cleanup()
        raise
    name = f"{title}-{datetime.now(CHINA):%Y%m%d-%H%M}.{form}"
    headers = {**attachment(name), "Cache-Control": "no-store", "Content-Length": str(file.stat().st_size)}
    return StreamingResponse(_pieces(folder, file), media_type=_TYPES[form], headers=headers)


async def _lines(pages: Iterator[Result]) -> AsyncGenerator[bytes, None]:
    """The lines of each page, made while the one before is sent and the next is read."""

    async def read() -> AsyncGenerator[Result, None]:
        while page := await in_thread(lambda: next(pages, None)):
            yield page

    async def made() -> AsyncGenerator[Sequence[bytes], None]:
        async with aclosing(_ahead(read())) as found:
            async for page in found:
                yield await in_thread(partial(entry_lines, page))

    async with aclosing(_ahead(made())) as lines:
        async for pieces in lines:
            for piece in pieces:
                yield piece


async def _ahead(items: AsyncGenerator[_T, None]) -> AsyncGenerator[_T, None]:
    """The items, each asked for while the one before is used."""

    async def ask() -> _T | None:
        return await anext(items, None)

    coming = asyncio.create_task(ask())
    try:
        while (item := await coming) is not None:
            coming = asyncio.create_task(ask())
            yield item
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await items.aclose()


def _pieces(folder: "TemporaryDirectory[str]", file: Path) -> Iterator[bytes]:
    with folder, file.open("rb") as source:
        while piece := source.read(_PIECE):
            yield piece
