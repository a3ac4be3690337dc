"""What only Henan has: the technical verification that runs with the preliminary round (notice, 六（二）)."""

import strawberry
from strawberry import federation

from schema.types.native import NativeEntry


@federation.type(keys=["id"], description="河南分赛的参赛项目 / An entry of the Henan sub-contest")
class HenanEntry(NativeEntry):
    """Entry of region 41."""

    verification_result: str | None = strawberry.field(
        description="技术验证结论 / Outcome of the technical verification"
    )
    verification_method: str | None = strawberry.field(description="验证方式 / How it was verified")
    verified_on: str | None = strawberry.field(description="验证日期 / Day of the verification")


ENTRY = HenanEntry
