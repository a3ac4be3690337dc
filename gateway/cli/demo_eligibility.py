"""The demo's part on the notices' rules: registers come in, every entry is judged, and what was planted is found."""

from datetime import UTC, datetime
from typing import Any

from rich.table import Table

from gateway.auth import OPERATOR
from gateway.cli.console import out
from gateway.eligibility import clause_types
from gateway.hub import Hub
from schema.vocabulary import OF_PAIRS, Register, Verdict
from sync import registers
from sync.eligibility import evaluate_registers, judged
from sync.registers import RegisterLine
from sync.repository.eligibility import EligibilityStore


def show(hub: Hub, planted: dict[str, Any]) -> bool:
    """Print what was found; whether each planted break was found by its clause and by no other."""
    now = datetime.now(UTC)
    changes = [_maintain(hub, register, planted["registers"], now) for register in Register]
    report = evaluate_registers(hub.database, changes, now)
    out.print(
        f"导入 {len(changes)} 个名单，重新判定 {report.judged} 个项目 / registers imported, entries judged anew",
    )
    broken = _broken(hub)
    expected = {(label["entries"][0], label["kind"]) for label in planted["rule_breaks"]}
    concerned = {entry for entry, _ in expected}
    found = {
        (entry, clause) for entry, clause in broken if entry in concerned or clause_types()[clause].kind not in OF_PAIRS
    }
    table = Table(title="违反通知的项目 / Rules broken", title_justify="left")
    for column in ("地区\nRegion", "条款\nClause", "原文\nWords"):
        table.add_column(column, overflow="fold")
    table.add_column("项目\nEntries", justify="right")
    for clause in sorted({clause for _, clause in found}):
        fact = clause_types()[clause]
        name = fact.region.name if fact.region else "全国"
        table.add_row(name, clause, fact.text, str(sum(each == clause for _, each in found)))
    out.print(table)
    out.print(
        f"预埋的违规 {len(expected)}，由所违条款找到 {len(expected & found)}，误判 {len(found - expected)} / "
        "planted rule breaks, found by the clause they break, false ones"
    )
    return found == expected


def _maintain(hub: Hub, register: Register, lines: list[dict[str, Any]], now: datetime) -> registers.RegisterChange:
    made = [RegisterLine(**{**line, "register": register}) for line in lines if line["register"] == register]
    reason = "演示数据 / demonstration"
    return registers.change(hub.database, register, made, author=OPERATOR.name, reason=reason, now=now)


def _broken(hub: Hub) -> set[tuple[str, str]]:
    """Every clause that an entry does not meet."""
    with hub.database.read() as session:
        kept = judged(session, EligibilityStore(session).all_ids())
    return {(e, one.clause_id) for e, part in kept.items() for one in part if one.verdict is Verdict.NOT_MET}
