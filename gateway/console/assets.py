"""The console's scripts and style: named by their content, compressed once, kept by browsers for a year."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

router = APIRouter(include_in_schema=False)
_FILES: Final = Path(__file__).parents[1] / "static" / "console"
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".txt": "text/plain", ".svg": "image/svg+xml"}
_HEADERS: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    compressed: bytes
    media_type: str
    version: str


@cache
def _assets() -> dict[str, _Asset]:
    found = {}
    for path in sorted(_FILES.iterdir()):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            version = hashlib.sha256(content).hexdigest()[:12]
            found[path.name] = _Asset(content, gzip.compress(content, 9, mtime=0), _TYPES[path.suffix], version)
    return found


def address(name: str) -> str:
    """Where a file is, with the version of its content."""
    return f"/static/console/{name}?v={_assets()[name].version}"


def compressed_size(name: str) -> int:
    """How many bytes a file is on the wire."""
    return len(_assets()[name].compressed)


@router.api_route("/static/console/{name}", methods=["GET", "HEAD"])
def static(name: str, request: Request) -> Response:
    """One file."""
    asset = _assets().get(name)
    if asset is None:
        raise HTTPException(404)
    if takes_gzip(request):
        return Response(asset.compressed, media_type=asset.media_type, headers={**_HEADERS, "Content-Encoding": "gzip"})
    return Response(asset.content, media_type=asset.media_type, headers=_HEADERS)


def takes_gzip(request: Request) -> bool:
    """Whether whoever asks can read a compressed answer."""
    return "gzip" in request.headers.get("Accept-Encoding", "")
