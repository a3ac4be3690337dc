"""Henan: `GET /api/v1/projects`, page numbers from 1, `updatedSince`, bearer token.

Rows come in order of (updateTime, projectNo), so a row that changes while we page moves to the end and is met again.
"""

from collections.abc import AsyncIterator

from adapters.base import Position, RawPage, Row, Source, agreed_envelope, platform_error
from adapters.transport import Transport


class PlatformSource(Source):
    """Pages until a page is short."""

    async def pages(self, transport: Transport, position: Position) -> AsyncIterator[RawPage]:
        """One RawPage a page of the list."""
        size = self.capabilities.page_size
        url = f"{self.endpoint.url}/api/v1/projects"
        headers = {"Authorization": f"Bearer {self.endpoint.secret}"}
        params = {"pageSize": str(size)}
        if position.since is not None:
            params["updatedSince"] = position.since.isoformat(timespec="seconds")
        number = 1
        while True:
            answer = await transport.get(url, params={**params, "pageNo": str(number)}, headers=headers)
            document = answer.json()
            with agreed_envelope(url):
                if document["code"] != 0:
                    raise platform_error(url, document["code"])
                items, total = document["data"]["list"], document["data"]["total"]
                rows = [
                    Row(str(item.get("projectNo", "")), f"page {number}: data.list[{index}]", item)
                    for index, item in enumerate(items)
                ]
            yield RawPage(url, answer.fetched_at, answer.sha256, rows, total=total)
            if len(rows) < size:
                return
            number += 1
