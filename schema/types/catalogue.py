"""Regions, tracks, topics and the national taxonomy as GraphQL types. Built once from the facts; plain attributes."""

from datetime import date, datetime
from typing import Protocol, Self, cast

import strawberry

from schema import catalogue
from schema.identifiers import REGIONS
from schema.quotas import Basis, quota_of, selection_of
from schema.types import enums  # noqa: F401  registers the enums before any type names one
from schema.types.node import Node
from schema.types.scalars import RegionCode
from schema.vocabulary import OrganiserRole, PullStatus, TrackMatch


@strawberry.type(
    description="国家赛道的赛题（据益阳通知附件 2 转载）/ A topic of the national guide, as the Yiyang notice reproduces it"
)
class NationalTopic(Node):
    """N01-01 …"""

    title: str


@strawberry.type(
    description="国家赛道：13 个行业赛道和开放性创新 / A national track: 13 industry tracks and open innovation"
)
class NationalTrack(Node):
    """N01 … N14."""

    number: int
    name: str
    topics: list[NationalTopic]


@strawberry.type(description="子赛题，如企业需求子赛题 / A sub-topic, such as one that states an enterprise's demand")
class SubTopic(Node):
    """Below a topic."""

    number: int
    title: str
    title_printed: str = strawberry.field(description="通知原文，含序号和标记 / As printed, with number and marker")
    kind: str


@strawberry.type(description="赛题，标题照通知原文 / A topic, its title as printed")
class Topic(Node):
    """Of one province."""

    number: int
    number_printed: str
    title: str
    match: TrackMatch
    national_track: NationalTrack | None = strawberry.field(
        description="对照表建议的国家赛道；须逐项目确定时为空 / The proposed national track; null where a person decides"
    )
    candidates: list[NationalTrack] = strawberry.field(
        description="可能的国家赛道 / All national tracks that may apply"
    )
    reason: str | None = strawberry.field(description="对照理由 / Why the crosswalk says so")
    open: bool = strawberry.field(description="是否开放报名 / Whether registration is open")
    ours: bool = strawberry.field(description="通知未编号、由本系统补设 / Not numbered in the notice, added by us")
    remark: str | None
    locator: str = strawberry.field(description="在通知中的位置 / Its place in the notice")
    sub_topics: list[SubTopic]


@strawberry.type(description="赛道，名称照通知原文 / A track, its name as printed")
class Track(Node):
    """Of one province."""

    number: int
    number_printed: str
    name: str
    heading: str
    match: TrackMatch
    national_track: NationalTrack | None
    reason: str | None
    intro: str | None
    remark: str | None
    authorities: list[str] = strawberry.field(description="主管或指导单位 / Responsible or guiding authorities")
    locator: str
    topics: list[Topic]


@strawberry.type(description="分赛通知 / The notice of a sub-contest")
class Notice:
    """What it says of itself."""

    title: str
    contest: str
    level: str
    number: str | None
    date: date | None
    based_on: list[str]
    theme: str
    track_model: str


@strawberry.type(description="组织单位 / Organisers of one role")
class Organisers:
    """As printed."""

    role: OrganiserRole
    names: list[str]
    locator: str


@strawberry.type(
    description="赛程节点；月、旬按首末日展开 / A date or span of the timetable; months and ten-day periods widened"
)
class TimelineItem:
    """With the words it is read from."""

    id: strawberry.ID
    start: date | None
    end: date | None
    quote: str
    locator: str
    precision: str | None
    note: str | None


@strawberry.type(description="国赛名额及依据 / Quota for the national final and what it rests on")
class Quota:
    """See schema.quotas."""

    total: int
    basis: Basis
    reason_zh: str
    reason_en: str
    per_track: int | None = strawberry.field(
        description="每个国家赛道的名额，仅在规则有约束力时 / Places in a national track, where a rule that binds says so"
    )


@strawberry.type(description="数据新鲜度 / How old a region's data is, and why")
class Freshness:
    """Of one region."""

    succeeded_at: datetime | None = strawberry.field(description="最近一次成功拉取 / The last pull that succeeded")
    age_minutes: int | None
    target_minutes: int
    is_fresh: bool
    last_status: PullStatus | None
    cause_zh: str | None = strawberry.field(description="不新鲜的原因 / Why it is not fresh")
    cause_en: str | None


class KnowsFreshness(Protocol):
    """What a request's context must be able to say for `Region.freshness`."""

    async def freshness(self, region: str) -> Freshness | None:
        """How old the region's data is; None where the viewer may not know."""


@strawberry.type(description="分赛区 / A region of the contest")
class Region:
    """One province-level division that is connected."""

    code: RegionCode = strawberry.field(description="GB/T 2260 两位代码 / Two digits of GB/T 2260")
    iso: str = strawberry.field(description="ISO 3166-2 代码 / Its code in ISO 3166-2")
    slug: str
    name: str
    full_name: str
    platform_url: str = strawberry.field(description="通知所印平台地址 / The platform's address as printed")
    notice: Notice
    organisers: list[Organisers]
    timeline: list[TimelineItem]
    quota: Quota
    tracks: list[Track]

    @strawberry.field(description="数据新鲜度；他省为空 / How old its data is, and why; null for another region's")
    async def freshness(self, info: strawberry.Info) -> Freshness | None:
        """Asked of the context, loaded once a request."""
        return await cast("KnowsFreshness", info.context).freshness(self.code)

    @classmethod
    def of(cls, code: str, facts: catalogue.Catalogue) -> Self:
        """The type of a region's facts."""
        region, notice = REGIONS[code], facts.facts
        return cls(
            code=RegionCode(code),
            iso=region.iso,
            slug=region.slug,
            name=region.name,
            full_name=region.full_name,
            platform_url=notice.platform.url,
            notice=Notice(
                title=notice.notice.title,
                contest=notice.notice.contest,
                level=notice.notice.level,
                number=notice.notice.number,
                date=notice.notice.date,
                based_on=list(notice.notice.based_on),
                theme=notice.notice.theme,
                track_model=notice.notice.track_model,
            ),
            organisers=[Organisers(role=o.role, names=list(o.names), locator=o.locator) for o in notice.organisers],
            timeline=[TimelineItem(**{**item.model_dump(), "id": strawberry.ID(item.id)}) for item in notice.timeline],
            quota=Quota(**quota_of(selection_of(notice)).model_dump()),
            tracks=[_track(track) for track in facts.tracks],
        )


def _national() -> dict[str, NationalTrack]:
    return {
        track.id: NationalTrack(
            id=strawberry.ID(track.id),
            number=track.number,
            name=track.name,
            topics=[NationalTopic(id=strawberry.ID(topic.id), title=topic.title) for topic in track.topics],
        )
        for track in catalogue.national_tracks()
    }


NATIONAL_TRACKS = _national()


def _track(track: catalogue.Track) -> Track:
    return Track(
        id=strawberry.ID(track.id),
        number=track.number,
        number_printed=track.number_printed,
        name=track.name,
        heading=track.heading,
        match=track.match,
        national_track=NATIONAL_TRACKS.get(track.proposal or ""),
        reason=track.reason,
        intro=track.intro,
        remark=track.remark,
        authorities=list(track.authorities),
        locator=track.locator,
        topics=[_topic(topic) for topic in track.topics],
    )


def _topic(topic: catalogue.Topic) -> Topic:
    return Topic(
        id=strawberry.ID(topic.id),
        number=topic.number,
        number_printed=topic.number_printed,
        title=topic.title,
        match=topic.match,
        national_track=NATIONAL_TRACKS.get(topic.proposal or ""),
        candidates=[NATIONAL_TRACKS[name] for name in topic.national],
        reason=topic.reason,
        open=topic.open,
        ours=topic.ours,
        remark=topic.remark,
        locator=topic.locator,
        sub_topics=[
            SubTopic(
                id=strawberry.ID(sub.id),
                number=sub.number,
                title=sub.title,
                title_printed=sub.title_printed,
                kind=sub.kind,
            )
            for sub in topic.sub_topics
        ],
    )
