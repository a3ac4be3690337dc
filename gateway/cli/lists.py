"""`dexhub lists`: recommended lists from a file."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.registry import region_named
from gateway.auth import OPERATOR
from gateway.cli.console import FOUND_PROBLEMS, AsJson, out, print_json, print_problems
from gateway.cli.opening import open_hub
from gateway.list_uploads import told
from schema.errors import RequestError
from sync.list_files import FileOutcome, FilePush, marked, push_file, region_template
from sync.lists import Confirmation
from sync.lists.rules import unknown_issuer
from sync.workbooks.kinds import MOST_BYTES, too_large

cli = typer.Typer(no_args_is_help=True, help="推荐名单 / Recommended lists")


@cli.command(help="校验并封存推荐名单文件（.xlsx .xls .csv .json） / Validate and seal a list file")
def push(  # noqa: PLR0913, PLR0917  an option of the command line each
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
    marked_file: Annotated[
        Path | None, typer.Option("--marked", help="有问题时写出标注的工作簿 / Where to write the marked workbook")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Whole or not at all; exit code 1 where something must be mended first."""
    code = _code(region)
    if file.stat().st_size > MOST_BYTES:
        raise too_large(f"文件超过 {MOST_BYTES >> 20} MB", f"the file exceeds {MOST_BYTES >> 20} MB")
    body = file.read_bytes()
    with open_hub() as hub:
        made = FilePush(issuer or code, body, [Confirmation(confirm)] if confirm.strip() else [], key)
        outcome = push_file(hub.database, made, OPERATOR.name, dry_run=dry_run, now=hub.now())
    if marked_file is not None and outcome.marks:
        marked_file.write_bytes(marked(body, outcome.marks))
    if as_json:
        print_json({"region": code, "dryRun": dry_run, **told(outcome)})
    else:
        _print(outcome)
    if outcome.blocked:
        raise SystemExit(FOUND_PROBLEMS)


@cli.command(help="写出本省名单模板 .xlsx / Write the region's template")
def template(
    region: Annotated[str, typer.Option(help="地区代码、拼音或名称 / Region by code, slug or name")],
    output: Annotated[Path, typer.Option(help="写入的 .xlsx / File to write")],
    entries: Annotated[bool, typer.Option("--entries", help="预填本省项目 / Prefill the region's entries")] = False,
) -> None:
    """Without --entries no database is needed."""
    code = _code(region)
    if entries:
        with open_hub() as hub:
            output.write_bytes(region_template(hub.database, code))
    else:
        output.write_bytes(region_template(None, code))
    out.print(f"已写出 / written: {output.name}")


def _code(region: str) -> str:
    adapter = region_named(region)
    if adapter is None:
        raise RequestError(unknown_issuer(region))
    return adapter.manifest.code


def _print(outcome: FileOutcome) -> None:
    mending = [each.as_problem() for each in outcome.marks if each.stops]
    others = [each.as_problem() for each in outcome.marks if not each.stops]
    if others:
        print_problems(others, "提醒 / Warnings")
    if mending:
        print_problems(mending)
    elif outcome.sealed is None:
        out.print(f"校验通过，共 {outcome.items} 项，未封存 / valid, {outcome.items} items, not sealed (dry run)")
    else:
        out.print(f"已封存 / sealed: 回执 {outcome.sealed.receipt}  SHA-256 {outcome.sealed.digest}")
        if outcome.audit_seal is not None:
            out.print(f"变更记录最新封印 / newest seal of the record: {outcome.audit_seal}", highlight=False)
