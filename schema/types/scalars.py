"""Values that GraphQL has no type for: moments, region codes, credit codes. Each is read strictly and written in one form.

What cannot be read is answered with a problem like any other, in both languages; `gateway.errors` adds its place.
"""

from datetime import UTC, datetime
from typing import Final, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from schema.errors import Problem, RequestError
from schema.identifiers import REGIONS
from schema.provenance import CHINA

RegionCode = NewType("RegionCode", str)
CreditCode = NewType("CreditCode", str)

_EXAMPLE: Final = "2025-09-30T18:00:00+08:00"


def moment(value: object) -> datetime:
    """A moment of RFC 3339, in UTC; RequestError, whose place is for whoever asks to add, where it is none."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None:
        raise _refused("TIME_INVALID", value, "不是 RFC 3339 时间", "not a time of RFC 3339", _EXAMPLE)
    if found.tzinfo is None:
        raise _refused("TIME_WITHOUT_OFFSET", value, "时间须带时区", "a time needs an offset", _EXAMPLE)
    try:
        return found.astimezone(UTC)
    except OverflowError:  # the year 1 east of Greenwich, the year 9999 west of it
        raise _refused(
            "TIME_OUT_OF_RANGE", value, "时间超出可表示的范围", "there is no such time in UTC", _EXAMPLE
        ) from None


def _written(when: datetime) -> str:
    """As contest people read it, whatever zone the record has it in."""
    return when.astimezone(CHINA).isoformat()


def _region(value: object) -> RegionCode:
    if not isinstance(value, str) or value not in REGIONS:
        raise _refused(
            "REGION_UNKNOWN", value, "不是 GB/T 2260 省级代码", "not a province-level code of GB/T 2260", "41"
        )
    return RegionCode(value)


def _credit_code(value: object) -> CreditCode:
    """Text of any form. Rows are read whole: whoever reads one checks its code against GB 32100 (`credit_code_fault`) and
    tells a fault as CREDIT_CODE_INVALID beside all other faults, with the row's place; refused here, it would hide them.
    """
    if not isinstance(value, str):
        raise _refused(
            "CREDIT_CODE_INVALID", value, "统一社会信用代码须为文本", "a credit code is text", "91350100M000100Y43"
        )
    return CreditCode(value)


def _refused(code: str, value: object, zh: str, en: str, example: str) -> RequestError:
    return RequestError(Problem(code, "", zh, en, str(value)[:80], f"例如 {example}", f"for instance {example}"))


SCALARS: Final[dict[object, ScalarDefinition]] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="RFC 3339 时间，须带时区；一律以北京时间 +08:00 给出 / A moment of RFC 3339 with its offset; always given at +08:00",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_written,
        parse_value=moment,
    ),
    RegionCode: strawberry.scalar(
        name="RegionCode",
        description="GB/T 2260 两位省级代码，如 41 / Two digits of GB/T 2260, such as 41",
        serialize=str,
        parse_value=_region,
    ),
    CreditCode: strawberry.scalar(
        name="CreditCode",
        description="统一社会信用代码（GB 32100），18 位。填报时核对形式和校验位，不符者与其他问题一并列出；平台所给照原样给出 / "
        "Unified social credit code (GB 32100), 18 signs. Handed in, form and check character are checked, and a fault is told as "
        "CREDIT_CODE_INVALID beside all others; what a platform sent is shown as it came",
        serialize=str,
        parse_value=_credit_code,
    ),
}
