"""`dexhub check` and `dexhub clauses`: may it compete, and by which words."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from adapters.registry import connected
from gateway import eligibility
from gateway.cli.console import FOUND_PROBLEMS, REFUSED, AsJson, err, out, print_json
from gateway.cli.opening import open_hub
from schema.eligibility import Judgement, status_of
from schema.errors import Problem, RequestError
from schema.types.eligibility import Clause
from schema.vocabulary import ClauseKind, Verdict
from sync import applications
from sync.application_files import read_applications
from sync.application_table import template
from sync.eligibility import evaluate_all

_SIGNS = {
    Verdict.MET: "[green]符合[/]\nMET",
    Verdict.NOT_MET: "[red]不符合[/]\nNOT MET",
    Verdict.UNDETERMINED: "[yellow]未定[/]\nUNDETERMINED",
}


def check(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="申报文件 .json .xlsx .csv / Applications")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="重新核对全部已入库项目 / Look at every stored entry")
    ] = False,
    blank: Annotated[
        Path | None, typer.Option("--template", dir_okay=False, help="写出空表格 .xlsx / Write the table to fill in")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Exit code 0 where nothing is broken, 1 where something is, 2 where it could not be judged."""
    if [file is not None, everything, blank is not None].count(True) != 1:
        raise RequestError(
            Problem(
                "CHECK_WHAT", "FILE", "请给出申报文件，或用 --all、--template，三者取一", "give a file, --all or --template",
                remedy_zh="dexhub check 申报.xlsx", remedy_en="dexhub check application.xlsx",
            )
        )  # fmt: skip
    if blank is not None:
        blank.write_bytes(template())
        out.print(f"已写出 / written: {blank.name}")
    elif file is None:
        _check_all(as_json=as_json)
    else:
        _check_file(file, as_json=as_json)


def _check_file(file: Path, *, as_json: bool) -> None:
    now = datetime.now(UTC)
    try:
        stated = read_applications(file)
    except RequestError as error:
        if not as_json:
            raise
        print_json({"problems": error.problems})
        raise SystemExit(REFUSED) from None
    with open_hub() as hub:
        tokens = hub.settings.tokeniser_if_any()
        with hub.database.read() as session:
            found = [(place, one.title, applications.check(session, one, tokens, now, place)) for place, one in stated]
    if as_json:
        print_json([_plain(*each) for each in found])
    else:
        for each in found:
            _print(*each)
    if any(one.verdict is Verdict.NOT_MET for *_, judgements in found for one in judgements):
        raise SystemExit(FOUND_PROBLEMS)


def _check_all(*, as_json: bool) -> None:
    with open_hub() as hub, err.status("核对中 / judging"):
        report = evaluate_all(hub.database, datetime.now(UTC))
    if as_json:
        print_json(report)
    else:
        out.print(f"核对 {report.entries} 个项目，重新判定 {report.judged} 个 / entries looked at, judged anew")


def _plain(place: str, title: str, judgements: Sequence[Judgement]) -> dict[str, Any]:
    return {
        "place": place,
        "title": title,
        "status": status_of(judgements),
        "verdicts": [one._asdict() | {"text": eligibility.clause_types()[one.clause_id].text} for one in judgements],
    }


def _print(place: str, title: str, judgements: Sequence[Judgement]) -> None:
    table = Table(title=escape(f"{place}  {title}  {status_of(judgements)}"), title_justify="left", show_lines=True)
    for column in ("判定 Verdict", "条款 Clause", "原文 Words", "说明 What"):
        table.add_column(column, overflow="fold")
    order = (Verdict.NOT_MET, Verdict.UNDETERMINED, Verdict.MET)
    for one in sorted(judgements, key=lambda each: order.index(each.verdict)):
        clause = eligibility.clause_types()[one.clause_id]
        words = escape(f"{clause.locator} {clause.text}")
        table.add_row(_SIGNS[one.verdict], one.clause_id, words, escape(f"{one.zh}\n{one.en}"))
    out.print(table)


def clauses(
    region: Annotated[str | None, typer.Option(help="地区代码、拼音或名称 / Region")] = None,
    kind: Annotated[ClauseKind | None, typer.Option(help="类别 / Kind", case_sensitive=False)] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="各赛区并列（须给出 --kind） / Side by side; needs --kind")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """The notices' own words."""
    (adapter,) = connected([region], "--region") if region else (None,)
    if compare:
        _compare(kind, as_json=as_json)
        return
    found = [
        clause
        for clause in eligibility.clause_types().values()
        if (adapter is None or (clause.region is not None and clause.region.code == adapter.manifest.code))
        and (kind is None or clause.kind is kind)
    ]
    if as_json:
        print_json([_clause(clause) for clause in found])
        return
    table = Table(show_lines=True)
    for column in ("条款 Clause", "类别 Kind", "位置 Place", "原文 Words", "判定 Judged by"):
        table.add_column(column, overflow="fold")
    for clause in found:
        table.add_row(str(clause.id), clause.kind, clause.locator, escape(clause.text), clause.judged_by)
    out.print(table)


def _compare(kind: ClauseKind | None, *, as_json: bool) -> None:
    if kind is None:
        raise RequestError(
            Problem("KIND_MISSING", "--kind", "并列时须给出类别", "--compare needs --kind",
                    remedy_zh="可用：" + "、".join(ClauseKind), remedy_en=", ".join(ClauseKind))
        )  # fmt: skip
    found = eligibility.compare(kind)
    if as_json:
        print_json(
            [
                {
                    "region": each.region.name,
                    "clauses": [_clause(clause) for clause in each.clauses],
                    "absences": [vars(absence) for absence in each.absences],
                }
                for each in found.regions
            ]
        )
        return
    table = Table(title=kind.value, title_justify="left", show_lines=True)
    table.add_column("赛区 Region")
    table.add_column("规定 Words", overflow="fold")
    for each in found.regions:
        lines = [f"{clause.locator} {clause.text}" for clause in each.clauses]
        lines += [
            f"{a.statement} / {a.statement_en}（查无 / not found: {'、'.join(a.searched)}）" for a in each.absences
        ]
        table.add_row(each.region.name, escape("\n".join(lines) or "未作规定 / nothing said"))
    out.print(table)


def _clause(clause: Clause) -> dict[str, Any]:
    return {**vars(clause), "region": clause.region.code if clause.region else None}
