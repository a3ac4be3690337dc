"""The organiser sets what holds for an issuer's list: on record, and the roster follows in the same transaction."""

from collections.abc import Sequence

from schema.audit import AuditAction
from schema.canonical import Json
from schema.errors import Problem, RequestError, reason_missing
from sync.audit import record
from sync.database import Database
from sync.lists.rules import Rules, issuers, overlaid, unknown_issuer
from sync.punctuality import implausible
from sync.repository.lists import ListStore
from sync.roster import Author, renewed
from sync.scope import EVERYTHING
from sync.tables import SelectionSettingRow

_LOWEST: Sequence[tuple[str, int]] = (("total", 1), ("per_track", 1), ("alternates", 0), ("firsts", 1))


def set_rules(database: Database, setting: SelectionSettingRow) -> Rules:
    """Set what holds for an issuer from now on, instead of all that was set before; RequestError with every reason why not."""
    issuer, problems = issuers().get(setting.issuer), _faults(setting)
    if issuer is None or problems:
        raise RequestError([*problems, *([] if issuer else [unknown_issuer(setting.issuer)])])
    change: dict[str, Json] = {name: getattr(setting, name) for name, _ in _LOWEST}
    change["deadline"] = setting.deadline.isoformat() if setting.deadline else None
    with database.write() as session:
        ListStore(session, EVERYTHING).set(setting)
        record(
            session, actor=setting.author, action=AuditAction.QUOTA_SET, subject=setting.issuer, reason=setting.reason,
            change=change, at=setting.set_at,
        )  # fmt: skip
        renewed(session, Author(setting.author, setting.reason, setting.set_at))
        return overlaid(issuer, setting)


def _faults(setting: SelectionSettingRow) -> list[Problem]:
    problems = [] if setting.reason.strip() else [reason_missing()]
    problems += implausible("deadline", setting.deadline)
    for name, least in _LOWEST:
        number = getattr(setting, name)
        if number is not None and not least <= number <= 1000:
            problems.append(
                Problem("NUMBER_INVALID", name, f"须为 {least} 至 1000 的整数", f"must be {least} to 1000", str(number),
                        "改正数字", "give another number")
            )  # fmt: skip
    return problems
