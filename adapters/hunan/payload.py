"""The Hunan platform's shapes, assumed: one project a node; a withdrawn project stays, with its status and time.

Times are milliseconds since 1970, as JSON numbers. The wire writes names in camelCase.
"""

from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

from adapters.payload import Payload, PersonalId, PersonalName, PersonalPhone


class Node(Payload):
    """Base of the nodes."""

    model_config = ConfigDict(alias_generator=to_camel)


class Track(Node):
    """赛道, by its printed number."""

    no: int
    name: str


class Topic(Node):
    """赛题, by its printed number within the track."""

    no: int
    title: str


class HostCity(Node):
    """初赛承办市州 (四（二）2), with its GB/T 2260 code of four digits."""

    code: str
    name: str


class Member(Node):
    """参赛代表; `id_number` and `phone` are turned into tokens at once."""

    name: PersonalName
    id_number: PersonalId | None
    phone: PersonalPhone | None
    duty: str
    contact: bool


class Team(Node):
    """参赛团队."""

    name: str
    members: list[Member]


class Organisation(Node):
    """参赛单位; the lead stands anywhere in the list."""

    name: str
    credit_code: str | None
    nature: str
    lead: bool


class RecommendingAuthority(Node):
    """推荐单位: a track's 主管单位 or a county's data bureau (附件 1); of other cities, their own bureau."""

    name: str
    kind: Literal["主管单位", "县市区数据局", "市州数据局"]


class Project(Node):
    """参赛项目. `city_award` is the city's own award (六), `award` the province's."""

    id: str
    title: str
    abstract: str
    track: Track
    topic: Topic
    host_city: HostCity
    team: Team
    organisations: list[Organisation]
    recommending_authority: RecommendingAuthority | None
    phase: str
    status: str
    city_award: Literal["一等奖", "二等奖", "三等奖"] | None
    award: str | None
    score: float | None
    created_at: int
    updated_at: int
    withdrawn_at: int | None

    @field_validator("organisations")
    @classmethod
    def _has_one_lead(cls, units: list[Organisation]) -> list[Organisation]:
        if sum(unit.lead for unit in units) != 1:
            raise ValueError("exactly one organisation leads")
        return units

    @field_validator("withdrawn_at")
    @classmethod
    def _goes_with_status(cls, moment: int | None, info: ValidationInfo) -> int | None:
        if (moment is not None) != (info.data.get("status") == "WITHDRAWN"):
            raise ValueError("stands where, and only where, the status is WITHDRAWN")
        return moment


PAYLOAD: TypeAdapter[Project] = TypeAdapter(Project)
