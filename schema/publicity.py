"""How long a list is laid open to objection, and what becomes of an objection."""

from enum import StrEnum
from functools import cache

from pydantic import Field, model_validator

from schema.fact_file import NATIONAL, read_facts
from schema.provenance import Fact


class DayKind(StrEnum):
    """What days are counted."""

    CALENDAR = "CALENDAR"  # 天, 日
    WORKING = "WORKING"  # 工作日, by the State Council's calendar with its moved working days


class ObjectionStatus(StrEnum):
    """The life of an objection."""

    RECEIVED = "RECEIVED"
    UPHELD = "UPHELD"  # the entry does not go to the final
    REJECTED = "REJECTED"  # nothing changes


class PublicityRule(Fact):
    """For how many days, and where a notice says so or why we think so."""

    days: int = Field(gt=0, le=90)
    kind: DayKind = DayKind.CALENDAR
    quote: str | None = None
    locator: str | None = None
    reason_zh: str | None = None
    reason_en: str | None = None

    @model_validator(mode="after")
    def _grounded(self) -> "PublicityRule":
        printed, inferred = (self.quote, self.locator), (self.reason_zh, self.reason_en)
        if sorted(all(each) for each in (printed, inferred)) != [False, True] or (any(printed) and any(inferred)):
            raise ValueError("give either quote with locator, or reason_zh with reason_en")
        return self

    @property
    def zh(self) -> str:
        """Its ground in Chinese."""
        return f"通知{self.locator}：“{self.quote}”" if self.quote else str(self.reason_zh)

    @property
    def en(self) -> str:
        """Its ground in English."""
        return f"printed in the notice, {self.locator}" if self.quote else str(self.reason_en)


class _PublicityFacts(Fact):
    default: PublicityRule


@cache
def default_publicity() -> PublicityRule:
    """What holds for a list whose region's notice prints no number of days."""
    return read_facts(NATIONAL / "publicity.toml", _PublicityFacts).default
