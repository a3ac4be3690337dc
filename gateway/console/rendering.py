"""Makes HTML: templates with everything escaped, words of the reader's language, headers that forbid what no page needs."""

import gzip
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from gateway.console import assets, forms
from gateway.console.labels import label, members
from gateway.console.page import Page
from gateway.console.sessions import Session, give
from schema.provenance import CHINA
from schema.vocabulary import Role

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGE: Final = "dexhub_language"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept-Encoding, Cookie",
}


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415  a worker holds what it loads

    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(when=when, day=day, data=data, marked=marked)
    made.globals.update(asset=assets.address, address=address, members=members, Role=Role)
    return made


def language_of(request: Request) -> str:
    """The language that is shown: Chinese unless the reader chose English."""
    return "en" if request.cookies.get(LANGUAGE) == "en" else "zh"


def when(moment: str | None) -> str:
    """A moment as the graph writes it, in Beijing's time to the minute."""
    return f"{datetime.fromisoformat(moment).astimezone(CHINA):%Y-%m-%d %H:%M}" if moment else "—"


def day(moment: str | None) -> str:
    """The day of a moment in Beijing."""
    return when(moment)[:10]


def data(value: Any) -> Markup:  # noqa: ANN401  any JSON value
    """JSON that may stand inside a script element."""
    return Markup(json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704  escaped here


def marked(text: str, spans: Sequence[Mapping[str, int]]) -> Markup:
    """A text with these parts of it marked."""
    made, place = Markup(), 0
    for span in sorted(spans, key=lambda each: each["start"]):
        start, end = max(place, span["start"]), min(len(text), span["end"])
        if start < end:
            made += Markup("{}<mark>{}</mark>").format(text[place:start], text[start:end])
            place = end
    return made + text[place:]


def address(path: str, pairs: Sequence[tuple[str, Any]] = (), **more: Any) -> str:  # noqa: ANN401  whatever stands in a query
    """A path of ours with a query; of `pairs` those that `more` names are replaced, empty ones left out."""
    kept = [(name, value) for name, value in pairs if name not in more]
    query = urlencode([(name, value) for name, value in [*kept, *more.items()] if value not in (None, "")])
    return quote(path, safe="/:%") + (f"?{query}" if query else "")


def own(place: str) -> str:
    """A place to go on to, if it is one of ours; no other site is ever gone on to. A path that begins with two strokes is
    another site's too, to a browser.
    """
    found = urlsplit(place)
    here = found.path.startswith("/") and not found.path.startswith("//") and "\\" not in place
    inside = here and not found.scheme and not found.netloc
    return address(found.path) + (f"?{found.query}" if found.query else "") if inside else "/"


def render(
    request: Request,
    template: str,
    *,
    session: Session | None,
    menu: Sequence[Page],
    page: Page | None = None,
    status: int = 200,
    **given: Any,  # noqa: ANN401  what the template shows
) -> Response:
    """The whole page, compressed where it is wanted so."""
    language = language_of(request)

    def said(zh: str, en: str) -> str:
        return en if language == "en" else zh

    visitor = "" if session else request.cookies.get(forms.VISITOR, "") or secrets.token_urlsafe(32)
    key = session.form_key if session else visitor
    values: dict[str, Any] = {
        "t": said,
        "language": language,
        "label": lambda kind, value: label(kind, value, language),
        "token": lambda: forms.token(key),
        "viewer": session.viewer if session else None,
        "is_national": bool(session and session.viewer.role is Role.NATIONAL),
        "menu": menu,
        "page": page,
        "here": request.url.path,
        "query": request.url.query,
        **given,
    }
    content = _environment().get_template(f"{template}.html").render(values).encode()
    headers = dict(_HEADERS)
    if assets.takes_gzip(request):
        content, headers["Content-Encoding"] = gzip.compress(content, 1), "gzip"
    response = Response(content, status_code=status, media_type="text/html; charset=utf-8", headers=headers)
    if visitor and forms.VISITOR not in request.cookies:
        give(response, request, forms.VISITOR, visitor)
    return response
