"""`interface Entry`: what every province's entries have in common. Each province adds its own concrete type."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Protocol, cast

import strawberry

from schema.types.catalogue import NationalTrack, Region, SubTopic, Topic, Track
from schema.types.cost import costs
from schema.types.node import Node
from schema.types.scalars import CreditCode
from schema.vocabulary import AwardLevel, EntryStatus, OrganisationKind, Stage, TrackMatch

if TYPE_CHECKING:
    from schema.types.cases import DuplicateCase  # the two types name each other; strawberry resolves them when asked
    from schema.types.eligibility import Eligibility
    from schema.types.history import EntryChange


@strawberry.type(description="参赛单位 / An organisation that takes part")
class Organisation:
    """参赛单位."""

    name: str
    credit_code: CreditCode | None = strawberry.field(
        description="统一社会信用代码 / Unified social credit code (GB 32100)"
    )
    kind: OrganisationKind | None
    is_lead: bool = strawberry.field(description="是否牵头单位 / Whether it leads")


@strawberry.type(description="参赛代表，姓名已掩码 / A representative, the name masked")
class Representative:
    """参赛代表. Tokens never leave the database."""

    name: str
    role: str | None
    is_contact: bool


@strawberry.type(description="参赛团队 / The team of an entry")
class Team:
    """参赛团队."""

    name: str
    representatives: list[Representative]


@strawberry.type(description="记录上的提醒，不影响收录 / Something a person should look at; it stops nothing")
class EntryWarning:
    """Of one record."""

    code: str
    place: str
    zh: str
    en: str


@strawberry.type(description="数据出处 / The bytes a record was read from")
class Source:
    """Provenance."""

    url: str
    fetched_at: datetime
    sha256: str
    locator: str


class KnowsMore(Protocol):
    """What a request's context must be able to load for the fields of `Entry` that stand elsewhere."""

    async def cases_of(self, entry: str) -> "list[DuplicateCase]":
        """The cases an entry is part of, as the viewer may see them."""

    async def eligibility_of(self, entry: str) -> "Eligibility | None":
        """What the clauses say of an entry."""

    async def history_of(self, entry: str) -> "list[EntryChange]":
        """What of an entry changed, oldest first."""

    async def entry(self, entry: str) -> "Entry | None":
        """The entry with this id, if the viewer may see it."""


@strawberry.interface(description="参赛项目：各省共有的部分 / An entry: what all provinces have in common")
class Entry(Node):
    """参赛项目."""

    id: strawberry.ID = strawberry.field(description="地区代码:省内编号 / Region code, colon, the province's own id")
    native_id: str
    region: Region
    city: str | None = strawberry.field(description="承办市州 / Host city, where the contest has a city round")
    title: str
    summary: str
    track: Track = strawberry.field(description="省内赛道 / The native track")
    topic: Topic = strawberry.field(description="省内赛题 / The native topic")
    sub_topic: SubTopic | None
    proposed_national_track: NationalTrack | None = strawberry.field(
        description="对照表建议的国家赛道 / The national track that the crosswalk proposes"
    )
    declared_national_track: NationalTrack | None = strawberry.field(
        description="省在推荐名单中申报的国家赛道 / The one its province declared when recommending it"
    )
    national_track: NationalTrack | None = strawberry.field(
        description="国家赛道：以申报为准，未申报取建议 / The declared national track, else the proposed one"
    )
    match: TrackMatch
    stage: Stage
    status: EntryStatus
    award: AwardLevel | None
    score: float | None = strawberry.field(
        description="省内得分，各省口径不同 / The province's own score, on its own scale"
    )
    team: Team
    organisations: list[Organisation]
    lead_organisation: Organisation
    submitted_at: datetime
    updated_at: datetime
    changed_at: datetime = strawberry.field(description="本系统最近一次改写 / When the hub last wrote it")
    warnings: list[EntryWarning]
    source: Source

    @strawberry.field(description="涉及的查重案件 / The duplicate cases it is part of", metadata=costs(3, size=2))
    async def duplicate_cases(
        self, info: strawberry.Info
    ) -> list[Annotated["DuplicateCase", strawberry.lazy("schema.types.cases")]]:
        """Loaded in one batch a request."""
        return await cast("KnowsMore", info.context).cases_of(self.id)

    @strawberry.field(
        description="参赛资格及逐条判定；尚未判定为空 / What the clauses say; null until it is judged",
        metadata=costs(3),
    )
    async def eligibility(
        self, info: strawberry.Info
    ) -> Annotated["Eligibility", strawberry.lazy("schema.types.eligibility")] | None:
        """Loaded in one batch a request."""
        return await cast("KnowsMore", info.context).eligibility_of(self.id)

    @strawberry.field(
        description="变更记录，由早到晚，不含个人信息 / What changed since the hub first saw it, oldest first",
        metadata=costs(3, size=3),
    )
    async def history(
        self, info: strawberry.Info
    ) -> list[Annotated["EntryChange", strawberry.lazy("schema.types.history")]]:
        """Loaded in one batch a request."""
        return await cast("KnowsMore", info.context).history_of(self.id)

    @classmethod
    async def resolve_reference(cls, info: strawberry.Info, id: strawberry.ID) -> "Entry | None":  # noqa: A002  the key's name
        """The entry that a router asks the registry for, where another subgraph named it."""
        return await cast("KnowsMore", info.context).entry(id)
