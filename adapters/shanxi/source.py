"""Shanxi: `GET /batches` lists a gzip file of NDJSON for every day with changes; `X-Api-Token`.

An entry lies in the batch of the day (Beijing time) of its last change and moves on when it changes again. The cursor
holds the digests of the batches read, by day, so a batch that is as it was is not fetched again.

`POST /applications` with the numbers, one a line, gives these entries as NDJSON in one answer.
"""

import zlib
from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Final, NamedTuple

import orjson

from adapters.source import NumberedSource, Position, RawPage, Row, agreed_envelope
from adapters.transport import Response, Transport
from schema.errors import Problem, SourceChanged
from schema.provenance import CHINA

_LARGEST: Final = 256 * 1024 * 1024  # bytes of one batch, unpacked
_GZIP: Final = 16 + zlib.MAX_WBITS


class _Batch(NamedTuple):
    day: str
    rows: int
    sha256: str


class PlatformSource(NumberedSource):
    """One page a batch, oldest day first."""

    async def pages(self, transport: Transport, position: Position) -> AsyncIterator[RawPage]:
        """The batches since the day of `position.since`, but for those that the cursor knows."""
        url = f"{self.endpoint.url}/batches"
        headers = {"X-Api-Token": self.endpoint.secret}
        answer = await transport.get(url, headers=headers)
        first = position.since.astimezone(CHINA).date().isoformat() if position.since else ""
        batches = [batch for batch in _listed(answer) if batch.day >= first]
        known = orjson.loads(position.cursor) if position.cursor else {}
        due = [batch for batch in batches if known.get(batch.day) != batch.sha256]
        if not due:
            cursor = position.cursor or "{}"
            yield RawPage(url, answer.fetched_at, answer.sha256, (), total=0, cursor=cursor, not_modified=True)
            return
        cursor = orjson.dumps({batch.day: batch.sha256 for batch in batches}).decode()
        total = sum(batch.rows for batch in due)
        for batch in due:
            file = await transport.get(f"{url}/{batch.day}.ndjson.gz", headers=headers)
            rows = _rows(file, batch)
            ending = cursor if batch is due[-1] else None
            yield RawPage(file.url, file.fetched_at, file.sha256, rows, total=total, cursor=ending)

    async def numbered(self, transport: Transport, numbers: Sequence[str]) -> RawPage:
        """One answer."""
        url = f"{self.endpoint.url}/applications"
        headers = {"X-Api-Token": self.endpoint.secret, "Content-Type": "text/plain"}
        answer = await transport.post(url, "\n".join(numbers).encode(), headers=headers)
        with agreed_envelope(url):
            return RawPage(url, answer.fetched_at, answer.sha256, _lines(answer.body))


def _listed(answer: Response) -> list[_Batch]:
    with agreed_envelope(answer.url):
        batches = []
        for item in answer.json()["batches"]:
            day = date.fromisoformat(item["day"]).isoformat()
            if item["file"] != f"{day}.ndjson.gz":
                raise ValueError("a batch's file is not called after its day")
            batches.append(_Batch(day, int(item["rows"]), str(item["sha256"])))
        return sorted(batches)


def _rows(file: Response, batch: _Batch) -> list[Row]:
    if file.sha256 != batch.sha256:
        raise SourceChanged(
            Problem(
                "BATCH_DIGEST_DIFFERS",
                file.url,
                value=file.sha256,
                zh="批次文件与清单所列 SHA-256 不一致（文件损坏，或下载期间被重新生成）",
                en="the batch is not the file whose SHA-256 is listed: damaged, or written anew while we read",
                remedy_zh="下次拉取将重试；若持续，请省平台核对该日批次",
                remedy_en="the next run tries again; if it lasts, ask the province to check that day's batch",
            )
        )
    with agreed_envelope(file.url):
        return _lines(_unpacked(file))


def _lines(text: bytes) -> list[Row]:
    items = [orjson.loads(line) for line in text.splitlines()]
    return [Row(str(item.get("申报编号", "")), f"line {number}", item) for number, item in enumerate(items, 1)]


def _unpacked(file: Response) -> bytes:
    stream = zlib.decompressobj(_GZIP)
    try:
        text = stream.decompress(file.body, _LARGEST)
    except zlib.error as error:
        raise ValueError(f"not a gzip file: {error}") from None
    if stream.unconsumed_tail:
        raise SourceChanged(
            Problem(
                "BODY_TOO_LARGE",
                file.url,
                value=str(len(file.body)),
                zh=f"批次解压后超过 {_LARGEST >> 20} MB，已停止读取",
                en=f"the batch unpacks to more than {_LARGEST >> 20} MB and was cut off",
                remedy_zh="请核实该日批次",
                remedy_en="check that day's batch with the province",
            )
        )
    if not stream.eof or stream.unused_data:
        raise ValueError("the gzip file is cut short, or something follows it")
    return text
