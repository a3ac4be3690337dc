"""What a simulated platform can do wrong, in any dialect: each fault spoils answers that were right."""

import asyncio
import gzip
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final, Literal

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Fault:
    """What the platform does wrong, after how many right answers, and how many answers long.

    status: `value` is the code, `retry_after` the seconds it asks for. delay: `value` seconds before the answer.
    html: a page for people, with status 200. truncated: half the body, its length told rightly. cut: half the body, then
    the connection ends. encoding: the text in another encoding than agreed. huge: `value` bytes of blanks behind the
    body. repeat: an answer given before, the `value`-th last.
    """

    kind: Literal["status", "delay", "html", "truncated", "cut", "encoding", "huge", "repeat"]
    value: float = 503
    times: int = 1
    after: int = 0
    retry_after: int | None = None

    def used(self) -> "Fault | None":
        """What is left of it after one more answer."""
        if self.after:
            return replace(self, after=self.after - 1)
        return replace(self, times=self.times - 1) if self.times > 1 else None

    async def spoilt(self, request: web.Request, handler: Handler, given: Sequence[web.Response]) -> web.StreamResponse:
        """The answer to `request` with this fault in it; `given` are the last answers, oldest first."""
        if (other := self._instead(given)) is not None:
            return other
        if self.kind == "delay":
            await request.read()  # whoever gives up waiting takes an unread body along
            await asyncio.sleep(self.value)
        right = await handler(request)
        body = body_of(right)
        match self.kind:
            case "truncated":
                right = answer_like(right, body[: len(body) // 2], status=200)  # also of a 304: nothing is half of it
            case "encoding":
                right = answer_like(right, transcoded(body))
            case "huge":
                right = answer_like(right, body + b" " * int(self.value))
            case "cut":
                right = await _cut(request, body)
        return right

    def _instead(self, given: Sequence[web.Response]) -> web.Response | None:
        """What is answered without looking at the request."""
        if self.kind == "status":
            headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
            return web.Response(status=int(self.value), text="busy", headers=headers)
        if self.kind == "html":
            return web.Response(text="<html><body>系统维护中</body></html>", content_type="text/html")
        if self.kind == "repeat" and len(given) >= self.value:
            before = given[-int(self.value)]
            return answer_like(before, body_of(before))
        return None


def body_of(answer: web.StreamResponse) -> bytes:
    """The body of an answer that is held whole; nothing of any other."""
    return answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b""


def answer_like(model: web.StreamResponse, body: bytes, status: int | None = None) -> web.Response:
    """An answer of the same status, if no other is given, and headers with another body; its length is told rightly."""
    headers = {name: value for name, value in model.headers.items() if name != "Content-Length"}
    return web.Response(status=status or model.status, headers=headers, body=body)


def transcoded(body: bytes) -> bytes:
    """The same text in GB 18030 where it was UTF-8, in UTF-8 where it was not; inside archives too."""
    if body.startswith(_GZIP):
        return gzip.compress(transcoded(gzip.decompress(body)), mtime=0)
    if body.startswith(_ZIP):
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(body)) as packed, zipfile.ZipFile(out, "w") as written:
            for name in packed.namelist():
                written.writestr(name, transcoded(packed.read(name)))
        return out.getvalue()
    try:
        return body.decode().encode("gb18030")
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace").encode()


async def _cut(request: web.Request, body: bytes) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": str(len(body))})
    await answer.prepare(request)
    await answer.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return answer
