"""The rules that hold for one issuer's list: what its notice prints or we infer, under what the organiser has set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.registry import regions
from schema.errors import Problem, RequestError
from schema.quotas import lower_lists, selection_of
from schema.selection import Limit, LowerListFacts, Pool, SelectionFacts
from sync.database import Database, Session
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
    return _overlaid(issuer, rows[0] if rows else None)


def all_rules(session: Session) -> list[Rules]:
    """The rules of every issuer."""
    newest: dict[str, SelectionSettingRow] = {}
    for row in ListStore(session, EVERYTHING).settings():
        newest.setdefault(row.issuer, row)
    return [_overlaid(issuer, newest.get(code)) for code, issuer in issuers().items()]


def _overlaid(issuer: Issuer, row: SelectionSettingRow | None) -> Rules:
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


def set_rules(database: Database, setting: SelectionSettingRow) -> Rules:
    """Set what holds for an issuer from now on, instead of all that was set before; RequestError with every reason why not."""
    issuer, problems = issuers().get(setting.issuer), _faults(setting)
    if issuer is None or problems:
        raise RequestError([*problems, *([] if issuer else [unknown_issuer(setting.issuer)])])
    with database.write() as session:
        ListStore(session, EVERYTHING).set(setting)
        return _overlaid(issuer, setting)


def _faults(setting: SelectionSettingRow) -> list[Problem]:
    problems = []
    if not setting.reason.strip():
        problems.append(
            Problem("REASON_MISSING", "reason", "请写明依据", "a reason is required", None,
                    "写明依据，如组委会会议纪要", "say what it rests on")
        )  # fmt: skip
    lowest: Sequence[tuple[str, int]] = (("total", 1), ("per_track", 1), ("alternates", 0), ("firsts", 1))
    for name, least in lowest:
        number = getattr(setting, name)
        if number is not None and not least <= number <= 1000:
            problems.append(
                Problem("NUMBER_INVALID", name, f"须为 {least} 至 1000 的整数", f"must be {least} to 1000", str(number),
                        "改正数字", "give another number")
            )  # fmt: skip
    return problems


def unknown_issuer(code: str) -> Problem:
    """That nobody hands in lists under this code."""
    known = issuers()
    return Problem(
        "REGION_UNKNOWN", "issuer", "未接入的地区，或其下没有这个推荐单位", "not a connected region, nor a body below one", code,
        "可用：" + "、".join(f"{each.code} {each.name}" for each in known.values()), "one of " + ", ".join(known),
    )  # fmt: skip
