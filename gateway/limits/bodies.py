"""How large a body may be, how slowly it may come, and in what form: before anything is read of it."""

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.errors import answer
from gateway.files import PATIENCE
from gateway.headers import said
from schema.errors import Problem, RequestError
from sync.settings import LimitSettings
from sync.workbooks.kinds import MOST_BYTES

_FILES: Final = ("/files/", "/lists/")  # whose routes have bounds of their own, for tables of megabytes
_FORMS: Final = ("/recommendations/upload", "/registers/")  # the console's forms with a table in them


class Bodies:
    """Wraps what a request's body is received through. Compressed bodies are refused, so none can unpack to a thousand
    times its size; files that are archives by themselves are bounded where they are opened.
    """

    def __init__(self, app: ASGIApp, limits: LimitSettings) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse by the headers at once, else while it is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope)
        except RequestError as error:
            response = await answer(Request(scope), error)
            await response(scope, receive, send)
            return
        path = scope["path"]
        bounded = receive if path.startswith(_FILES) else self._bounded(receive, *self._bounds(path))
        await self._app(scope, bounded, send)

    def _check(self, scope: Scope) -> None:
        if (said(scope, b"content-encoding") or "identity").lower() != "identity":
            raise RequestError(
                Problem(
                    "ENCODING_REFUSED",
                    "Content-Encoding",
                    "不接受压缩的请求体",
                    "compressed bodies are not accepted",
                    remedy_zh="不压缩发送",
                    remedy_en="send it uncompressed",
                ),
                status=415,
            )
        length, path = said(scope, b"content-length") or "0", scope["path"]
        most, _ = self._bounds(path)
        if not path.startswith(_FILES) and length.isdecimal() and int(length) > most:
            raise _too_large(most)

    def _bounds(self, path: str) -> tuple[int, float]:
        """How many bytes a body may have, and how many seconds it may take."""
        if path.startswith(_FORMS):
            return MOST_BYTES + self._limits.body_bytes, max(self._limits.body_seconds, PATIENCE)
        return self._limits.body_bytes, self._limits.body_seconds

    def _bounded(self, receive: Receive, most: int, seconds: float) -> Receive:
        size, end = 0, asyncio.get_running_loop().time() + seconds
        whole = False

        async def bounded() -> Message:
            nonlocal size, whole
            if whole:  # what comes now is the end of the connection, for which there is no limit
                return await receive()
            try:
                async with asyncio.timeout_at(end):
                    message = await receive()
            except TimeoutError:
                raise _too_slow(seconds) from None
            if message["type"] == "http.disconnect":
                raise _cut_short()
            size += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if size > most:
                raise _too_large(most)
            return message

        return bounded


def _too_large(most: int) -> RequestError:
    bound = most >> 10
    return RequestError(
        Problem(
            "BODY_TOO_LARGE", "body", f"请求体超过 {bound} KB", f"the body exceeds {bound} kB", None,
            "分几次发送", "send it in several",
        ),
        status=413,
    )  # fmt: skip


def _too_slow(seconds: float) -> RequestError:
    return RequestError(
        Problem(
            "BODY_TOO_SLOW",
            "body",
            f"请求体在 {seconds:g} 秒内未到齐",
            f"the body was not whole after {seconds:g} seconds",
            remedy_zh="检查网络后重试",
            remedy_en="check the network and try again",
        ),
        status=408,
    )


def _cut_short() -> RequestError:
    """Nobody is left to read it; it keeps a client that went away from being told of as a fault of ours."""
    return RequestError(
        Problem(
            "BODY_CUT_SHORT", "body", "请求体未到齐连接即断开", "the client left before its body was whole", None,
            "检查网络后重试", "check the network and try again",
        )
    )  # fmt: skip
