"""The Shaanxi platform's shapes, assumed: a table under two header rows; one project a row, every cell as text.

`GROUPS` are the agreed headings: group over columns. A decoded row has the columns by their own names, and the filled
groups of 参赛代表 as a list. An empty cell is an empty text. Spreadsheets turn long numbers into figures like 6.1E+17
and lose digits: a plus sign in an ID number or credit code is refused.
"""

from typing import Final, Literal

from pydantic import Field, TypeAdapter

from adapters.payload import Payload, PersonalId, PersonalName, PersonalPhone

REPRESENTATIVES: Final = tuple(f"参赛代表{number}" for number in range(1, 7))  # the rules allow 5, the table holds 6
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "项目信息": ("项目编号", "项目名称", "项目简介", "赛道序号", "赛题序号", "团队名称"),
    "参赛单位": ("牵头单位", "统一社会信用代码", "单位性质", "联合单位"),
    **dict.fromkeys(REPRESENTATIVES, ("姓名", "身份证号", "手机", "分工")),
    "评审信息": ("当前阶段", "状态", "奖项", "评分"),
    "指导信息": ("指导单位", "改进成效", "2024年获奖情况", "报名时间", "更新时间"),
}
HEADINGS: Final = tuple((group, column) for group, columns in GROUPS.items() for column in columns)

_NUMBER: Final = r"^[0-9]{1,2}$"
_NO_FIGURE: Final = r"^[^+]*$"
_PARTNERS: Final = r"^([^;]+/[^;/+]*/[^;/]*(;[^;]+/[^;/+]*/[^;/]*)*)?$"  # 名称/代码/性质;名称/代码/性质


class Representative(Payload):
    """参赛代表; 身份证号 and 手机 are turned into tokens at once."""

    name: PersonalName = Field(alias="姓名", min_length=1)
    id_number: PersonalId = Field(alias="身份证号", pattern=_NO_FIGURE)
    phone: PersonalPhone = Field(alias="手机")
    duty: str = Field(alias="分工")


class Project(Payload):
    """参赛项目."""

    number: str = Field(alias="项目编号", min_length=1)
    title: str = Field(alias="项目名称", min_length=1)
    summary: str = Field(alias="项目简介")
    track_number: str = Field(alias="赛道序号", pattern=_NUMBER)
    topic_number: str = Field(alias="赛题序号", pattern=_NUMBER)
    team: str = Field(alias="团队名称", min_length=1)
    lead: str = Field(alias="牵头单位", min_length=1)
    credit_code: str = Field(alias="统一社会信用代码", pattern=_NO_FIGURE)
    kind: str = Field(alias="单位性质")
    partners: str = Field(alias="联合单位", pattern=_PARTNERS)
    representatives: list[Representative] = Field(alias="参赛代表")
    stage: str = Field(alias="当前阶段")
    status: str = Field(alias="状态")
    award: str = Field(alias="奖项")
    score: str = Field(alias="评分")
    authorities: str = Field(alias="指导单位")
    improvement: str = Field(alias="改进成效")
    prior_award: Literal["", "地方分赛获奖", "全国总决赛获奖"] = Field(alias="2024年获奖情况")  # 六（二）7
    submitted: str = Field(alias="报名时间")
    updated: str = Field(alias="更新时间")


PAYLOAD: TypeAdapter[Project] = TypeAdapter(Project)
