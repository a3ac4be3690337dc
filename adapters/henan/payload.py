"""The Henan platform's shapes, assumed: one project a row; a cancelled project leaves a row with its number and time."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from adapters.payload import Payload, PersonalId, PersonalName, PersonalPhone


class Unit(Payload):
    """参赛单位."""

    unitName: str
    creditCode: str | None
    unitNature: str


class Member(Payload):
    """参赛代表; `idNo` and `mobile` are turned into tokens at once."""

    name: PersonalName
    idNo: PersonalId | None
    mobile: PersonalPhone | None
    duty: str
    isContact: bool


class Verification(Payload):
    """技术验证 of the preliminary round (六（二）)."""

    result: Literal["通过", "未通过", "待验证"]
    method: str
    verifiedAt: str | None


class Project(Payload):
    """参赛项目."""

    cancelled: Literal[False]
    projectNo: str
    projectName: str
    projectSummary: str
    trackNo: int
    topicNo: int
    teamName: str
    leadUnit: Unit
    partnerUnits: list[Unit]
    members: list[Member]
    stage: str
    status: str
    awardLevel: str | None
    reviewScore: float | None
    verification: Verification | None
    submitTime: str
    updateTime: str


class Cancelled(Payload):
    """The tombstone of a cancelled project."""

    cancelled: Literal[True]
    projectNo: str
    updateTime: str


PAYLOAD: TypeAdapter[Project | Cancelled] = TypeAdapter(
    Annotated[Project | Cancelled, Field(discriminator="cancelled")]
)
