"""Holds back what a run would delete or rewrite until it is known how much that is.

New entries and ordinary changes are stored as they come. Rewrites and withdrawals wait for the end of the run: within the
bounds of the region's manifest they are applied in its last transaction, beyond them nothing of them is, the run is
paused, and the difference is kept for a person, who may override once, with a reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from adapters.manifest import Guard
from schema.audit import AuditAction
from schema.canonical import Json
from schema.errors import Problem, RequestError, reason_missing
from sync.audit import record
from sync.database import Session
from sync.repository.entries import EntryStore
from sync.repository.guard_stops import GuardStopStore
from sync.repository.prepared import Prepared
from sync.scope import EVERYTHING
from sync.tables import GuardStopRow

_SHOWN = 200  # entries of a difference that are kept for review


@dataclass(slots=True)
class Held:
    """What waits. At most `bound` + 1 rewrites are kept in memory; the rest are only counted."""

    bound: int
    rewrites: list[Prepared] = field(default_factory=list)
    rewritten: int = 0
    gone: list[str] = field(default_factory=list)

    def add(self, rewritten: Sequence[Prepared], gone: Sequence[str]) -> None:
        """Hold these back."""
        self.rewritten += len(rewritten)
        room = self.bound + 1 - len(self.rewrites)
        self.rewrites.extend(rewritten[: max(0, room)])
        self.gone.extend(gone)


def stop(
    session: Session, guard: Guard, held: Held, gone: Sequence[str], *, run_id: str, region: str, now: datetime
) -> GuardStopRow | None:
    """The stop that this run deserves, not yet stored; None where it keeps within bounds."""
    if not gone and not held.rewritten:
        return None  # as nearly always; counting a region's entries takes longer than the rest of a small pull's end
    entries = EntryStore(session).active_number(region)
    for kind, number, bound in (
        ("deletions", len(gone), guard.deletions.of(entries)),
        ("rewrites", held.rewritten, guard.rewrites.of(entries)),
    ):
        if number > bound:
            shown = list(gone)[:_SHOWN] if kind == "deletions" else [item.id for item in held.rewrites[:_SHOWN]]
            after = {item.id: item.title for item in held.rewrites}
            before = EntryStore(session).titles(shown)
            return GuardStopRow(
                run_id=run_id,
                region=region,
                stopped_at=now,
                kind=kind,
                number=number,
                bound=bound,
                entries=entries,
                difference=[
                    {
                        "entry": each,
                        "before": before.get(each),
                        "after": after.get(each) if kind == "rewrites" else None,
                    }
                    for each in shown
                ],
            )
    return None


def problem(row: GuardStopRow) -> Problem:
    """A stop in words."""
    zh, en = {
        "deletions": ("将撤回", "would be withdrawn"),
        "rewrites": ("的名称、赛题或牵头单位将改变", "would change title, topic or lead organisation"),
    }[row.kind]
    return Problem(
        "GUARD_STOPPED",
        row.region,
        value=str(row.number),
        zh=f"现有 {row.entries} 个项目中有 {row.number} 个{zh}，超过上限 {row.bound}，未予执行，请人工核对",
        en=f"{row.number} of {row.entries} entries {en}; the bound is {row.bound}, so none of it was done",
        remedy_zh=f"向省平台核实；确属无误：dexhub guard override {row.run_id} --reason 理由",
        remedy_en=f"ask the province; if it is right: dexhub guard override {row.run_id} --reason …",
    )


def override(session: Session, run_id: str, author: str, reason: str, now: datetime) -> GuardStopRow:
    """Let the region's next run pass its guard, once. On record with author and reason."""
    row = GuardStopStore(session, EVERYTHING).get(run_id)
    problems = []
    if row is None:
        problems.append(
            Problem(
                "STOP_UNKNOWN", "runId", "没有这次暂停", "there is no such stop", run_id,
                "用 dexhub guard list 或 guardStops 查看", "see dexhub guard list, or guardStops",
            )
        )  # fmt: skip
    elif row.overridden_at is not None:
        problems.append(
            Problem(
                "STOP_OVERRIDDEN", "runId", "这次暂停已放行过", "this stop was overridden already", run_id,
                "下一次拉取即照此执行；再被暂停则为新的一次", "the next pull goes by that; another pause is a stop of its own",
            )
        )  # fmt: skip
    if not reason.strip():
        problems.append(reason_missing())
    if row is None or problems:
        raise RequestError(problems)
    row.overridden_at, row.overridden_by, row.reason = now, author, reason.strip()
    change: dict[str, Json] = {"region": row.region, "kind": row.kind, "number": row.number, "bound": row.bound}
    record(
        session, actor=author, action=AuditAction.GUARD_OVERRIDDEN, subject=run_id, reason=reason, change=change, at=now
    )  # fmt: skip
    return row
