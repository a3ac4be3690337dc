"""Henan: `GET /api/v1/projects`, page numbers from 1, `updatedSince`, bearer token.

Rows come in order of (updateTime, projectNo). A row that changes while we page moves to the end, and every row behind it
one place forward: whoever turned to the next page would miss one. So we do not turn pages: each answer's last time is
where the next question starts, and page numbers are used only within a moment that more than a page of rows share.
"""

from collections.abc import AsyncIterator
from typing import Any

from adapters.base import Position, RawPage, Row, Source, agreed_envelope, platform_error
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
        since = "" if position.since is None else position.since.isoformat(timespec="seconds")
        seen: dict[str, Any] = {}  # rows already read of the list that begins at `since`
        total: int | None = None
        more = True
        while more:
            number = len(seen) // size + 1
            params = {"pageSize": str(size), "pageNo": str(number), **({"updatedSince": since} if since else {})}
            answer = await transport.get(url, params=params, headers=headers)
            document = answer.json()
            with agreed_envelope(url):
                if document["code"] != 0:
                    raise platform_error(url, document["code"])
                items = document["data"]["list"]
                total = document["data"]["total"] if total is None else total
                place = f"since {since or 'the beginning'}, page {number}: data.list"
                rows = [
                    Row(str(item.get("projectNo", "")), f"{place}[{index}]", item) for index, item in enumerate(items)
                ]
                more = len(rows) >= size
                fresh = [row for row in rows if seen.get(row.key) != row.data]
                if more and not fresh:
                    raise ValueError("the page repeats rows already read")
            yield RawPage(url, answer.fetched_at, answer.sha256, fresh, total=total)
            last = _time(rows[-1].data) if rows else None
            if last is not None and last != since:
                since, seen = last, {row.key: row.data for row in rows if _time(row.data) == last}
            else:
                seen |= {row.key: row.data for row in rows}


def _time(row: Any) -> str | None:  # noqa: ANN401  whatever the platform sent as a row
    """When the row changed, as the platform is asked for it; None where that cannot be read."""
    try:
        return china_time(str(row.get("updateTime", "")), "updateTime").isoformat(timespec="seconds")
    except MappingError:
        return None
