"""The record of changes as GraphQL types, for the national organiser; its newest seal for everybody with a key."""

from datetime import datetime
from typing import Self

import orjson
import strawberry
from strawberry.scalars import JSON

from gateway import paging
from gateway.access import Access
from gateway.context import Context
from gateway.entries import beijing
from sync.repository.audit import AuditStore
from sync.tables import AuditRecordRow

Info = strawberry.Info[Context]


@strawberry.type(description="一条变更记录 / One record of a change")
class AuditRecord:
    """Who, when, what, why; each record's digest is over the one before it."""

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str
    change: JSON
    digest: str

    @classmethod
    def of(cls, row: AuditRecordRow) -> Self:
        """From its row."""
        return cls(
            sequence=row.sequence,
            at=beijing(row.at),
            actor=row.actor,
            action=row.action,
            subject=row.subject,
            reason=row.reason,
            change=orjson.loads(row.change),
            digest=row.digest,
        )


@strawberry.type
class AuditQueries:
    """What `Query` has of them."""

    @strawberry.field(
        description="变更记录，最近在前；省密钥不可见 / Records of changes, newest first; a region sees none",
        extensions=[Access(cost=20)],
    )
    async def audit_records(
        self,
        info: Info,
        subject: str | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> paging.Connection[AuditRecord]:
        """The chain is one for the whole country, so it is shown whole or not at all."""
        asked = paging.Asked(first, after, last, before)
        if info.context.scope.region is not None:
            return paging.nothing()
        return await paging.connection(
            info.context,
            asked,
            lambda session: AuditStore(session).listing(subject),
            lambda _, rows: [AuditRecord.of(row) for row in rows],
        )

    @strawberry.field(
        description="最新封印，可抄存以备核对；尚无时为空 / The newest seal, to be kept for later checks; null before the first",
        extensions=[Access(cost=2)],
    )
    async def audit_seal(self, info: Info) -> str | None:
        """As receipts print it."""
        seal = await info.context.read(lambda session: AuditStore(session).newest_seal())
        return str(seal) if seal else None
