"""The only opener of connections to platforms: aiohttp with limits, retries and no surprises.

Time limits for connecting, for silence and for the whole answer; a cap on the body after decompression; no redirect (a
platform that moved is news for a person); no proxy from the environment; TLS verified; passing faults tried again with
growing, jittered pauses, or as long as Retry-After asks, up to a bound; a platform that goes on failing is left alone for
a while (`adapters.circuit`).
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
import stamina

from adapters.circuit import LONGEST_WAIT, Circuits, RestingFault
from schema.errors import PassingFault, Problem, SourceChanged

if TYPE_CHECKING:
    from adapters.connection import Connection

# Headers, or how to make them: signed requests need a fresh time and nonce for every attempt.
Headers = Mapping[str, str] | Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A platform's base address and the credentials it gave us; `secret` never appears in a text form."""

    url: str
    key_id: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one request: seconds, bytes, attempts, and the seconds before the second attempt, from which pauses grow."""

    connect: float = 5.0
    silence: float = 20.0
    total: float = 120.0
    body: int = 256 * 1024 * 1024
    attempts: int = 4
    pause: float = 0.2


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer: status 200 or 304, headers, decompressed body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime

    @property
    def sha256(self) -> str:
        """Digest of the body."""
        return hashlib.sha256(self.body).hexdigest()

    def json(self) -> Any:  # noqa: ANN401  whatever the platform sent; the payload model judges it
        """The body as JSON; SourceChanged where it is not."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            kind = self.headers.get("Content-Type", "")
            raise SourceChanged(
                Problem(
                    "NOT_JSON",
                    self.url,
                    value=kind,
                    zh="平台返回的不是 JSON（可能是登录页或维护页）",
                    en=f"the platform did not answer with JSON: {error}",
                    remedy_zh="用浏览器打开该地址查看，恢复后将自动重试",
                    remedy_en="open the address in a browser; the next run tries again",
                )
            ) from None


class Transport:
    """Requests with retries over one session; made by `open_transport`."""

    def __init__(self, connection: "Connection", limits: Limits, circuits: Circuits) -> None:
        self._connection = connection
        self._limits = limits
        self._circuits = circuits

    async def get(
        self, url: str, *, params: Mapping[str, str] | None = None, headers: Headers | None = None
    ) -> Response:
        """GET, with retries."""
        return await self._retried("GET", url, params=params, headers=headers, body=None)

    async def post(self, url: str, body: bytes, *, headers: Headers | None = None) -> Response:
        """POST, with retries: only for requests that read (GraphQL queries, signed searches)."""
        return await self._retried("POST", url, params=None, headers=headers, body=body)

    async def notify(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """POST once, whatever comes of it; the status. What is answered is not read, and trying again is for the caller,
        who remembers over days what a transport remembers over seconds. PassingFault where there is no answer at all.
        """
        return await self._connection.notify(url, body, headers)

    async def _retried(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None,
        headers: Headers | None,
        body: bytes | None,
    ) -> Response:
        async for attempt in stamina.retry_context(
            on=_worth_another_try,
            attempts=self._limits.attempts,
            timeout=None,
            wait_initial=self._limits.pause,
            wait_jitter=self._limits.pause * 5,
            wait_max=5.0,
        ):
            with attempt, self._circuits.watched(url):
                sent = headers() if callable(headers) else headers
                return await self._connection.exchange(method, url, params=params, headers=sent, body=body)
        raise AssertionError("stamina either returns or raises")  # pragma: no cover


@asynccontextmanager
async def open_transport(
    limits: Limits | None = None, circuits: Circuits | None = None, *, public_only: bool = False
) -> AsyncIterator[Transport]:
    """A transport for one run, closed with it. `circuits` remember from run to run which platforms are left alone.
    `public_only` connects to no private, loopback or otherwise special address.
    """
    from adapters.connection import connected  # noqa: PLC0415  what only maps or answers shall not load aiohttp

    bounds = limits or Limits()
    async with connected(bounds, public_only=public_only) as connection:
        yield Transport(connection, bounds, circuits or Circuits())


def _worth_another_try(error: Exception) -> bool | float:
    if not isinstance(error, PassingFault) or isinstance(error, RestingFault):
        return False
    return True if error.retry_after is None else error.retry_after <= LONGEST_WAIT and float(error.retry_after)
