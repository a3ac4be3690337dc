"""Hebei: `POST /openapi/entries/search`, every request signed, a continuation token from page to page.

The platform takes no time and reports no deletion: every pull is the full listing, and an entry that is gone is missing
from it. Rows come in order of 项目编号, so one that changes while we page is neither missed nor met twice. The token is
the platform's own and lives for one listing; it is not kept for the next pull. Single projects are searched for by
`项目编号`, a list, in one answer.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from adapters.source import NumberedSource, Position, RawPage, Row, agreed_envelope, platform_error
from adapters.transport import Response, Transport

SUCCESS: Final = "0000"


def signature(secret: str, path: str, body: bytes, timestamp: str, nonce: str) -> str:
    """X-Sign of a POST: hex HMAC-SHA256 over method, path, body, milliseconds and nonce, a line each."""
    signed = b"\n".join((b"POST", path.encode(), body, timestamp.encode(), nonce.encode()))
    return hmac.digest(secret.encode(), signed, hashlib.sha256).hex()


class PlatformSource(NumberedSource):
    """Pages until there is no continuation token."""

    async def pages(self, transport: Transport, position: Position) -> AsyncIterator[RawPage]:  # noqa: ARG002  always full
        """One RawPage a page of the listing."""
        url = f"{self.endpoint.url}/openapi/entries/search"
        token: str | None = None
        asked: set[str | None] = set()
        while True:
            asked.add(token)
            search = {"每页条数": self.capabilities.page_size, "续传令牌": token}
            answer, data = await self._found(transport, url, search)
            with agreed_envelope(url):
                total, token = data["总数"], data["续传令牌"]
                if token in asked - {None}:
                    raise ValueError("the continuation token leads back to a page already read")
                rows = _rows(data, f"page {len(asked)}: ")
            yield RawPage(url, answer.fetched_at, answer.sha256, rows, total=total)
            if token is None:
                return

    async def numbered(self, transport: Transport, numbers: Sequence[str]) -> RawPage:
        """One answer."""
        url = f"{self.endpoint.url}/openapi/entries/search"
        search = {"每页条数": len(numbers), "续传令牌": None, "项目编号": [*numbers]}
        answer, data = await self._found(transport, url, search)
        with agreed_envelope(url):
            rows = _rows(data, "")
        return RawPage(url, answer.fetched_at, answer.sha256, rows)

    async def _found(self, transport: Transport, url: str, search: Mapping[str, Any]) -> tuple[Response, Any]:
        """The answer and what is in its envelope; SourceChanged where the platform says that something went wrong."""
        body = orjson.dumps(search)
        answer = await transport.post(url, body, headers=partial(self._headers, url, body))
        document = answer.json()
        with agreed_envelope(url):
            if document["状态码"] != SUCCESS:
                raise platform_error(url, document["状态码"])
            return answer, document["数据"]

    def _headers(self, url: str, body: bytes) -> dict[str, str]:
        timestamp, nonce = str(time.time_ns() // 1_000_000), secrets.token_hex(16)
        return {
            "Content-Type": "application/json",
            "X-App-Key": self.endpoint.key_id,
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Sign": signature(self.endpoint.secret, urlsplit(url).path, body, timestamp, nonce),
        }


def _rows(data: Any, page: str) -> list[Row]:  # noqa: ANN401  whatever the platform sent
    records = data["记录"]
    return [Row(str(item.get("项目编号", "")), f"{page}数据.记录[{index}]", item) for index, item in enumerate(records)]
