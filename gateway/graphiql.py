"""GraphiQL for people who explore the hub in a browser, served without a CDN: the hub runs in closed networks."""

import hashlib
import secrets
from functools import cache
from pathlib import Path
from string import Template
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import FileResponse, HTMLResponse

from gateway.admission import viewer_of
from gateway.auth import Viewer
from gateway.saved_queries import tabs

router = APIRouter(include_in_schema=False)

_FILES: Final = Path(__file__).parent / "static" / "graphiql"
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".txt": "text/plain"}
_GUARDS: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

# Style elements, which GraphiQL's dialogs make at run time, need the nonce; images in the style sheet are data URLs.
_POLICY: Final = Template(
    "default-src 'self'; style-src 'self' 'nonce-$nonce'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.api_route("/graphiql", methods=["GET", "HEAD"])
def page() -> HTMLResponse:
    """The page, with a nonce of its own; it holds no data and asks for no key."""
    nonce = secrets.token_urlsafe(16)
    template, version = _template()
    html = template.substitute(nonce=nonce, version=version)
    policy = _POLICY.substitute(nonce=nonce)
    return HTMLResponse(html, headers={**_GUARDS, "Content-Security-Policy": policy, "Cache-Control": "no-store"})


@router.get("/graphiql/tabs")
async def offered(viewer: Annotated[Viewer, Depends(viewer_of)]) -> dict[str, Any]:
    """Whose key it is, and the saved queries that it may run; without a key, 401 as everywhere."""
    return {"name": viewer.name, "role": viewer.role, "region": viewer.region, "tabs": tabs(viewer)}


@router.api_route("/static/graphiql/{name}", methods=["GET", "HEAD"])
def static(name: str) -> FileResponse:
    """One file. The page names it with the version of its content, so it may be kept for a year."""
    path = _static().get(name)
    if path is None:
        raise HTTPException(404)
    headers = {**_GUARDS, "Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(path, media_type=_TYPES[path.suffix], headers=headers)


@cache
def _static() -> dict[str, Path]:
    return {path.name: path for path in sorted(_FILES.iterdir()) if path.suffix in _TYPES}


@cache
def _template() -> tuple[Template, str]:
    content = b"".join(path.read_bytes() for path in _static().values())
    return Template((_FILES / "index.html").read_text("utf-8")), hashlib.sha256(content).hexdigest()[:12]
