"""`dexhub registers`: blacklists, last year's winners, organisers, finalists of other contests."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gateway.auth import OPERATOR
from gateway.cli.console import FOUND_PROBLEMS, AsJson, out, print_json, print_problems
from gateway.cli.opening import open_hub
from schema.errors import RequestError
from schema.provenance import CHINA
from schema.vocabulary import Register
from sync import registers
from sync.eligibility import evaluate_registers
from sync.register_files import read_named, read_register, template
from sync.registers import NAMES, RegisterLine
from sync.repository.registers import RegisterStore

cli = typer.Typer(no_args_is_help=True, help="名单：黑名单、往届获奖、组织单位 / Registers")
Name = Annotated[str, typer.Argument(metavar="REGISTER", help="名单，英文代号或中文名 / By code or Chinese name")]
Reason = Annotated[str, typer.Option(help="来源或依据 / Source or reason")]


@cli.command("list", help="列出各名单，或一个名单的各行 / List registers, or the lines of one")
def list_registers(
    name: Annotated[str | None, typer.Argument(metavar="[REGISTER]", help="名单 / The register")] = None,
    as_json: AsJson = False,
) -> None:
    """Ids of lines are for `remove`."""
    wanted = [read_named(name)] if name else list(Register)
    with open_hub() as hub, hub.database.read() as session:
        store = RegisterStore(session)
        kept = registers.maintained(session)
        stored = map(RegisterLine.of, store.lines([each.value for each in wanted]))
        lines = [line for line in (*registers.printed(), *stored) if line.register in wanted]
        changes = {row.register_name: row for row in reversed(store.changes([each.value for each in wanted], 1000))}
    if as_json:
        print_json([{"id": line.id, "printed": line.printed, **line.as_dict()} for line in lines])
        return
    table = Table()
    if name:
        for column in (
            "编号\nId",
            "单位\nOrganisation",
            "信用代码\nCode",
            "项目\nProject",
            "赛区\nContest",
            "角色\nRole",
            "来源\nFrom",
        ):
            table.add_column(column, overflow="fold")
        for line in lines:
            origin = "通知 / notice" if line.printed else line.remark
            table.add_row(
                line.id, line.name, line.credit_code or "", line.project, line.contest or "", line.role or "", origin
            )
    else:
        for column in ("名单\nRegister", "代号\nCode", "行数\nLines", "维护\nMaintained", "最近变更\nLast change"):
            table.add_column(column)
        for each in wanted:
            row = changes.get(each.value)
            last = f"{row.changed_at.astimezone(CHINA):%Y-%m-%d %H:%M} {row.author}：{row.reason}" if row else ""
            count = str(sum(line.register is each for line in lines))
            table.add_row(NAMES[each], each.value, count, "是 yes" if each in kept else "否 no", last)
    out.print(table)


@cli.command("import", help="从 .xlsx 或 .csv 导入 / Import from a file")
def import_register(
    name: Name,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="文件 / The file")],
    reason: Reason,
    replace: Annotated[
        bool, typer.Option("--replace", help="以文件为全部，去掉其余 / The file is the whole register")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只校验 / Only validate")] = False,
    as_json: AsJson = False,
) -> None:
    """Whole or not at all; exit code 1 where a row has a problem."""
    register, now = read_named(name), datetime.now(UTC)
    try:
        lines = read_register(register, file.name, file.read_bytes())
    except RequestError as error:
        if as_json:
            print_json({"problems": error.problems})
        else:
            print_problems(error.problems)
        raise SystemExit(FOUND_PROBLEMS) from None
    if dry_run:
        print_json({"problems": [], "lines": len(lines)}) if as_json else out.print(
            f"校验通过，共 {len(lines)} 行，未导入 / valid, {len(lines)} lines, not imported (dry run)"
        )
        return
    with open_hub() as hub:
        made = registers.change(
            hub.database, register, lines, author=OPERATOR.name, reason=reason, now=now, replace=replace
        )
        report = evaluate_registers(hub.database, [made], now)
    told = {"added": len(made.added), "removed": len(made.removed), "judged": report.judged, "problems": []}
    if as_json:
        print_json(told)
    else:
        out.print(
            f"{NAMES[register]}：新增 {told['added']}，移除 {told['removed']}，重新判定 {report.judged} 个项目 / "
            "added, removed, entries judged anew"
        )


@cli.command("template", help="写出空模板 .xlsx / Write the empty workbook to fill in")
def write_template(name: Name, file: Annotated[Path | None, typer.Argument(help="文件 / Where to")] = None) -> None:
    """Credit codes are formatted as text."""
    register = read_named(name)
    target = file or Path(f"{NAMES[register]}.xlsx")
    target.write_bytes(template(register))
    out.print(f"已写出 / written: {target.name}")


@cli.command(help="移除名单中的行 / Take lines off")
def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="行编号 / Ids of lines")], reason: Reason
) -> None:
    """All or none."""
    now = datetime.now(UTC)
    with open_hub() as hub:
        changes = registers.remove(hub.database, ids, author=OPERATOR.name, reason=reason, now=now)
        report = evaluate_registers(hub.database, changes, now)
    out.print(f"已移除 {len(ids)} 行，重新判定 {report.judged} 个项目 / removed, entries judged anew")
