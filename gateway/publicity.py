"""Publicity and objections as GraphQL types. Windows are public. A region sees objections to its own entries, never by whom."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

import strawberry

from gateway import facts, paging
from gateway.access import Access
from gateway.context import Context
from gateway.entries import beijing
from gateway.operations import Problem
from schema.identity import mask_name
from schema.publicity import ObjectionStatus
from schema.types.catalogue import NATIONAL_TRACKS, NationalTrack, Region
from schema.types.node import Node
from schema.vocabulary import Role
from sync import publicity
from sync.repository.publicity import PublicityStore
from sync.scope import Scope
from sync.tables import ObjectionRow

Info = strawberry.Info[Context]
strawberry.enum(ObjectionStatus, description="异议处理状态 / The life of an objection")


@strawberry.type(description="公示的一项 / A name that is laid open")
class PublicName:
    """No person and no number of an entry."""

    rank: int
    title: str
    organisation: str
    national_track: NationalTrack | None


@strawberry.type(description="一份名单的公示 / A list that is laid open to objection")
class PublicityWindow(Node):
    """The names stay as they were on the first day, and go once the list is returned or withdrawn."""

    region: Region
    issuer_name: str = strawberry.field(
        description="推荐单位：本省，或其下一市 / Whose list it is: the region's, or a body's below it"
    )
    receipt: strawberry.ID | None = strawberry.field(description="他省的不显示 / Not shown to other regions")
    opened_at: datetime
    closes_at: datetime
    is_open: bool
    stopped_at: datetime | None = strawberry.field(
        description="名单失效、公示中止之时；此后他省不见各项目 / When its list ceased to count; from then on other regions "
        "do not see the names"
    )
    rule_zh: str
    rule_en: str
    names: list[PublicName]

    @classmethod
    def of(cls, window: publicity.Window, scope: Scope, now: datetime) -> Self:
        """From the record, as far as a viewer may see it."""
        row = window.row
        return cls(
            id=strawberry.ID(row.id),
            region=facts.region_types()[row.region],
            issuer_name=window.issuer_name,
            receipt=strawberry.ID(row.receipt) if scope.covers(row.region) else None,
            opened_at=beijing(row.opened_at),
            closes_at=beijing(row.closes_at),
            is_open=window.is_open(now),
            stopped_at=beijing(window.stopped_at) if window.stopped_at else None,
            rule_zh=row.rule_zh,
            rule_en=row.rule_en,
            names=[_name(each) for each in (row.names if scope.covers(row.region) else window.shown)],
        )


@strawberry.type(description="一件异议；异议人仅组委会可见 / An objection; by whom is for the organiser alone")
class Objection(Node):
    """Masked for everybody else."""

    window: strawberry.ID
    entry_id: strawberry.ID
    status: ObjectionStatus
    filed_at: datetime
    objector: str
    contact: str | None
    grounds: str | None = strawberry.field(description="仅组委会可见 / For the organiser alone")
    evidence: list[str]
    decided_at: datetime | None
    reason: str

    @classmethod
    def of(cls, row: ObjectionRow, scope: Scope) -> Self:
        """From its row. Grounds and evidence may betray who wrote them, so they go the same way as the name."""
        whole = scope.region is None
        return cls(
            id=strawberry.ID(row.id),
            window=strawberry.ID(row.window_id),
            entry_id=strawberry.ID(row.entry_id),
            status=ObjectionStatus(row.status),
            filed_at=beijing(row.filed_at),
            objector=row.objector if whole else mask_name(row.objector),
            contact=row.contact if whole else None,
            grounds=row.grounds if whole else None,
            evidence=row.evidence if whole else [],
            decided_at=beijing(row.decided_at) if row.decided_at else None,
            reason=row.reason,
        )


@strawberry.type(description="异议操作的结果 / What came of an objection")
class ObjectionResult:
    """Or why not."""

    objection: Objection | None
    problems: list[Problem]


@strawberry.type
class PublicityQueries:
    """What `Query` has of them."""

    @strawberry.field(
        description="公示，最近在前；任何人可见 / Lists laid open, newest first; public", extensions=[Access(cost=10)]
    )
    async def publicity_windows(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> paging.Connection[PublicityWindow]:
        """Those that are over as well."""
        context, now = info.context, info.context.hub.now()
        return await paging.connection(
            context,
            paging.Asked(first, after, last, before),
            lambda session: PublicityStore(session, context.scope).window_listing(),
            lambda session, rows: [
                PublicityWindow.of(each, context.scope, now) for each in publicity.standing(session, rows)
            ],
            whole=True,  # whether another region's list still counts is for everybody to know
        )

    @strawberry.field(
        description="异议，最近在前；省密钥只见涉及本省者 / Objections, newest first; a region sees its own",
        extensions=[Access(cost=10)],
    )
    async def objections(
        self,
        info: Info,
        statuses: list[ObjectionStatus] | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> paging.Connection[Objection]:
        """A machine sees them as a region would."""
        context, wanted = info.context, [each.value for each in statuses or ()]
        return await paging.connection(
            context,
            paging.Asked(first, after, last, before),
            lambda session: PublicityStore(session, context.scope).objection_listing(statuses=wanted),
            lambda _, rows: [Objection.of(row, seen_by(context)) for row in rows],
        )


def seen_by(context: Context) -> Scope:
    """The scope in which objectors are shown: everything for the organiser, nothing for anybody else."""
    return context.scope if context.viewer.role is Role.NATIONAL else Scope("")


def _name(said: Mapping[str, object]) -> PublicName:
    return PublicName(
        rank=int(str(said["rank"])),
        title=str(said["title"]),
        organisation=str(said["organisation"]),
        national_track=NATIONAL_TRACKS.get(str(said["track"] or "")),
    )
