"""Files that clerks hand in on a page: a recommended list, looked at, marked or sealed; lines of a register.

The same code as `POST /lists/{region}` and `dexhub registers import`; only who asks and how it is told is of the page.
"""

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from gateway.console import forms, sessions
from gateway.console.answering import menu_of, refuse, to_sign_in
from gateway.console.page import ORGANISER, WITH_LISTS
from gateway.console.rendering import address, render
from gateway.console.sessions import Session
from gateway.files import region_of, unknown_region
from gateway.hub import Hub
from gateway.list_uploads import XLSX, attachment
from schema.errors import Problem, RequestError
from schema.key_scope import KeyScope
from schema.vocabulary import Register, Role
from sync import registers
from sync.eligibility import evaluate_registers
from sync.list_files import FilePush, marked, push_file, region_template
from sync.lists import Confirmation
from sync.register_files import read_register
from sync.register_files import template as register_template

router = APIRouter(include_in_schema=False)


async def _allowed(request: Request, roles: frozenset[Role]) -> Session | Response:
    """The session, if it may; else what it is answered."""
    session = await sessions.of(request)
    if session is None:
        return to_sign_in(request)
    try:
        session.viewer.require(*sorted(roles))
        session.viewer.require_scope(KeyScope.READ if request.method == "GET" else KeyScope.WRITE)
    except RequestError as error:
        return _refused(request, session, error)
    return session


def _refused(request: Request, session: Session, error: RequestError) -> Response:
    return refuse(request, session, [each.as_dict() for each in error.problems], error.status)


@router.post("/recommendations/upload")
async def upload(request: Request) -> Response:
    """`mode` says what for: check tells what is wrong, marked gives the workbook back, seal hands it in."""
    session = await _allowed(request, WITH_LISTS)
    if isinstance(session, Response):
        return session
    try:
        form = await forms.read(request, session.form_key)
        return await _pushed(request, session, form, forms.text(form, "mode"))
    except forms.Repeated:
        return RedirectResponse(address("/recommendations", done="repeated"), 303)
    except RequestError as error:
        return _refused(request, session, error)


async def _pushed(request: Request, session: Session, form: FormData, mode: str) -> Response:
    hub: Hub = request.app.state.hub
    body = await forms.file(form, "file")
    adapter = region_of(forms.text(form, "region"), session.viewer)
    code, issuer = adapter.manifest.code, forms.text(form, "issuer")
    if issuer and not issuer.startswith(code):
        raise unknown_region()
    reason = forms.text(form, "confirm")
    push = FilePush(issuer or code, body, [Confirmation(reason)] if reason else [])
    if mode == "seal":
        await forms.once(hub, form)
    outcome = await asyncio.to_thread(push_file, hub.database, push, session.viewer.name, dry_run=mode != "seal")
    if mode == "marked":
        content = await asyncio.to_thread(marked, body, outcome.marks)
        return Response(content, media_type=XLSX, headers=attachment(f"{adapter.manifest.name}推荐名单-核对结果.xlsx"))
    if outcome.sealed is not None:
        place = address(f"/recommendations/{outcome.sealed.receipt}/receipt")
        if request.headers.get("HX-Request"):
            return Response(status_code=200, headers={"HX-Redirect": place})
        return RedirectResponse(place, 303)
    marks = [each.as_dict() for each in outcome.marks]
    return render(
        request, "upload", session=session, menu=menu_of(session), marks=marks, items=outcome.items, blocked=outcome.blocked,
        region=adapter.manifest.name, status=422 if mode == "seal" else 200,
    )  # fmt: skip


@router.get("/recommendations/template/{region}.xlsx")
async def template(region: str, request: Request) -> Response:
    """The region's template with its entries in it, for the clerk to rank."""
    session = await _allowed(request, WITH_LISTS)
    if isinstance(session, Response):
        return session
    hub: Hub = request.app.state.hub
    try:
        adapter = region_of(region, session.viewer)
    except RequestError as error:
        return _refused(request, session, error)
    content = await asyncio.to_thread(region_template, hub.database, adapter.manifest.code)
    return Response(content, media_type=XLSX, headers=attachment(f"{adapter.manifest.name}推荐名单模板.xlsx"))


@router.get("/registers/{register}/template.xlsx")
async def empty_register(register: str, request: Request) -> Response:
    """The empty table of a register."""
    session = await _allowed(request, ORGANISER)
    if isinstance(session, Response):
        return session
    try:
        wanted = _register(register)
    except RequestError as error:
        return _refused(request, session, error)
    return Response(
        register_template(wanted), media_type=XLSX, headers=attachment(f"{registers.NAMES[wanted]}-模板.xlsx")
    )


@router.post("/registers/{register}/import")
async def import_register(register: str, request: Request) -> Response:
    """Lines from a file: told first how many there are, or entered."""
    session = await _allowed(request, ORGANISER)
    if isinstance(session, Response):
        return session
    hub: Hub = request.app.state.hub
    try:
        wanted = _register(register)
        form = await forms.read(request, session.form_key)
        body = await forms.file(form, "file")
        lines = await asyncio.to_thread(
            read_register, wanted, getattr(form["file"], "filename", None) or "register.csv", body
        )
        if forms.text(form, "mode") == "enter":
            await forms.once(hub, form)
            reason, now = forms.text(form, "reason"), datetime.now(UTC)
            replace = forms.text(form, "replace") == "yes"

            def work() -> None:
                change = registers.change(
                    hub.database, wanted, lines, author=session.viewer.name, reason=reason, now=now, replace=replace
                )
                evaluate_registers(hub.database, [change], now)

            await asyncio.to_thread(work)
            return RedirectResponse(address(f"/registers/{wanted}", done="change_register"), 303)
    except forms.Repeated:
        return RedirectResponse(address(f"/registers/{register}", done="repeated"), 303)
    except RequestError as error:
        return _refused(request, session, error)
    return render(
        request, "register_preview", session=session, menu=menu_of(session), lines=lines, name=registers.NAMES[wanted]
    )


def _register(name: str) -> Register:
    if name not in tuple(Register):
        raise RequestError(
            Problem("REGISTER_UNKNOWN", "register", "没有这个名单", "no such register", name, "从名单库进入", "go in from the registers"),
            status=404,
        )  # fmt: skip
    return Register(name)
