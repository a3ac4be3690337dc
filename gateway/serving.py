"""How the application is put on the network: uvicorn, in a configuration that has no patience with clients that dawdle.

uvicorn ends idle connections and bounds the size of a request's head, but waits for ever for a head that comes a byte a
minute. Here a head has a time limit as well; bodies have theirs in `gateway.limits.bodies`.
"""

import asyncio
from typing import Any, Final

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from sync.settings import LimitSettings

_IDLE: Final = 65  # seconds that a connection may stand open between two requests; longer than proxies keep one
_HEAD: Final = 16 << 10  # bytes of a request's head
_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Patience(H11Protocol):
    """As long as a head may take to arrive, and no longer."""

    seconds: float
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on while no head is whole."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait()
        elif self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        if self._waiting is not None:
            self._waiting.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(self.seconds, self._give_up)

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_TOO_SLOW)
            self.transport.close()


def configured(app: FastAPI, limits: LimitSettings, **more: Any) -> uvicorn.Config:  # noqa: ANN401  uvicorn's own arguments
    """What uvicorn is run with; logs are ours, and name neither addresses nor the server."""
    patience = type("Patience", (Patience,), {"seconds": limits.head_seconds})
    return uvicorn.Config(
        app,
        http=patience,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_IDLE,
        h11_max_incomplete_event_size=_HEAD,
        limit_concurrency=limits.connections,
        **more,
    )
