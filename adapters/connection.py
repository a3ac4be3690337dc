"""Connections to platforms by aiohttp: one exchange each, within limits. Opened by `adapters.transport` alone."""

import ipaddress
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp

from adapters.refusals import private, refuse, silent
from adapters.transport import Limits, Response
from schema.errors import PassingFault, Problem, SourceChanged

_NOT_PUBLIC: Final = "is no public address"


class Connection:
    """Exchanges over one session; made by `connected`."""

    def __init__(self, session: aiohttp.ClientSession, limits: Limits) -> None:
        self._session = session
        self._limits = limits

    async def exchange(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        body: bytes | None,
    ) -> Response:
        """The whole answer to one request; PassingFault or SourceChanged where there is none that may be read."""
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

    async def notify(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """POST, and the status; what is answered is not read. PassingFault where there is no answer at all."""
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
async def connected(limits: Limits, *, public_only: bool) -> AsyncIterator[Connection]:
    """A session for one run, closed with it; see `adapters.transport.open_transport`."""
    timeout = aiohttp.ClientTimeout(total=limits.total, connect=limits.connect, sock_read=limits.silence)
    connector = aiohttp.TCPConnector(limit_per_host=4, socket_factory=_public_socket if public_only else None)
    async with aiohttp.ClientSession(
        timeout=timeout, connector=connector, trust_env=False, headers={"User-Agent": "dexhub"}
    ) as session:
        yield Connection(session, limits)
