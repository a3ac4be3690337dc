"""`/lists/{region}`: a clerk's list goes in as a file, comes back as a receipt, as findings, or as the file itself, marked.

Only the Authorization header says who asks; there is no cookie that another site's page could send along. A body is read
whole, within its bound, before anything is done with it: what was cut off half-way was never a list.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from gateway.admission import viewer_of
from gateway.auth import Viewer
from gateway.files import region_of, unknown_region
from gateway.hub import Hub
from schema.errors import Problem, RequestError
from schema.vocabulary import Role
from sync.list_files import FileOutcome, FilePush, marked, push_file, region_template
from sync.lists import Confirmation
from sync.workbooks.kinds import MOST_BYTES, too_large

router = APIRouter()
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORM: Final = "multipart/form-data"
_MOST_BODY: Final = MOST_BYTES + (64 << 10)  # a form's own lines stand beside the file


class Asked(BaseModel):
    """What stands in the query of a push: `issuer` is a body below the region, `confirm` the reason for standing by what is
    to be confirmed.
    """

    dry_run: bool = False
    marked: bool = False
    issuer: str = ""
    confirm: str = ""


@router.post("/lists/{region}")
async def push(
    region: str,
    request: Request,
    viewer: Annotated[Viewer, Depends(viewer_of)],
    asked: Annotated[Asked, Query()],
) -> Response:
    """201 with the receipt; 200 for a dry run without faults; 422 with all findings, or with the marked workbook where
    `marked=1` or the Accept header asks for it.
    """
    viewer.require(Role.REGION, Role.NATIONAL)
    adapter = region_of(region, viewer)
    hub: Hub = request.app.state.hub
    body = await _file(request)
    code = adapter.manifest.code
    if asked.issuer and not asked.issuer.startswith(code):
        raise unknown_region()
    confirmed = [Confirmation(asked.confirm)] if asked.confirm.strip() else []
    made = FilePush(asked.issuer or code, body, confirmed, request.headers.get("Idempotency-Key"))
    outcome = await asyncio.to_thread(push_file, hub.database, made, viewer.name, dry_run=asked.dry_run, now=hub.now())
    status = 422 if outcome.blocked else 200 if outcome.sealed is None else 201
    if outcome.sealed is None and outcome.marks and (asked.marked or XLSX in request.headers.get("Accept", "")):
        return await asyncio.to_thread(
            _workbook, body, outcome, status, f"{adapter.manifest.name}推荐名单-核对结果.xlsx"
        )
    return JSONResponse({"region": code, "dryRun": asked.dry_run, **told(outcome)}, status_code=status)


@router.get("/lists/{region}/template")
async def template(
    region: str, request: Request, viewer: Annotated[Viewer, Depends(viewer_of)], *, entries: bool = False
) -> Response:
    """The region's template; `entries=1` prefills it with the region's entries."""
    adapter = region_of(region, viewer)
    hub: Hub = request.app.state.hub
    content = await asyncio.to_thread(region_template, hub.database if entries else None, adapter.manifest.code)
    return Response(content, media_type=XLSX, headers=attachment(f"{adapter.manifest.name}推荐名单模板.xlsx"))


def told(outcome: FileOutcome) -> dict[str, Any]:
    """What came of a file, for JSON."""
    sealed = outcome.sealed
    return {
        "accepted": sealed is not None,
        "repeated": outcome.repeated,
        "items": outcome.items,
        "receipt": sealed.receipt if sealed else None,
        "version": sealed.version if sealed else None,
        "digest": sealed.digest if sealed else None,
        "auditSeal": str(outcome.audit_seal) if outcome.audit_seal else None,
        "findings": [each.as_dict() for each in outcome.marks],
    }


def attachment(name: str) -> dict[str, str]:
    """Headers by which a browser saves an answer under this name."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "X-Content-Type-Options": "nosniff"}


def _workbook(body: bytes, outcome: FileOutcome, status: int, name: str) -> Response:
    return Response(marked(body, outcome.marks), status_code=status, media_type=XLSX, headers=attachment(name))


async def _file(request: Request) -> bytes:
    """The file of a request: the body itself, or the only file of a form."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > _MOST_BODY:
            raise too_large(f"文件超过 {MOST_BYTES >> 20} MB", f"the file exceeds {MOST_BYTES >> 20} MB")
        pieces.append(piece)
    body = b"".join(pieces)
    return await _part(request, body) if request.headers.get("Content-Type", "").startswith(_FORM) else body


async def _part(request: Request, body: bytes) -> bytes:
    async def stream() -> AsyncIterator[bytes]:
        yield body

    parser = MultiPartParser(request.headers, stream(), max_files=1, max_fields=8)  # type: ignore[arg-type]
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError):
        raise _no_file("表单不完整，或含有多个文件", "the form is incomplete, or has several files") from None
    files = [value for value in form.values() if isinstance(value, UploadFile)]
    if not files:
        raise _no_file("表单中没有文件", "the form has no file")
    content = await files[0].read()
    await form.close()
    return content


def _no_file(zh: str, en: str) -> RequestError:
    return RequestError(
        Problem("FORM_INVALID", "body", zh, en, None, "上传一个文件", "send one file"),
        status=422,
    )
