"""`dexhub lists`: recommended lists from a file."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.registry import region_named
from gateway.auth import OPERATOR
from gateway.cli.console import FOUND_PROBLEMS, open_hub, out, print_json, print_problems
from schema.errors import Problem, RequestError
from sync import lists
from sync.list_files import read_list

cli = typer.Typer(no_args_is_help=True, help="推荐名单 / Recommended lists")


@cli.command(help="校验并封存推荐名单文件（.xlsx .csv .json） / Validate and seal a list file")
def push(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="名单文件 / The file")],
    region: Annotated[str, typer.Option(help="地区代码、拼音或名称 / Region by code, slug or name")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只校验 / Only validate")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / Print JSON")] = False,
) -> None:
    """Whole or not at all; exit code 1 where it has problems."""
    adapter = region_named(region)
    if adapter is None:
        raise RequestError(Problem("REGION_UNKNOWN", "--region", "没有接入这个地区", "not a connected region", region))
    items = read_list(file, adapter.manifest.code)
    with open_hub() as hub:
        outcome = lists.submit(hub.database, adapter.manifest.code, items, OPERATOR.name, dry_run=dry_run)
    if as_json:
        sealed = outcome.sealed.model_dump() if outcome.sealed else None
        print_json({"problems": outcome.problems, "warnings": outcome.warnings, "sealed": sealed})
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
