"""How many entries a region may send to the national final, and whether that is printed or inferred."""

from enum import StrEnum
from functools import cache

from schema.catalogue import NoticeFacts
from schema.fact_file import NATIONAL, read_facts
from schema.provenance import Fact


class Basis(StrEnum):
    """What a quota rests on."""

    PRINTED = "PRINTED"  # the region's notice says so
    INFERRED = "INFERRED"  # we read it out of a pattern; the organiser must confirm


class Quota(Fact):
    """A region's quota and the reason for it: the notice's words where it is printed."""

    total: int
    basis: Basis
    reason_zh: str
    reason_en: str


class _QuotaFacts(Fact):
    default: Quota


@cache
def default_quota() -> Quota:
    """What holds for a region whose notice prints no number."""
    return read_facts(NATIONAL / "quotas.toml", _QuotaFacts).default


def quota_of(facts: NoticeFacts) -> Quota:
    """The quota of the region with this notice."""
    printed = facts.recommendation
    if printed is None:
        return default_quota()
    return Quota(
        total=printed.total,
        basis=Basis.PRINTED,
        reason_zh=f"通知{printed.locator}：“{printed.quote}”",
        reason_en=f"printed in the notice, {printed.locator}",
    )
