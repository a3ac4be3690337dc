"""What is done to a sealed list: one transaction an act, by the table of `schema.list_life`, on record, and told.

Which lists count is what the roster is made of: an act that changes that is refused once the roster is closed.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from schema.audit import AuditAction
from schema.errors import Problem, RequestError, reason_missing
from schema.list_life import COUNTED, REQUESTED, STATE_NAMES, TRANSITIONS, Actor, ListAct, ListState, after
from schema.provenance import CHINA
from sync.audit import record
from sync.database import Database, Session
from sync.lists.items import items_of
from sync.lists.telling import tell
from sync.publicity import open_window, unsettled
from sync.repository.lists import ListStore
from sync.repository.rosters import RosterStore
from sync.roster.decisions import closed
from sync.roster.versions import Author, in_time, renewed
from sync.scope import EVERYTHING, Scope
from sync.tables import ListEventRow, ListRow

_LONGEST_OPEN: Final = timedelta(days=90)  # a window cannot be shortened, and the roster waits for its end


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row that is to be mended: its rank, the column where one is meant, and why."""

    rank: int
    reason: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """An act that somebody asks for. `rows` go with a return, `until` with publicity (else as long as the rules say)."""

    receipt: str
    act: ListAct
    reason: str = ""
    rows: tuple[ReturnedRow, ...] = ()
    until: datetime | None = None


def move(database: Database, scope: Scope, request: Request, *, actor: str, now: datetime) -> ListRow:
    """Do it, or raise RequestError with every reason why not. `scope` is the asker's: what is outside it does not exist, and
    a region may do what its part is in the list's life. The roster follows in the same transaction.
    """
    with database.write() as session:
        store = ListStore(session, scope)
        found = store.get(request.receipt)
        if found is None:
            raise RequestError(unknown_list(request.receipt))
        store.alone(found.issuer)
        session.refresh(found)  # it may have been changed while we waited
        in_time(session, now)
        problems = [*_not_yours(scope, found, request.act), *_faults(session, found, request, now)]
        if problems:
            raise RequestError(problems)
        reason = request.reason.strip()
        details: dict[str, Any] = {}
        if request.act is ListAct.ACCEPT:
            _supersede_counted(session, found, actor, now)
        if request.act is ListAct.PUBLISH:
            window = open_window(session, found, author=actor, now=now, until=request.until)
            details["until"] = window.closes_at.astimezone(CHINA).isoformat(timespec="minutes")
        if request.rows:
            details["rows"] = [asdict(row) for row in request.rows]
        step(session, found, request.act, actor=actor, now=now, reason=reason, details=details)
        renewed(session, Author(actor, reason or f"{request.act} {found.receipt}", now))
    return found


def step(
    session: Session,
    row: ListRow,
    act: ListAct,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Bring a list to its next state within a transaction, write down the event, put it on record and tell the region."""
    before = None if act is ListAct.DRAFT else ListState(row.state)
    reached = after(act, before)
    if reached is None:
        raise ValueError(f"{act} is not possible from {before}")
    row.state, row.changed_at = reached, now
    store = ListStore(session, EVERYTHING)
    store.save(row)
    event = ListEventRow(
        receipt=row.receipt, act=act, before=before, after=reached, actor=actor, reason=reason, details=details or {}, at=now
    )  # fmt: skip
    store.record(event)
    change = {"act": act, "before": before, "after": reached, "digest": row.digest, "details": event.details}
    record(
        session, actor=actor, action=AuditAction.LIST_CHANGED, subject=row.receipt, reason=reason, change=change, at=now
    )
    tell(session, row, event)


def _supersede_counted(session: Session, row: ListRow, actor: str, now: datetime) -> None:
    """What counted before gives way in the same transaction, so that there is never more than one, nor none."""
    for other in ListStore(session, EVERYTHING).versions(issuer=row.issuer):
        if other.state in COUNTED:
            step(session, other, ListAct.SUPERSEDE, actor=actor, now=now, reason=row.receipt)


def _not_yours(scope: Scope, row: ListRow, act: ListAct) -> list[Problem]:
    """A region is the issuer of its own list, and the receiver of those from below it."""
    own = row.issuer == row.region
    if scope.region is None or TRANSITIONS[act].actor is Actor.ISSUER or not own:
        return []
    return [
        Problem("ACT_NOT_YOURS", "act", "该操作由国家组委会进行", "this is for the national organiser to do", act,
                "等待国家组委会处理", "wait for the national organiser")
    ]  # fmt: skip


def _faults(session: Session, row: ListRow, request: Request, now: datetime) -> list[Problem]:
    problems = []
    state, transition = ListState(row.state), TRANSITIONS[request.act]
    if request.act not in REQUESTED or state not in transition.before:
        possible = "、".join(act for act in REQUESTED if state in TRANSITIONS[act].before) or "无 none"
        problems.append(
            Problem("ACT_IMPOSSIBLE", "act", f"名单{STATE_NAMES[state]}，不能进行该操作", f"the list is {state}", request.act,
                    f"此时可进行：{possible}", f"possible now: {possible}")
        )  # fmt: skip
    if transition.needs_reason and not request.reason.strip():
        problems.append(reason_missing())
    if request.act is ListAct.CONFIRM and state is ListState.PUBLICITY:
        problems += unsettled(session, {row.receipt: row.issuer}, now)
    if request.act is ListAct.PUBLISH and request.until is not None and not now < request.until <= now + _LONGEST_OPEN:
        days = _LONGEST_OPEN.days
        problems.append(
            Problem("PUBLICITY_END_INVALID", "until", f"截止时间须在将来，且在 {days} 天之内", f"it must close within {days} days from now",
                    request.until.isoformat(), "改正时间；不填则按规则所定天数", "give another time, or none for as long as the rules say")
        )  # fmt: skip
    if row.issuer == row.region and (state in COUNTED) != (transition.after in COUNTED):
        newest = RosterStore(session).newest()
        problems += closed(newest.stage) if newest is not None else []
    return [*problems, *_row_faults(row, request.rows)]


def _row_faults(row: ListRow, rows: Sequence[ReturnedRow]) -> list[Problem]:
    ranks = {item.rank for item in items_of(row)} if rows else set()
    problems = [
        Problem("ROW_UNKNOWN", f"rows.{index}", "名单没有这一名次", "the list has no such rank", str(each.rank),
                f"名次为 1 至 {len(ranks)}", f"ranks are 1 to {len(ranks)}")
        for index, each in enumerate(rows) if each.rank not in ranks
    ]  # fmt: skip
    problems += [reason_missing(f"rows.{index}.reason") for index, each in enumerate(rows) if not each.reason.strip()]
    return problems


def unknown_list(receipt: str) -> Problem:
    """That no version has this receipt, or none that whoever asks may see."""
    return Problem(
        "LIST_UNKNOWN", "receipt", "没有这份名单", "there is no such list", receipt,
        "核对回执号（形如 TJ-41-001-9F86D081）", "check the receipt number",
    )  # fmt: skip
