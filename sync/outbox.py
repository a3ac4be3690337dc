"""Sends messages to regions' servers by the Standard Webhooks scheme: signed, tried again for days, each shown with its fate.

At least once: whoever dies between sending and writing that down sends again, with the same `webhook-id`, by which a
receiver knows it. A region without a webhook loses nothing: the same messages are its inbox.
"""

import asyncio
import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from adapters.registry import regions
from adapters.transport import Limits, Transport, open_transport
from schema.errors import DexhubError, Problem, RequestError
from sync.database import Database
from sync.repository.messages import MessageStore
from sync.scope import EVERYTHING, Scope
from sync.settings import Settings, WebhookSettings
from sync.tables import MessageRow

# Pauses after the first, second … failed attempt, as the scheme recommends: about three days in all.
PAUSES: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
_LIMITS: Final = Limits(connect=5, silence=15, total=20)
_AT_ONCE: Final = 100
_GONE: Final = 410  # the receiver wants no more of this


@dataclass(slots=True)
class SendReport:
    """What came of one round."""

    delivered: int = 0
    failed: int = 0
    inbox_only: int = 0


@dataclass(frozen=True, slots=True)
class _Fate:
    """What came of one attempt: a fault in words, None where it arrived, and whether trying again could help."""

    fault: str | None = None
    again: bool = True


def signature(key: bytes, identifier: str, timestamp: int, payload: str) -> str:
    """The header `webhook-signature` of the Standard Webhooks scheme, version 1."""
    signed = f"{identifier}.{timestamp}.{payload}".encode()
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


async def send_due(database: Database, settings: Settings, now: datetime | None = None) -> SendReport:
    """Send what is due: to each region in order, to all regions at once, so that none waits for another's silent server.
    Never raises for what a receiver does.
    """
    report, moment = SendReport(), now or datetime.now(UTC)
    due: dict[str, list[MessageRow]] = defaultdict(list)
    for row in await asyncio.to_thread(_due, database, moment):
        due[row.region].append(row)
    slugs = {code: adapter.manifest.slug for code, adapter in regions().items()}
    async with AsyncExitStack() as stack:
        public = await stack.enter_async_context(open_transport(_LIMITS, public_only=True))
        anywhere = await stack.enter_async_context(open_transport(_LIMITS))

        async def tell(region: str) -> None:
            hook = settings.webhooks.get(slugs.get(region, ""))
            for row in due[region]:
                if hook is None:
                    kept = await asyncio.to_thread(_written, database, row, {"delivery": "INBOX"})
                    report.inbox_only += kept
                    continue
                fate = await _attempt(anywhere if hook.allow_private else public, hook, row, moment)
                if await asyncio.to_thread(_written, database, row, _after(fate, row.attempts, moment)):
                    report.delivered += fate.fault is None
                    report.failed += fate.fault is not None

        await asyncio.gather(*map(tell, list(due)))
    return report


async def _attempt(transport: Transport, hook: WebhookSettings, row: MessageRow, now: datetime) -> _Fate:
    stamp = int(now.timestamp())
    try:
        headers = {
            "content-type": "application/json",
            "webhook-id": row.id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature(hook.key(), row.id, stamp, row.payload),
        }
        status = await transport.notify(hook.url, row.payload.encode(), headers)
    except (DexhubError, OSError) as error:
        told = error.problems[0] if isinstance(error, DexhubError) else None
        return _Fate(f"{told.zh} / {told.en}" if told else "密钥文件无法读取 / the secret file cannot be read")
    if 200 <= status < 300:
        return _Fate()
    return _Fate(f"对方返回 {status} / answered {status}", again=status != _GONE)


def _after(fate: _Fate, attempts: int, now: datetime) -> dict[str, object]:
    """What is written down of an attempt."""
    if fate.fault is None:
        return {"delivery": "DELIVERED", "delivered_at": now, "next_attempt_at": None, "fault": None}
    if not fate.again or attempts >= len(PAUSES):
        return {"delivery": "FAILED", "next_attempt_at": None, "fault": fate.fault}
    return {"next_attempt_at": now + PAUSES[attempts], "fault": fate.fault}


def _due(database: Database, now: datetime) -> list[MessageRow]:
    with database.read() as session:
        return MessageStore(session, EVERYTHING).due(now, _AT_ONCE)


def _written(database: Database, row: MessageRow, values: dict[str, object]) -> bool:
    with database.write() as session:
        return MessageStore(session, EVERYTHING).attempted(row.id, row.attempts, values)


def resend(database: Database, ids: Sequence[str], now: datetime) -> list[MessageRow]:
    """Let messages be sent again from the beginning, whatever became of them; all or none."""
    with database.write() as session:
        rows = _all(MessageStore(session, EVERYTHING), ids)
        for row in rows:
            row.delivery, row.attempts, row.next_attempt_at = "PENDING", 0, now
    return rows


def mark_read(database: Database, scope: Scope, ids: Sequence[str], reader: str, now: datetime) -> list[MessageRow]:
    """Say that messages were read; the first reader stays. All or none."""
    with database.write() as session:
        rows = _all(MessageStore(session, scope), ids)
        for row in rows:
            if row.read_at is None:
                row.read_at, row.read_by = now, reader
    return rows


def _all(store: MessageStore, ids: Sequence[str]) -> list[MessageRow]:
    rows = store.of(ids)
    missing = sorted(set(ids) - {row.id for row in rows})
    if missing:
        raise RequestError(
            Problem(
                "MESSAGE_UNKNOWN", "ids", "没有这条通知", "there is no such message", identifier,
                "在 messages 中查看编号", "see messages for ids",
            )
            for identifier in missing
        )  # fmt: skip
    return rows
