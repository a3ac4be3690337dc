"""What only Shaanxi has: guiding authorities (notice, 附件 1); what a winner of 2024 must show (notice, 六（二）7)."""

import strawberry
from strawberry import federation

from schema.types.native import NativeEntry


@federation.type(keys=["id"], description="陕西分赛的参赛项目 / An entry of the Shaanxi sub-contest")
class ShaanxiEntry(NativeEntry):
    """Entry of region 61."""

    guiding_authorities: list[str] | None = strawberry.field(
        description="赛道指导单位 / Authorities that guide the entry's track"
    )
    improvement_evidence: str | None = strawberry.field(
        description="改进成效，2024年获奖项目再次参赛时填写 / What a project that won in 2024 has improved since"
    )
    prior_award_2024: str | None = strawberry.field(
        description="2024年“数据要素×”大赛获奖情况 / Award in the contest of 2024, if any"
    )


ENTRY = ShaanxiEntry
