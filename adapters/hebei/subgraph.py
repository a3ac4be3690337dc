"""What only Hebei has: the 80/20 scores of 企业需求子赛题 (五（二）2), and the 京津冀 track (四（三）)."""

import strawberry
from strawberry import federation

from schema.types.native import NativeEntry


@federation.type(keys=["id"], description="河北分赛的参赛项目 / An entry of the Hebei sub-contest")
class HebeiEntry(NativeEntry):
    """Entry of region 13."""

    demand_company: str | None = strawberry.field(description="需求企业 / Company whose demand the sub-topic states")
    demand_score: float | None = strawberry.field(
        description="需求企业评分（需求匹配度，占 80%） / The company's score: how well its demand is met, 80 %"
    )
    expert_score: float | None = strawberry.field(
        description="专家评分（子赛题为技术创新性，占 20%） / Experts' score; for sub-topics novelty, 20 %"
    )
    sub_topic_code: str | None = strawberry.field(
        description="平台所印子赛题编码，* 为企业需求子赛题 / Sub-topic as printed, * marks an enterprise's demand"
    )
    is_enterprise_demand: bool | None = strawberry.field(
        description="是否报名企业需求子赛题 / Whether it answers an enterprise's demand"
    )
    involved_regions: list[str] | None = strawberry.field(
        description="京津冀协同发展赛道项目涉及的地区 / Regions that an entry of the Jing-Jin-Ji track involves"
    )


ENTRY = HebeiEntry
