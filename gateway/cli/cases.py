"""`dexhub cases`: the queue of duplicate cases, one case with its evidence, decisions, and what was decided as labels."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gateway import cases
from gateway.auth import OPERATOR
from gateway.cli.case_page import KINDS, LEVELS, STATUSES, page
from gateway.cli.console import AsJson, out, print_json
from gateway.cli.opening import open_hub
from gateway.hub import Hub
from schema.errors import Problem, RequestError
from schema.types.cases import DuplicateCase
from schema.vocabulary import CaseKind, CaseStatus
from sync.decisions import decide
from sync.eligibility import evaluate_cases
from sync.repository.cases import CaseStore
from sync.repository.keyset import Slice
from sync.review_queue import ReviewQueue
from sync.scope import EVERYTHING

cli = typer.Typer(no_args_is_help=True, help="查重案件 / Duplicate cases")
CaseId = Annotated[str, typer.Argument(metavar="CASE", help="案件编号 / Id of the case")]


@cli.command("list", help="待裁定的案件，最要紧的在前 / Cases to decide, the most pressing first")
def list_cases(
    status: Annotated[list[CaseStatus] | None, typer.Option(help="状态，默认待裁定 / Status; default: open")] = None,
    kind: Annotated[list[CaseKind] | None, typer.Option(help="类型 / Kind")] = None,
    first: Annotated[int, typer.Option(min=1, max=1000, help="条数 / How many")] = 50,
    as_json: AsJson = False,
) -> None:
    """In the order of `sync.review_queue`."""
    with open_hub() as hub, hub.database.read() as session:
        rows = ReviewQueue(session, EVERYTHING, status or (), kind or (), datetime.now(UTC)).rows(Slice(first))
        found = cases.load(session, EVERYTHING, rows)
    if as_json:
        print_json([_plain(case) for case in found])
        return
    table = Table(show_lines=True)
    for column in ("案件\nCase", "类型\nKind", "状态\nStatus", "得分\nScore", "项目\nEntries"):
        table.add_column(column, overflow="fold")
    for case in found:
        sides = "\n".join(f"{side.entry_id} 《{side.title}》{side.lead_organisation}" for side in case.entries)
        score = "" if case.score is None else f"{case.score:.3f}"
        table.add_row(str(case.id), KINDS[case.kind], f"{STATUSES[case.status]}\n{LEVELS[case.level]}", score, sides)
    out.print(table)


@cli.command(help="一个案件：双方、逐项证据、条款、裁定 / One case with its evidence, clauses and decisions")
def show(case: CaseId, as_json: AsJson = False) -> None:
    """As a clerk reads it."""
    with open_hub() as hub:
        found = _case(hub, case)
    if as_json:
        print_json(_plain(found))
    else:
        out.print(page(found), markup=False, highlight=False)


@cli.command("decide", help="裁定：确认须指明保留的项目 / Decide a case; confirming names the entry that stays")
def decide_case(
    case: CaseId,
    decision: Annotated[CaseStatus, typer.Option(help="CONFIRMED 确认，DISMISSED 排除")],
    reason: Annotated[str, typer.Option(help="理由 / Reason")],
    keep: Annotated[str | None, typer.Option(help="保留的项目编号 / Id of the entry that stays")] = None,
) -> None:
    """All that is wrong with a decision is told at once; exit code 2."""
    with open_hub() as hub:
        row = decide(
            hub.database, EVERYTHING, case=case, status=decision, reason=reason, author=OPERATOR.name, kept_entry=keep
        )
        evaluate_cases(hub.database, datetime.now(UTC), [row.id])
    out.print(f"{row.id} {STATUSES[CaseStatus(row.status)]}")


@cli.command(help="导出标注集，供 detect fit 重新拟合 / Export what was decided, for `detect fit`")
def export(
    labels: Annotated[Path, typer.Option(help="标注文件（CSV） / The confirmed pairs")],
    entries: Annotated[Path, typer.Option(help="项目文件（JSON Lines） / The entries they are among")],
) -> None:
    """Nothing is fitted by this."""
    # With numpy and scipy, a third of a second and 60 MB that no other command here needs.
    from sync.case_labels import labelled_set, write_labelled_set  # noqa: PLC0415  see above

    with open_hub() as hub:
        found = labelled_set(hub.database)
    write_labelled_set(found, entries, labels)
    out.print(
        f"已写出 {len(found.records)} 个项目、{len(found.pairs)} 对已确认的重复；另有 {found.left_out} 个项目的案件未裁定，未写出\n"
        f"{len(found.records)} entries and {len(found.pairs)} confirmed pairs written; {found.left_out} entries of undecided "
        "cases were left out",
    )


def _case(hub: Hub, identifier: str) -> DuplicateCase:
    with hub.database.read() as session:
        row = CaseStore(session, EVERYTHING).case(identifier)
        if row is None:
            raise RequestError(
                Problem(
                    "CASE_UNKNOWN",
                    "CASE",
                    "没有这个查重案件",
                    "there is no such case",
                    identifier,
                    "用 dexhub cases list 查看案件",
                    "see dexhub cases list",
                )
            )
        return cases.load(session, EVERYTHING, [row])[0]


def _plain(case: DuplicateCase) -> dict[str, object]:
    """The case for a machine: entries by id, without what else the graph can tell of them."""
    return {
        "id": case.id,
        "kind": case.kind,
        "status": case.status,
        "level": case.level,
        "score": case.score,
        "entries": [side.entry_id for side in case.entries],
        "clauses": [clause.id for clause in case.clauses],
        "keptEntryId": case.kept_entry_id,
        "pairs": [
            {"entries": [side.entry_id for side in pair.entries], "score": pair.score, "prior": pair.prior,
             "posterior": pair.posterior, "lines": pair.lines}
            for pair in case.pairs
        ],
    }  # fmt: skip
