"""The Shanxi platform's shapes, assumed: the 申报书 of 附件 2, in its main fields and its own words, as nested JSON.

The form's groups of options are written as "group/option" (生产制造/智能排产, 公共数据/授权运营数据). Attachments are
not delivered. A withdrawn entry leaves a line of three fields.
"""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag, TypeAdapter

from adapters.payload import Payload, PersonalId, PersonalName, PersonalPhone

Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
WITHDRAWN = "撤回"


class Market(Payload):
    """*数据市场化."""

    served: list[str] = Field(alias="项目服务对象")
    data_sources: list[str] = Field(alias="项目数据来源")
    update_rates: list[str] = Field(alias="数据更新频率")
    exchanged_gb: float | None = Field(alias="跨主体交互的数据量")
    service_types: list[str] = Field(alias="数据产品和服务类型")
    modelling: str = Field(alias="数据驱动的建模分析方式")
    aims: list[str] = Field(alias="数据价值目标")


class Case(Payload):
    """One of 已实现落地应用的代表性案例."""

    user: str = Field(alias="应用单位名称")
    user_type: str = Field(alias="单位类型")
    effect: str = Field(alias="应用成效")


class Income(Payload):
    """项目市场收入 in 万元."""

    year_2023: float = Field(alias="2023年")
    year_2024: float = Field(alias="2024年")
    year_2025: float = Field(alias="2025年(预期)")


class Use(Payload):
    """*应用场景."""

    customers: int = Field(alias="项目服务的客户数量")
    cases: list[Case] = Field(alias="代表性案例")
    deployment: list[str] = Field(alias="项目主要部署方式")
    charging: list[str] = Field(alias="项目主要收费模式")
    income: Income = Field(alias="项目市场收入")
    payback: str = Field(alias="项目平均投资回报周期")


class Basics(Payload):
    """(一) 项目基本信息. Topic number 0 is the open track's, which the notice does not number."""

    title: Filled = Field(alias="项目名称")
    track: int = Field(alias="赛道序号")
    topic: int = Field(alias="赛题序号")
    channel: str = Field(alias="项目来源")
    summary: str = Field(alias="项目简述")
    scenes: list[str] = Field(alias="项目覆盖的业务场景")
    market: Market = Field(alias="数据市场化")
    use: Use = Field(alias="应用场景")


class Member(Payload):
    """One of 团队成员; the numbers are turned into tokens at once."""

    name: PersonalName = Field(alias="姓名")
    id_type: str = Field(alias="证件类型")
    id_number: PersonalId | None = Field(alias="证件号码")
    employer: str = Field(alias="单位名称")
    position: str = Field(alias="职务/职称")
    phone: PersonalPhone | None = Field(alias="手机")
    role: str = Field(alias="项目中主要承担的角色")
    is_contact: bool = Field(alias="是否团队联络人")


class Group(Payload):
    """(二) 参赛团队信息."""

    name: Filled = Field(alias="团队名称")
    members: list[Member] = Field(alias="团队成员")


class DataUse(Payload):
    """*数据开发利用 of one unit. `large_model` is None where the box was left empty."""

    computing: str = Field(alias="算力来源")
    algorithms: str = Field(alias="算法来源")
    large_model: bool | None = Field(alias="是否接入大模型")
    model_name: str | None = Field(alias="大模型名称")


class Unit(Payload):
    """One of (三) 参赛单位基本信息; its contact is a person and never kept."""

    name: Filled = Field(alias="单位名称")
    credit_code: str | None = Field(alias="统一社会信用代码")
    founded: str = Field(alias="成立时间")
    address: str = Field(alias="地址")
    kind: str = Field(alias="单位性质")
    of_central_enterprise: bool = Field(alias="是否央企子公司")
    scale: str | None = Field(alias="企业规模")
    contact: PersonalName = Field(alias="联系人")
    duty: str = Field(alias="职务")
    contact_phone: PersonalPhone | None = Field(alias="联系方式")
    data_use: DataUse = Field(alias="数据开发利用")


class Overview(Payload):
    """一、项目概述."""

    background: str = Field(alias="项目背景")
    scene: str = Field(alias="应用场景")
    strengths: str = Field(alias="核心优势")


class Solution(Payload):
    """二、解决方案."""

    data_base: str = Field(alias="数据要素基础")
    technology: str = Field(alias="技术路线")
    governance: str = Field(alias="数据治理")
    innovation: str = Field(alias="机制创新与模式创新")
    security: str = Field(alias="安全保障")


class Effect(Payload):
    """三、应用成效."""

    needs: str = Field(alias="需求痛点")
    efficiency: str = Field(alias="质效提升成效")
    benefit: str = Field(alias="经济社会效益")


class Business(Payload):
    """四、商业模式."""

    example: str = Field(alias="推广示范价值")
    sustainability: str = Field(alias="模式可持续性")


class Description(Payload):
    """第二部分：参赛项目介绍. A section that was left empty is an empty text."""

    overview: Overview = Field(alias="项目概述")
    solution: Solution = Field(alias="解决方案")
    effect: Effect = Field(alias="应用成效")
    business: Business = Field(alias="商业模式")


class Application(Payload):
    """申报书. The blind-review code is given when the preliminary round begins."""

    number: str = Field(alias="申报编号")
    blind_code: str | None = Field(alias="盲审编号")
    status: str = Field(alias="状态")
    stage: str = Field(alias="当前环节")
    award: str | None = Field(alias="奖项")
    score: float | None = Field(alias="评审得分")
    submitted_at: str = Field(alias="提交时间")
    updated_at: str = Field(alias="更新时间")
    basics: Basics = Field(alias="项目基本信息")
    group: Group = Field(alias="参赛团队信息")
    units: list[Unit] = Field(alias="参赛单位基本信息", min_length=1)
    description: Description = Field(alias="参赛项目介绍")


class Withdrawn(Payload):
    """The tombstone of a withdrawn entry."""

    status: Literal["撤回"] = Field(alias="状态")
    number: str = Field(alias="申报编号")
    updated_at: str = Field(alias="更新时间")


def _shape(row: dict[str, Any]) -> str:
    return "withdrawn" if row.get("状态") == WITHDRAWN else "application"


PAYLOAD: TypeAdapter[Application | Withdrawn] = TypeAdapter(
    Annotated[
        Annotated[Application, Tag("application")] | Annotated[Withdrawn, Tag("withdrawn")], Discriminator(_shape)
    ]
)
