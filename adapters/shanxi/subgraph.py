"""What only Shanxi has: the code of its blind review (notice, 四(三)2) and what its 申报书 (附件 2) says of data."""

import strawberry
from strawberry import federation

from schema.types.native import NativeEntry


@federation.type(keys=["id"], description="山西分赛的参赛项目 / An entry of the Shanxi sub-contest")
class ShanxiEntry(NativeEntry):
    """Entry of region 14."""

    blind_code: str | None = strawberry.field(
        description="盲审编号，初赛起有 / Code in the blind review, given from the preliminary round on"
    )
    scenes: list[str] | None = strawberry.field(
        description="项目覆盖的业务场景（类别/场景）/ Business scenes covered, as group/scene"
    )
    data_sources: list[str] | None = strawberry.field(
        description="项目数据来源（类别/来源）/ Sources of the project's data, as group/source"
    )
    service_types: list[str] | None = strawberry.field(
        description="数据产品和服务类型 / Types of data product and service"
    )
    has_large_model: bool | None = strawberry.field(
        description="任一参赛单位接入大模型；均未填写为空 / Any unit uses a large model; null where none answered"
    )
    source_channel: str | None = strawberry.field(
        description="项目来源（省份或推荐渠道）/ Where the project comes from: a province or a recommending channel"
    )
    form_sections: list[str] | None = strawberry.field(
        description="申报书第二部分已填写的小节 / Sections of the form's second part that hold text"
    )
    unit_scale: str | None = strawberry.field(
        description="牵头单位的企业规模，非企业为空 / Size of the lead organisation; null where it is no enterprise"
    )


ENTRY = ShanxiEntry
