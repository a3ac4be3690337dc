"""The rules that hold for one issuer's list: what its notice prints or we infer, under what the organiser has set."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.registry import regions
from schema.errors import Problem
from schema.quotas import lower_lists, selection_of
from schema.selection import Limit, LowerListFacts, Pool, SelectionFacts
from sync.database import Session
from sync.repository.lists import ListStore
from sync.scope import EVERYTHING
from sync.tables import SelectionSettingRow


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose list it is. `code` is the region's, or that of the body below it that `lower` describes."""

    code: str
    name: str
    lower: LowerListFacts | None = None

    @property
    def region(self) -> str:
        """The region it belongs to."""
        return self.code[:2]


@dataclass(frozen=True, slots=True)
class Rules:
    """What an issuer's list is judged by. `deadline` is set by the organiser alone; no notice prints one."""

    issuer: Issuer
    selection: SelectionFacts
    deadline: datetime | None = None
    setting: SelectionSettingRow | None = None


def issuers() -> dict[str, Issuer]:
    """Everybody who may hand in a list, by code: every connected region, then the bodies below it that its facts name."""
    found: dict[str, Issuer] = {}
    for code, adapter in regions().items():
        found[code] = Issuer(code, adapter.manifest.name)
        lower = lower_lists(adapter.catalogue.facts)
        found.update({each: Issuer(each, facts.city, facts) for each, facts in lower.items()})
    return found


def lower_issuers(region: str) -> list[Issuer]:
    """Those below a region."""
    return [each for each in issuers().values() if each.lower is not None and each.region == region]


def rules_of(session: Session, issuer: Issuer) -> Rules:
    """The rules as they stand now."""
    rows = ListStore(session, EVERYTHING).settings([issuer.code])
    return overlaid(issuer, rows[0] if rows else None)


def all_rules(session: Session) -> list[Rules]:
    """The rules of every issuer."""
    newest: dict[str, SelectionSettingRow] = {}
    for row in ListStore(session, EVERYTHING).settings():
        newest.setdefault(row.issuer, row)
    return [overlaid(issuer, newest.get(code)) for code, issuer in issuers().items()]


def overlaid(issuer: Issuer, row: SelectionSettingRow | None) -> Rules:
    """What the notice prints or we infer, with what the organiser's newest setting says instead."""
    facts = issuer.lower or selection_of(regions()[issuer.region].catalogue.facts)
    if row is None:
        return Rules(issuer, facts)
    ground = {"reason_zh": f"组委会设定：{row.reason}", "reason_en": f"set by the organiser: {row.reason}"}
    changed: dict[str, Any] = {
        name: Limit(most=most, set_by=row.author, **ground)
        for name in ("total", "per_track", "alternates")
        if (most := getattr(row, name)) is not None
    }
    if row.firsts is not None:
        changed["pool"] = Pool(firsts=row.firsts, set_by=row.author, **ground)
    return Rules(issuer, facts.model_copy(update=changed), row.deadline, row)


def unknown_issuer(code: str) -> Problem:
    """That nobody hands in lists under this code."""
    known = issuers()
    return Problem(
        "REGION_UNKNOWN", "issuer", "未接入的地区，或其下没有这个推荐单位", "not a connected region, nor a body below one", code,
        "可用：" + "、".join(f"{each.code} {each.name}" for each in known.values()), "one of " + ", ".join(known),
    )  # fmt: skip
