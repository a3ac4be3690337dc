"""How the application is put on the network: uvicorn, with parser and event loop in C, in a configuration that has no patience
with clients that dawdle.

uvicorn ends idle connections, but waits for ever for a head that comes a byte a minute, and its quicker parser for one that never
ends. Here what comes of a head before it is whole has limits of time and size; bodies have theirs in `gateway.limits.bodies`.
"""

import asyncio
import ctypes
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final, cast

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.direct import DirectProtocol
from sync.settings import LimitSettings

_IDLE: Final = 65  # seconds that a connection may stand open between two requests; longer than proxies keep one
_SWITCH: Final = 0.0005  # seconds that a thread computes on while another waits; ten times as many are usual
_M_ARENA_MAX: Final = -8  # of glibc's malloc.h
_LARGE: Final = 64 << 10  # bytes that are not copied once more to stand behind a head
_HEAD: Final = 64 << 10  # bytes of a head that is not whole
_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Together:
    """A connection whose writes of one turn of the loop go out at once: uvicorn writes an answer's head and body one after the other,
    which are two calls of the system here, and two pieces to read for the client.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Have it sent before the loop waits for anything."""
        if not self._waiting:
            self._loop.call_soon(self._send)
        self._waiting.append(data)

    def writelines(self, parts: Iterable[bytes]) -> None:
        """Have these sent at once, behind what waits."""
        self._waiting += parts
        self._send()

    def close(self) -> None:
        """Once everything is sent."""
        self._send()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever else a connection can do
        return getattr(self._transport, name)

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting and len(waiting[-1]) < _LARGE:
            self._transport.write(b"".join(waiting))
        elif waiting:
            self._transport.writelines(waiting)


class Patience(DirectProtocol):
    """As long as a head may take to arrive and as much as may come of it meanwhile, and no more."""

    seconds: float
    _waiting: asyncio.TimerHandle | None = None
    _awaited = True  # a head that is not whole yet
    _unfinished = 0  # bytes that came of it
    _within = False  # a request, from the first byte of its head to the last of its body

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Wait for the first head."""
        super().connection_made(cast("asyncio.Transport", Together(transport, self.loop)))
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on while no head is whole."""
        request: RequestResponseCycle | None = self.cycle
        if not self._within and request is not None and request.response_complete:
            self._awaited = True
        super().data_received(data)
        if not self._awaited:
            self._rest()
            return
        self._wait()
        self._unfinished += len(data)
        if self._unfinished > _HEAD and not self.transport.is_closing():
            self.send_400_response("The head is too large.")

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._rest()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins, with its head."""
        self._awaited = self._within = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._awaited, self._unfinished = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._within = False
        super().on_message_complete()

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(self.seconds, self._give_up)

    def _rest(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_TOO_SLOW)
            self.transport.close()


def configured(app: FastAPI, limits: LimitSettings, **more: Any) -> uvicorn.Config:  # noqa: ANN401  uvicorn's own arguments
    """What uvicorn is run with; logs are ours, and name neither addresses nor the server. Threads of this process take turns more
    often from now on, and share one heap: each with its own would keep what it freed, though the interpreter lets one of them run.
    """
    sys.setswitchinterval(_SWITCH)
    with suppress(AttributeError):  # of another C library than glibc
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
    state = app.state
    known = {"seconds": limits.head_seconds, "turns": state.turns, "figures": state.hub.figures}
    patience = type("Patience", (Patience,), known)
    return uvicorn.Config(
        app,
        http=patience,
        loop="uvloop",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_IDLE,
        limit_concurrency=limits.connections,
        **more,
    )
