"""Henan: `GET /api/v1/projects`, page numbers from 1, `updatedSince`, bearer token.

Rows come in order of (updateTime, projectNo). A row that changes while we page moves to the end, and every row behind it
one place forward: whoever turned to the next page would miss one. So we do not turn pages: each answer's last time is
where the next question starts, and page numbers are used only within a moment that more than a page of rows share.
Such a moment is read again until two readings in a row find the same rows: whoever left it between two pages, and moved
another row to a page already read, is missing from the second.

`projectNos`, separated by commas, asks for single projects in one answer.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from adapters.source import NumberedSource, Position, RawPage, Row, agreed_envelope, platform_error
from adapters.transport import Response, Transport
from adapters.values import china_time
from schema.errors import MappingError


class PlatformSource(NumberedSource):
    """Asks on from the last time read until an answer is not full."""

    async def pages(self, transport: Transport, position: Position) -> AsyncIterator[RawPage]:
        """One RawPage an answer, without the rows that the answer before had."""
        size = self.capabilities.page_size
        url, headers = self._address()
        since = position.since.replace(microsecond=0) if position.since else None
        seen: dict[str, Any] = {}  # rows already read of the list that begins at `since`
        reading: dict[str, Any] = {}  # rows of the moment `since` that this reading of it has found
        before: dict[str, Any] | None = None  # and those that the reading before had
        total: int | None = None
        number, more = 1, True
        while more:
            params = {"pageSize": str(size), "pageNo": str(number)}
            if since is not None:
                params["updatedSince"] = since.isoformat()
            answer = await transport.get(url, params=params, headers=headers)
            with agreed_envelope(url):
                data = _data(answer)
                items = data["list"]
                total = data["total"] if total is None else total
                place = f"since {params.get('updatedSince', 'the beginning')}, page {number}: data.list"
                rows = [
                    Row(str(item.get("projectNo", "")), f"{place}[{index}]", item) for index, item in enumerate(items)
                ]
                more = len(rows) >= size
                times = [_time(row.data) for row in rows]
                if more and all(reading.get(row.key) == row.data for row in rows):
                    raise ValueError("the page repeats rows already read")
                if since is not None and any(moment < since for moment in times if moment is not None):
                    raise ValueError("the page holds rows older than asked for")
            fresh = [row for row in rows if seen.get(row.key) != row.data]
            yield RawPage(url, answer.fetched_at, answer.sha256, fresh, total=total)
            last = times[-1] if times else None
            seen |= {row.key: row.data for row in rows}
            reading |= {row.key: row.data for row, at in zip(rows, times, strict=True) if at in (since, None)}
            if last in (since, None) and more:
                number += 1
            elif number > 1 and reading != before:
                number, more, before, reading = 1, True, reading, {}
            elif more:
                since, number, before, reading = last, 1, None, {}
                seen = {row.key: row.data for row, at in zip(rows, times, strict=True) if at == last}

    async def numbered(self, transport: Transport, numbers: Sequence[str]) -> RawPage:
        """One answer."""
        url, headers = self._address()
        params = {"projectNos": ",".join(numbers), "pageSize": str(len(numbers))}
        answer = await transport.get(url, params=params, headers=headers)
        with agreed_envelope(url):
            rows = [
                Row(str(item.get("projectNo", "")), f"data.list[{index}]", item)
                for index, item in enumerate(_data(answer)["list"])
            ]
        return RawPage(url, answer.fetched_at, answer.sha256, rows)

    def _address(self) -> tuple[str, dict[str, str]]:
        return f"{self.endpoint.url}/api/v1/projects", {"Authorization": f"Bearer {self.endpoint.secret}"}


def _data(answer: Response) -> Any:  # noqa: ANN401  whatever the platform sent
    """What is in the envelope; SourceChanged where the platform says that something went wrong."""
    document = answer.json()
    if document["code"] != 0:
        raise platform_error(answer.url, document["code"])
    return document["data"]


def _time(row: Any) -> datetime | None:  # noqa: ANN401  whatever the platform sent as a row
    """The second in which the row changed; None where that cannot be read."""
    try:
        return china_time(str(row.get("updateTime", "")), "updateTime").replace(microsecond=0)
    except MappingError:
        return None
