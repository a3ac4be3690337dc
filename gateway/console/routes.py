"""The addresses of the console: pages and acts from their registry, signing in and out, the language."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from gateway.auth import authenticate
from gateway.console import assets, forms, objecting, sessions, sign_in_provider, tables, uploads
from gateway.console.answering import do, menu_of, refuse, show, to_sign_in
from gateway.console.page import Act, Page
from gateway.console.registry import ACTS, PAGES
from gateway.console.rendering import LANGUAGE, own, render
from gateway.errors import answer
from gateway.hub import Hub
from schema.errors import RequestError

_YEAR: Final = 365 * 24 * 3600

router = APIRouter(include_in_schema=False)


def _page(page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def shown(request: Request) -> Response:
        return await show(request, page)

    return shown


def _act(act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def done(request: Request) -> Response:
        return await do(request, act)

    return done


@router.get("/sign-in")
async def sign_in_page(request: Request) -> Response:
    """Where one signs in."""
    return _sign_in_page(request)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """With a key. A wrong one is told as every wrong one is; who shows too many waits, as everywhere."""
    hub: Hub = request.app.state.hub
    place = request.client.host if request.client else ""
    try:
        hub.rates.admit(place)
        form = await forms.read(request, request.cookies.get(forms.VISITOR, ""))
    except RequestError as error:
        return refuse(request, None, [each.as_dict() for each in error.problems], error.status)
    key = forms.text(form, "key").removeprefix("Bearer ").strip()
    viewer = await asyncio.to_thread(authenticate, hub.database, key)
    if viewer is None:
        hub.rates.refused(place)
        return _sign_in_page(request, 401, wrong=True, wanted=forms.text(form, "next"))
    hub.uses.note(viewer.holder)
    response = RedirectResponse(own(forms.text(form, "next")), 303)
    sessions.give(response, request, sessions.COOKIE, await sessions.begin(hub, viewer, viewer.holder))
    return response


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """The session ends, here and in every other window."""
    session = await sessions.of(request)
    if session is None:
        return to_sign_in(request)
    try:
        await forms.read(request, session.form_key)
    except RequestError as error:
        return refuse(request, session, [each.as_dict() for each in error.problems], error.status)
    await sessions.end(request.app.state.hub, session)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(sessions.COOKIE, path="/")
    return response


@router.get("/language/{language}")
async def language(language: str, request: Request, next: str = "/") -> Response:  # noqa: A002  what the address calls it
    """Show Chinese or English first from now on, in this browser."""
    response = RedirectResponse(own(next), 303)
    sessions.give(response, request, LANGUAGE, "en" if language == "en" else "zh", _YEAR)
    return response


def _sign_in_page(request: Request, status: int = 200, *, wrong: bool = False, wanted: str | None = None) -> Response:
    hub: Hub = request.app.state.hub
    return render(
        request, "sign_in", session=None, menu=menu_of(None), status=status, wrong=wrong,
        expired="expired" in request.query_params, provider=hub.settings.sign_in is not None,
        next=own(wanted if wanted is not None else request.query_params.get("next", "/")),
    )  # fmt: skip


async def _lost(request: Request, error: HTTPException) -> Response:
    """An address that is none: a page for people; machines hear what they always hear."""
    if error.status_code == 404 and "text/html" in request.headers.get("Accept", ""):
        session = await sessions.of(request)
        return render(request, "lost", session=session, menu=menu_of(session), status=404)
    return await answer(request, error)


for _each in PAGES:
    router.add_api_route(_each.path, _page(_each), methods=["GET"])
for _one in ACTS:
    router.add_api_route(_one.path, _act(_one), methods=["POST"])


def install(app: FastAPI) -> None:
    """Serve the console with `app`."""
    app.add_exception_handler(HTTPException, _lost)  # type: ignore[arg-type]  # it is called with what it is for
    app.include_router(assets.router)
    app.include_router(uploads.router)
    app.include_router(tables.router)
    app.include_router(objecting.router)
    app.include_router(sign_in_provider.router)
    app.include_router(router)
