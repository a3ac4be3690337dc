"""`dexhub lists` and the roster on the terminal."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from adapters.registry import region_named
from gateway.auth import OPERATOR
from gateway.cli.console import FOUND_PROBLEMS, open_hub, out, print_json, print_problems
from gateway.facts import region_types
from gateway.hub import Hub
from schema.errors import Problem, RequestError
from schema.vocabulary import RosterState
from sync.list_files import read_list
from sync.lists import Confirmation, Push, submit
from sync.roster import Roster, current

cli = typer.Typer(no_args_is_help=True, help="推荐名单 / Recommended lists")


@cli.command(help="校验并封存推荐名单文件（.xlsx .csv .json） / Validate and seal a list file")
def push(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="名单文件 / The file")],
    region: Annotated[str, typer.Option(help="地区代码、拼音或名称 / Region by code, slug or name")],
    issuer: Annotated[
        str | None, typer.Option(help="省以下推荐单位代码，如 4309 / Code of a body below the region")
    ] = None,
    confirm: Annotated[
        str, typer.Option(help="确认全部待确认问题的理由，随名单封存 / Why what is to be confirmed is stood by")
    ] = "",
    key: Annotated[str | None, typer.Option(help="幂等键 / Idempotency key")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只校验 / Only validate")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / Print JSON")] = False,
) -> None:
    """Whole or not at all; exit code 1 where it has problems."""
    adapter = region_named(region)
    if adapter is None:
        raise RequestError(Problem("REGION_UNKNOWN", "--region", "没有接入这个地区", "not a connected region", region))
    items = read_list(file, adapter.manifest.code)
    confirmations = [Confirmation(confirm)] if confirm.strip() else []
    with open_hub() as hub:
        made = Push(issuer or adapter.manifest.code, items, confirmations, key)
        outcome = submit(hub.database, made, OPERATOR.name, dry_run=dry_run)
    if as_json:
        sealed = outcome.sealed.model_dump() if outcome.sealed else None
        told = {"problems": outcome.problems, "warnings": outcome.warnings, "findings": outcome.findings}
        print_json({**told, "sealed": sealed})
    else:
        if outcome.warnings:
            print_problems(outcome.warnings, "提醒 / Warnings")
        if outcome.problems:
            print_problems(outcome.problems)
        elif outcome.sealed is None:
            out.print(f"校验通过，共 {len(items)} 项，未封存 / valid, {len(items)} items, not sealed (dry run)")
        else:
            out.print(f"已封存 / sealed: 回执 {outcome.sealed.receipt}  SHA-256 {outcome.sealed.digest}")
    if outcome.problems:
        raise SystemExit(FOUND_PROBLEMS)


def read_roster(hub: Hub) -> Roster:
    """The roster as the database stands."""
    with hub.database.read() as session:
        return current(session)


def print_roster(roster: Roster) -> None:
    """Counts by region and state."""
    counts = Counter((item.region, item.state) for item in roster.items)
    table = Table(title="总决赛名册 / Roster", title_justify="left", caption=f"SHA-256 {roster.digest}")
    table.add_column("地区 Region")
    names = ("入选 Included", "挂起 Held", "排除 Excluded", "候补 Alternate")
    for name in names:
        table.add_column(name, justify="right")
    for region in dict.fromkeys(item.region for item in roster.items):
        table.add_row(region_types()[region].name, *(str(counts[region, state]) for state in RosterState))
    out.print(table)
