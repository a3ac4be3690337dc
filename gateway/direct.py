"""Requests for the graph straight from a connection: most come as a whole and at once, and nothing between uvicorn and the answer has
anything to do for them. What ASGI does for a request (a task, events, messages, seven layers of an application) takes longer than an
answer that is kept.

Bounds, headers, figures and log are those of the ordinary way. A request that is unusual in any way takes that: one that is large, slow
or compressed, from another site, with a header that says more; and whatever the turns leave to it.
"""

import asyncio
import time
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

from starlette.types import Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gateway.compiled.asked import Asked
from gateway.compiled.kept import Answer
from gateway.compiled.path import GRAPH, OUTCOME, response
from gateway.compiled.recognition import media_of
from gateway.compiled.turns import Turns
from gateway.headers import completed
from gateway.observing import BEGAN, Figures, note, request_number
from schema.errors import RequestError

_PATH: Final = GRAPH.encode()
_WHOLE: Final = 16 << 10  # bytes of a body
_SOON: Final = 0.05  # seconds in which a body is here that was sent with its head
_UNUSUAL: Final = {b"origin", b"content-encoding", b"transfer-encoding", b"expect", b"upgrade"}
_FORWARDED: Final = {b"x-forwarded-for", b"x-forwarded-proto"}
_CLOSE: Final = (b"connection", b"close")


class _Nobody:
    """Of those who wait for more of a body, which is here."""

    def set(self) -> None:
        """Tell them."""


class Direct(Asked):
    """One request; to uvicorn it stands where its own cycle of request and response would."""

    __slots__ = ("began", "by", "disconnected", "keep_alive", "media", "response_complete", "soon")
    message_event: Final = _Nobody()

    def __init__(self, by: "DirectProtocol", scope: Scope, media: str, *, keep_alive: bool) -> None:
        super().__init__(scope, b"")
        self.by, self.media, self.keep_alive = by, media, keep_alive
        self.began = time.perf_counter()
        self.response_complete = self.disconnected = False
        self.soon: asyncio.TimerHandle | None = None  # when its body must be here

    def then(self, outcome: Answer | RequestError | None) -> None:
        """Send it, or go the ordinary way."""
        if isinstance(outcome, Answer):
            self.by.send(self, outcome)
        else:
            self.scope["state"][OUTCOME] = outcome
            self.by.figures.running -= 1
            self.by.ordinarily(self)


class DirectProtocol(HttpToolsProtocol):
    """A connection that has turns answer what they can."""

    turns: Turns | None  # None where every request takes the ordinary way
    figures: Figures
    cycle: Any  # uvicorn's own, or a request of ours, which has all that is asked of one here
    _coming: Direct | None = None  # whose body is not whole yet

    def data_received(self, data: bytes) -> None:
        """Wait a moment for a body that was sent after its head."""
        super().data_received(data)
        coming = self._coming
        if coming is not None and coming.soon is None:
            coming.soon = self.loop.call_later(_SOON, self._late, coming)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever leaves before its body is whole is told of in the ordinary way."""
        if self._coming is not None:
            self._late(self._coming)
        super().connection_lost(exc)

    def on_headers_complete(self) -> None:
        """Wait for the body, or begin the ordinary way."""
        self._unset_keepalive_if_required()  # what came before in the same piece may have been answered by now
        coming = self._direct()
        if coming is None:
            super().on_headers_complete()
        else:
            self.cycle = self._coming = coming

    def on_body(self, body: bytes) -> None:
        """Take a piece of it."""
        if self._coming is not None:
            self._coming.raw += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Have it answered."""
        coming = self._coming
        if coming is None or self.turns is None:
            super().on_message_complete()
            return
        self._rest_of(coming)
        self.figures.running += 1
        self.turns.ask(coming)

    def send(self, request: Direct, found: Answer) -> None:
        """Answer it."""
        number = request.scope["state"]["request_id"] = request_number()
        made = response(request.scope, request.media, found)
        own = [*self.server_state.default_headers, *made.own, (b"x-request-id", number.encode())]
        if not request.keep_alive:
            own.append(_CLOSE)
        head = _head(made.status, made.steady, request.scope["scheme"])
        if not self.transport.is_closing():
            lines = [b"%b: %b\r\n" % each for each in own]
            self.transport.writelines((b"".join((head, *lines, b"\r\n")), made.body))
        request.response_complete = True
        if not request.keep_alive:
            self.transport.close()
        self.on_response_complete()
        self.figures.running -= 1
        note(self.figures, request.scope, GRAPH, made.status, time.perf_counter() - request.began)

    def ordinarily(self, request: Direct, *, whole: bool = True) -> None:
        """Begin what uvicorn would have begun with its head."""
        request.scope["state"][BEGAN] = request.began
        cycle = RequestResponseCycle(
            scope=request.scope,  # type: ignore[arg-type]  # Starlette's word for the same
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=request.keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.disconnected = request.disconnected
        cycle.body, cycle.more_body = bytearray(b"" if request.by_get else request.raw), not whole
        cycle.message_event.set()
        if self.cycle is request:
            self.cycle = cycle
        self._start_asgi_task(cycle, self.app)

    def _direct(self) -> Direct | None:
        """The request whose head has come, unless it takes the ordinary way."""
        path, _, query = self.url.partition(b"?")
        if (
            self.turns is None
            or path != _PATH
            or b"#" in query
            or (self.cycle is not None and not self.cycle.response_complete)
            or self.flow.write_paused  # a client that takes nothing is given nothing more
            or self.root_path
            or self.parser.get_http_version() != "1.1"
            or (self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency)
        ):
            return None
        scope: Scope = self.scope  # type: ignore[assignment]  # as above
        scope["method"] = method = self.parser.get_method().decode("ascii")
        told = dict(self.headers)
        length = told.get(b"content-length")
        if (
            len(told) < len(self.headers)  # one of them is there twice
            or not _UNUSUAL.isdisjoint(told)
            or (method == "POST") != (length is not None)
            or int(length or 0) > min(_WHOLE, self.turns.most_bytes)
        ):
            return None
        media = media_of(scope)
        if media is None:
            return None
        scope.update(path=GRAPH, raw_path=_PATH, query_string=query)
        if self.config.proxy_headers and not _FORWARDED.isdisjoint(told):
            _forwarded(scope, self.config.forwarded_allow_ips)
        made = Direct(self, scope, media, keep_alive=self.parser.should_keep_alive())
        if method == "GET":
            made.raw = query
        return made

    def _late(self, coming: Direct) -> None:
        if self._coming is coming:
            self._rest_of(coming)
            self.ordinarily(coming, whole=False)

    def _rest_of(self, coming: Direct) -> None:
        self._coming = None
        if coming.soon is not None:
            coming.soon.cancel()


@lru_cache
def _head(status: int, steady: tuple[tuple[bytes, bytes], ...], scheme: str) -> bytes:
    return STATUS_LINE[status] + b"".join(b"%b: %b\r\n" % each for each in completed(steady, scheme))


def _forwarded(scope: Scope, trusted: list[str] | str) -> None:
    """Note whom a proxy in front speaks for, by what uvicorn wraps applications in: it waits for nothing, so one step is all of it."""
    with suppress(StopIteration):
        seen = _proxied(tuple(trusted) if isinstance(trusted, list) else trusted)
        seen(scope, None, None).send(None)  # type: ignore[arg-type]  # as above; it hands them on to nobody


@lru_cache
def _proxied(trusted: tuple[str, ...] | str) -> ProxyHeadersMiddleware:
    return ProxyHeadersMiddleware(_no_application, list(trusted) if isinstance(trusted, tuple) else trusted)


async def _no_application(scope: object, receive: object, send: object) -> None:
    del scope, receive, send
