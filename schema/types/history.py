"""What of an entry changed, as GraphQL types: which parts, when, noticed by which run. No personal data."""

from datetime import datetime

import strawberry

from schema.vocabulary import Followed


@strawberry.type(description="项目某一部分的变更 / One part of an entry that changed")
class PartChange:
    """What it was and what it became, where that is plain text about the project; nothing of people and organisations."""

    part: Followed
    before: str | None = strawberry.field(
        description="人员、单位和简介不列内容 / Not given for people, organisations, summary"
    )
    after: str | None


@strawberry.type(description="项目的一次变更 / One change of an entry")
class EntryChange:
    """As one pull saw it."""

    changed_at: datetime = strawberry.field(
        description="平台所称时间；平台未更新时间的，为本系统发现的时间 / By the platform's clock where it moved, else the hub's"
    )
    recorded_at: datetime = strawberry.field(description="本系统记录的时间 / When the hub noticed")
    run_id: strawberry.ID | None = strawberry.field(description="由哪次拉取发现 / The run that noticed it")
    parts: list[PartChange]
