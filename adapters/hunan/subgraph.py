"""What only Hunan has: a city's own contest before the province's (notice, 四（二）), and who recommended (附件 1)."""

import strawberry
from strawberry import federation

from schema.types.native import NativeEntry


@federation.type(keys=["id"], description="湖南分赛的参赛项目 / An entry of the Hunan sub-contest")
class HunanEntry(NativeEntry):
    """Entry of region 43."""

    host_city: str | None = strawberry.field(description="初赛承办市州 / City that holds the first round")
    host_city_code: str | None = strawberry.field(description="承办市州代码（GB/T 2260） / Its code, four digits")
    recommending_authority: str | None = strawberry.field(description="推荐单位 / Authority that recommended the entry")
    recommending_kind: str | None = strawberry.field(
        description="推荐单位类别：主管单位、县市区数据局、市州数据局 / Track's authority, county's or city's bureau"
    )
    city_award: str | None = strawberry.field(description="市州初赛奖项 / Award of the city's own contest")
    city_stage_done: bool | None = strawberry.field(
        description="是否已走完市州初赛 / Whether the city's round is behind it"
    )


ENTRY = HunanEntry
