"""The only opener of connections to platforms: aiohttp with limits, retries and no surprises.

Time limits for connecting, for silence and for the whole answer; a cap on the body after decompression; no redirect (a
platform that moved is news for a person); no proxy from the environment; TLS verified; passing faults tried again with
growing, jittered pauses, or as long as Retry-After asks, up to a bound; a platform that goes on failing is left alone for
a while (`adapters.circuit`).
"""

import hashlib
import ipaddress
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp
import orjson
import stamina

from adapters.circuit import LONGEST_WAIT, Circuits, RestingFault
from adapters.refusals import private, refuse, silent
from schema.errors import PassingFault, Problem, SourceChanged

_NOT_PUBLIC: Final = "is no public address"
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
    """Requests over one session; made by `open_transport`."""

    def __init__(self, session: aiohttp.ClientSession, limits: Limits, circuits: Circuits) -> None:
        self._session = session
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
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                return answer.status
        except TimeoutError as error:
            raise PassingFault(silent(url, "对方超时未响应", "it did not answer in time")) from error
        except aiohttp.ClientConnectorError as error:
            # Where a name has several addresses, their errors arrive as one that has kept nothing but the words.
            if _NOT_PUBLIC in str(error.os_error):
                raise SourceChanged(private(url, str(error.os_error))) from None
            raise PassingFault(silent(url, "无法连接", f"connection failed: {type(error).__name__}")) from error
        except (aiohttp.ClientError, ValueError) as error:
            raise PassingFault(silent(url, "无法连接或连接中断", f"failed: {type(error).__name__}")) from error

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
                return await self._once(method, url, params=params, headers=sent, body=body)
        raise AssertionError("stamina either returns or raises")  # pragma: no cover

    async def _once(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        body: bytes | None,
    ) -> Response:
        try:
            async with self._session.request(
                method, url, params=params, headers=headers, data=body, allow_redirects=False
            ) as answer:
                refuse(answer.status, answer.headers, url)
                content = await self._body(answer, url)
                return Response(url, answer.status, answer.headers, content, datetime.now(UTC))
        except TimeoutError as error:
            raise PassingFault(silent(url, "平台超时未响应", "the platform did not answer in time")) from error
        except aiohttp.ClientConnectorCertificateError as error:
            raise SourceChanged(
                Problem(
                    "CERTIFICATE_REFUSED",
                    url,
                    zh="平台的 TLS 证书无法验证（过期、自签或域名不符），未发送任何内容",
                    en="the platform's TLS certificate cannot be verified, and nothing was sent",
                    remedy_zh="请省平台更新证书；内部 CA 的根证书可加入 SSL_CERT_FILE",
                    remedy_en="ask the province to renew it; the root of a CA of its own can be added by SSL_CERT_FILE",
                )
            ) from error
        except aiohttp.ClientError as error:
            raise PassingFault(
                silent(url, "无法连接平台或连接中断", f"connection failed: {type(error).__name__}")
            ) from error

    async def _body(self, answer: aiohttp.ClientResponse, url: str) -> bytes:
        chunks: list[bytes] = []
        size = 0
        async for chunk in answer.content.iter_chunked(1 << 18):
            size += len(chunk)
            if size > self._limits.body:
                raise SourceChanged(
                    Problem(
                        "BODY_TOO_LARGE",
                        url,
                        value=str(size),
                        zh=f"平台返回超过 {self._limits.body >> 20} MB，已停止读取",
                        en=f"the answer exceeds {self._limits.body >> 20} MB and was cut off",
                        remedy_zh="请减小每页条数或核实平台",
                        remedy_en="ask for smaller pages, or check the platform",
                    )
                )
            chunks.append(chunk)
        return b"".join(chunks)


def _public_socket(address: tuple[Any, ...]) -> socket.socket:
    """A socket for an address, if it is a public one. Asked for the very address that is connected to, after names were
    resolved: a name that leads elsewhere the second time gains nothing.
    """
    family, kind, protocol, _, place = address
    found = ipaddress.ip_address(place[0].partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    if not (mapped or found).is_global or found.is_multicast:
        raise OSError(f"{found} {_NOT_PUBLIC}")
    return socket.socket(family, kind, protocol)


@asynccontextmanager
async def open_transport(
    limits: Limits | None = None, circuits: Circuits | None = None, *, public_only: bool = False
) -> AsyncIterator[Transport]:
    """A transport for one run, closed with it. `circuits` remember from run to run which platforms are left alone.
    `public_only` connects to no private, loopback or otherwise special address.
    """
    bounds = limits or Limits()
    timeout = aiohttp.ClientTimeout(total=bounds.total, connect=bounds.connect, sock_read=bounds.silence)
    connector = aiohttp.TCPConnector(limit_per_host=4, socket_factory=_public_socket if public_only else None)
    async with aiohttp.ClientSession(
        timeout=timeout, connector=connector, trust_env=False, headers={"User-Agent": "dexhub"}
    ) as session:
        yield Transport(session, bounds, circuits or Circuits())


def _worth_another_try(error: Exception) -> bool | float:
    if not isinstance(error, PassingFault) or isinstance(error, RestingFault):
        return False
    return True if error.retry_after is None else error.retry_after <= LONGEST_WAIT and float(error.retry_after)
