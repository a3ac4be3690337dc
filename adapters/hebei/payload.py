"""The Hebei platform's shapes, assumed: one project a row, Chinese keys, every key present, null where it is empty."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from adapters.payload import Payload, PersonalId, PersonalName, PersonalPhone

# Track, topic, and for 企业需求子赛题 the sub-topic with the star that the notice's guide gives it: "1-4", "1-4-(2)*".
TOPIC_CODE = r"^([0-9]{1,2})-([0-9]{1,2})(?:-\(([0-9]{1,2})\)\*)?$"


class Unit(Payload):
    """参赛单位."""

    name: str = Field(alias="单位名称")
    credit_code: str | None = Field(alias="统一社会信用代码")
    nature: str = Field(alias="单位性质")


class Member(Payload):
    """参赛代表; 姓名, 证件号码 and 手机号 are masked or turned into tokens at once."""

    name: PersonalName = Field(alias="姓名")
    id_number: PersonalId | None = Field(alias="证件号码")
    phone: PersonalPhone | None = Field(alias="手机号")
    duty: str = Field(alias="承担角色")
    is_contact: Literal["是", "否"] = Field(alias="是否联络人")


class Project(Payload):
    """参赛项目. Scores are out of 100; 涉及地区 is empty outside the 京津冀 track (四（三）)."""

    number: str = Field(alias="项目编号")
    title: Annotated[str, Field(min_length=1)] = Field(alias="项目名称")
    summary: str = Field(alias="项目简介")
    track_number: int = Field(alias="赛道序号")
    topic_code: Annotated[str, Field(pattern=TOPIC_CODE)] = Field(alias="赛题编码")
    team: str = Field(alias="团队名称")
    lead_unit: Unit = Field(alias="牵头单位")
    partner_units: list[Unit] = Field(alias="联合单位")
    members: list[Member] = Field(alias="参赛代表")
    stage: str = Field(alias="当前环节")
    status: str = Field(alias="状态")
    award: str | None = Field(alias="奖项")
    expert_score: float | None = Field(alias="专家评分")
    demand_company: str | None = Field(alias="需求企业")
    demand_score: float | None = Field(alias="需求企业评分")
    score: float | None = Field(alias="综合得分")
    involved_regions: list[Literal["北京", "天津", "河北"]] = Field(alias="涉及地区")
    submitted_at: str = Field(alias="报名时间")
    updated_at: str = Field(alias="更新时间")


PAYLOAD: TypeAdapter[Project] = TypeAdapter(Project)
