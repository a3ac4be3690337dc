"""What a request says in its headers; and headers that every answer has unless its route says otherwise: it is nobody's to frame, to
guess the type of or to keep.
"""

from collections.abc import Iterable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_DEFAULTS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_TLS: Final = (
    "Strict-Transport-Security",
    "max-age=31536000",
)  # told only where a request came through TLS: elsewhere it has no meaning


def _raw(*headers: tuple[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers]


_PLAIN: Final = _raw(*_DEFAULTS.items())
_SAFE: Final = [*_PLAIN, *_raw(_TLS)]


def said(scope: Scope, name: bytes) -> str | None:
    """What a request says in the first of its headers of this name, in small letters; None where it has none."""
    for each, value in scope["headers"]:
        if each == name:
            found: str = value.decode("latin-1")
            return found
    return None


def completed(headers: Iterable[tuple[bytes, bytes]], scheme: str | None) -> list[tuple[bytes, bytes]]:
    """An answer's headers, with those that are missing."""
    found = list(headers)
    there = {name.lower() for name, _ in found}
    return found + [each for each in (_SAFE if scheme == "https" else _PLAIN) if each[0] not in there]


class SecurityHeaders:
    """Adds what is missing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the answer's headers as they go out."""

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = completed(message.get("headers", ()), scope.get("scheme"))
            await send(message)

        await self._app(scope, receive, adding if scope["type"] == "http" else send)
