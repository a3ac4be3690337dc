"""Henan: `GET /api/v1/projects`, page numbers from 1, `updatedSince`, bearer token.

Rows come in order of (updateTime, projectNo). A row that changes while we page moves to the end, and every row behind it
one place forward: whoever turned to the next page would miss one. So we do not turn pages: each answer's last time is
where the next question starts, and page numbers are used only within a moment that more than a page of rows share.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from adapters.source import Position, RawPage, Row, Source, agreed_envelope, platform_error
from adapters.transport import Transport
from adapters.values import china_time
from schema.errors import MappingError


class PlatformSource(Source):
    """Asks on from the last time read until an answer is not full."""

    async def pages(self, transport: Transport, position: Position) -> AsyncIterator[RawPage]:
        """One RawPage an answer, without the rows that the answer before had."""
        size = self.capabilities.page_size
        url = f"{self.endpoint.url}/api/v1/projects"
        headers = {"Authorization": f"Bearer {self.endpoint.secret}"}
        since = position.since.replace(microsecond=0) if position.since else None
        seen: dict[str, Any] = {}  # rows already read of the list that begins at `since`
        total: int | None = None
        more = True
        while more:
            number = len(seen) // size + 1
            params = {"pageSize": str(size), "pageNo": str(number)}
            if since is not None:
                params["updatedSince"] = since.isoformat()
            answer = await transport.get(url, params=params, headers=headers)
            document = answer.json()
            with agreed_envelope(url):
                if document["code"] != 0:
                    raise platform_error(url, document["code"])
                items = document["data"]["list"]
                total = document["data"]["total"] if total is None else total
                place = f"since {params.get('updatedSince', 'the beginning')}, page {number}: data.list"
                rows = [
                    Row(str(item.get("projectNo", "")), f"{place}[{index}]", item) for index, item in enumerate(items)
                ]
                more = len(rows) >= size
                fresh = [row for row in rows if seen.get(row.key) != row.data]
                times = [_time(row.data) for row in rows]
                if more and not fresh:
                    raise ValueError("the page repeats rows already read")
                if since is not None and any(moment < since for moment in times if moment is not None):
                    raise ValueError("the page holds rows older than asked for")
            yield RawPage(url, answer.fetched_at, answer.sha256, fresh, total=total)
            last = times[-1] if times else None
            if last is not None and last != since:
                since, seen = last, {row.key: row.data for row, at in zip(rows, times, strict=True) if at == last}
            else:
                seen |= {row.key: row.data for row in rows}


def _time(row: Any) -> datetime | None:  # noqa: ANN401  whatever the platform sent as a row
    """The second in which the row changed; None where that cannot be read."""
    try:
        return china_time(str(row.get("updateTime", "")), "updateTime").replace(microsecond=0)
    except MappingError:
        return None
