"""How one request to the console is answered: who asks, may they, what does the graph say, and what of it is shown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.auth import Viewer
from gateway.console import forms, sessions
from gateway.console.page import Act, Asked, Page, Words, storable
from gateway.console.registry import ACTS, PAGES
from gateway.console.rendering import address, render
from gateway.console.sessions import Session
from gateway.execution import execute
from gateway.hub import Hub
from schema.errors import Problem, RequestError
from schema.key_scope import KeyScope
from schema.vocabulary import Role

_STATUS: Final = {
    "FORBIDDEN": 403,
    "UNAUTHENTICATED": 401,
    "RATE_LIMITED": 429,
    "OPERATION_TIMEOUT": 503,
    "INTERNAL": 500,
}
_DONE: Final[Mapping[str, Words]] = {act.document: act.done for act in ACTS}


def menu_of(session: Session | None) -> list[Page]:
    """The pages that a visitor is offered."""
    if session is None:
        return [page for page in PAGES if page.in_menu and page.public]
    return [page for page in PAGES if page.in_menu and session.viewer.role in page.roles]


async def show(request: Request, page: Page) -> Response:
    """A page, or why not."""
    session = await sessions.of(request)
    if session is None and not page.public:
        return to_sign_in(request)
    if session is not None and session.viewer.role not in page.roles:
        return refuse(request, session, [_forbidden()], 403)
    hub: Hub = request.app.state.hub
    asked = Asked(
        request.path_params,
        [pair for pair in request.query_params.multi_items() if pair[0] not in ("done", "_")],
        session.remembered if session else {},
        session.viewer if session else _visitor(request),
    )
    try:
        variables = page.variables(asked)
        if session and page.remember and (kept := page.remember(asked)):
            await sessions.remember(hub, session, **kept)
        answer = await execute(hub, asked.viewer, page.source(), variables)
    except RequestError as error:
        return refuse(request, session, [each.as_dict() for each in error.problems], error.status)
    found, errors = answer["data"], answer.get("errors", [])
    if found is None:
        problems, status = of_errors(errors)
        return refuse(request, session, problems, status)
    view = page.view(found, asked)
    if view.get("missing"):
        return refuse(request, session, [_missing()], 404)
    more = {"errors": of_errors(errors)[0]}
    return render(
        request, page.template, session=session, menu=menu_of(session), page=page, asked=asked,
        done=_done(request), graphiql=_graphiql(page, variables), **{**more, **view},
    )  # fmt: skip


async def do(request: Request, act: Act) -> Response:
    """An act, once; then back to where it is seen."""
    session = await sessions.of(request)
    if session is None:
        return to_sign_in(request)
    if session.viewer.role not in act.roles:
        return refuse(request, session, [_forbidden()], 403)
    hub: Hub = request.app.state.hub
    path = {name: storable(value) for name, value in request.path_params.items()}
    try:
        form = await forms.read(request, session.form_key)
        variables = act.variables(path, form)
        await forms.once(hub, form)
    except forms.Repeated:
        return RedirectResponse(address(_own_referer(request), done="repeated"), 303)
    except RequestError as error:
        return refuse(request, session, [each.as_dict() for each in error.problems], error.status)
    failed: list[dict[str, Any]] = []
    status = 422
    for each in variables if isinstance(variables, list) else [variables]:
        answer = await execute(hub, session.viewer, act.source(), each)
        problems, status = of_errors(answer["errors"]) if answer.get("errors") else (_problems(answer["data"]), 422)
        failed += problems
        if not problems and act.after is not None:
            await act.after(hub, session, each, answer["data"])
    if failed:
        return refuse(request, session, failed, status)
    return RedirectResponse(address(act.onward(path, form), done=act.document), 303)


def _visitor(request: Request) -> Viewer:
    """Visitors ask the graph for what is public as a region would that does not exist: of regions' own data it has none. Each
    address has a budget of its own, so that nobody can spend the others'.
    """
    return Viewer(
        "visitor",
        Role.REGION,
        "",
        frozenset({KeyScope.READ}),
        f"visitor:{request.client.host if request.client else ''}",
    )


def to_sign_in(request: Request) -> Response:
    """To the page where one signs in, and from there back; said to htmx in its own way, which swaps no whole page."""
    expired = "1" if sessions.COOKIE in request.cookies else None
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    place = address("/sign-in", next=wanted if request.method == "GET" else _own_referer(request), expired=expired)
    if request.headers.get("HX-Request"):
        return Response(status_code=401, headers={"HX-Redirect": place})
    return RedirectResponse(place, 303)


def refuse(request: Request, session: Session | None, problems: Sequence[Mapping[str, Any]], status: int) -> Response:
    """What is wrong and how to mend it, with a way back."""
    return render(
        request, "refused", session=session, menu=menu_of(session), page=None, status=status, problems=problems,
        back=_own_referer(request),
    )  # fmt: skip


def of_errors(errors: Iterable[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """The graph's errors as problems, and the status that goes with them."""
    problems: list[dict[str, Any]] = []
    status = 422
    for error in errors:
        more = error.get("extensions") or {}
        status = _STATUS.get(str(more.get("code")), status)
        problems += more.get("problems") or [_foreign(error)]
    return problems, status


def _foreign(error: Mapping[str, Any]) -> dict[str, Any]:
    """An error that says no more than its message: an internal one has its reference in it."""
    zh, _, en = str(error["message"]).partition(" / ")
    remedy = ("稍后再试；仍有问题请把编号告诉运维", "try again later; if it goes on, tell the operator this reference")
    return Problem("ANSWER_FAILED", "", zh, en or zh, None, *remedy).as_dict()


def _problems(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a mutation says was wrong, by the names that problems have in Python."""
    told = [problem for value in found.values() if isinstance(value, dict) for problem in value.get("problems") or ()]
    return [{**each, "remedy_zh": each.get("remedyZh", ""), "remedy_en": each.get("remedyEn", "")} for each in told]


def _done(request: Request) -> Words | None:
    """What is said of an act that has just been done."""
    name = request.query_params.get("done", "")
    if name == "repeated":
        return Words("这次提交此前已处理，没有重复执行", "this was handed in before; it was not done twice")
    return _DONE.get(name)


def _graphiql(page: Page, variables: Mapping[str, Any]) -> str:
    """GraphiQL with the page's query in it."""
    return address("/graphiql") + "#" + address("", query=page.source(), variables=orjson.dumps(variables).decode())[1:]


def _own_referer(request: Request) -> str:
    """The page of ours that led here, without what was said on it; the first page where none did."""
    found = urlsplit(request.headers.get("Referer", ""))
    return (
        found.path
        if found.netloc == request.url.netloc and found.path.startswith("/") and found.path[1:2] != "/"
        else "/"
    )


def _forbidden() -> dict[str, Any]:
    return Problem(
        "FORBIDDEN", "", "当前身份无权使用这个页面或操作", "your role may not use this page or do this", None,
        "如需办理，请联系国家组委会", "ask the national organiser if you need it",
    ).as_dict()  # fmt: skip


def _missing() -> dict[str, Any]:
    return Problem(
        "PAGE_MISSING", "", "没有这一条，或不属本赛区", "there is no such thing, or it is not your region's", None,
        "从列表重新进入", "go in from the list again",
    ).as_dict()  # fmt: skip
