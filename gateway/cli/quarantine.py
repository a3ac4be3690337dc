"""`dexhub quarantine`: rows that could not be understood: list them, hand them to a province, try them again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from rich.markup import escape
from rich.table import Table

from adapters.registry import connected, regions
from gateway.cli.console import AsJson, out, print_json
from gateway.cli.opening import open_hub
from gateway.facts import region_types
from schema.provenance import CHINA
from sync.remap import Remapper
from sync.repository.pulls import PullStore
from sync.scope import EVERYTHING
from sync.tables import QuarantineRow

cli = typer.Typer(no_args_is_help=True, help="隔离的行 / Rows that could not be understood")
_Names = Annotated[
    list[str] | None, typer.Argument(metavar="[REGION]...", help="代码、拼音或名称 / Code, slug or name")
]
_HEADINGS = (
    ("地区", 8), ("项目编号", 20), ("位置", 28), ("字段", 24), ("现值（已掩码）", 28), ("问题", 36), ("处理办法", 44),
    ("首次出现", 18), ("最近出现", 18), ("代码", 20),
)  # fmt: skip
_MOST = 100_000


def _codes(names: Sequence[str] | None) -> list[str]:
    return [adapter.manifest.code for adapter in connected(names or ())]


def _rows(names: Sequence[str] | None) -> list[QuarantineRow]:
    codes = _codes(names)
    with open_hub() as hub, hub.database.read() as session:
        return PullStore(session).quarantined(EVERYTHING, codes, limit=_MOST)


@cli.command("list", help="列出隔离的行 / List rows set aside")
def list_rows(names: _Names = None, as_json: AsJson = False) -> None:
    """Newest first."""
    rows = _rows(names)
    if as_json:
        print_json([row.model_dump(exclude={"body"}) for row in rows])
        return
    table = Table(show_lines=True)
    for column in ("地区\nRegion", "编号\nId", "字段\nField", "现值\nValue", "问题与处理\nWhat and remedy"):
        table.add_column(column, overflow="fold")
    for row in rows:
        for problem in row.problems:
            words = f"{problem['zh']}\n{problem['remedy_zh']}"
            cells = (row.key, problem["place"], problem["value"] or "", words)
            table.add_row(region_types()[row.region].name, *map(escape, cells))
    out.print(table)


@cli.command(help="用现行映射重试隔离的行 / Try rows again with the mapping as it is now")
def replay(
    names: _Names = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说明结果 / Only say what would happen")] = False,
) -> None:
    """No platform is asked."""
    with open_hub() as hub:
        for code in _codes(names):
            report = Remapper(hub.database, regions()[code], hub.settings.tokeniser()).quarantine(dry_run=dry_run)
            verb = "可收录 / would enter" if dry_run else "已收录 / entered"
            name = region_types()[code].name
            out.print(f"{name}：{report.rows} 行，{verb} {report.released}，仍隔离 / still set aside {report.rejected}")


@cli.command(help="导出为 Excel，交省平台改正 / Export to Excel, for the province to mend")
def export(file: Annotated[Path, typer.Argument(help="写入的 .xlsx / File to write")], names: _Names = None) -> None:
    """One line a problem; nothing personal in it."""
    rows = _rows(names)
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    sheet.title = "隔离清单"
    sheet.append([heading for heading, _ in _HEADINGS])
    for row in rows:
        for problem in row.problems:
            sheet.append(_cells(row, problem))
    for number, (_, width) in enumerate(_HEADINGS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.cell(1, number).font = Font(bold=True)
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.number_format, cell.alignment = "@", Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    book.save(file)
    out.print(f"已写出 {len(rows)} 行 / rows written: {file}")


def _cells(row: QuarantineRow, problem: dict[str, str | None]) -> list[str]:
    first, last = (f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}" for moment in (row.first_seen_at, row.last_seen_at))
    cells = (
        region_types()[row.region].name, row.key, row.source_locator, problem["place"], problem["value"], problem["zh"],
        problem["remedy_zh"], first, last, problem["code"],
    )  # fmt: skip
    return [_plain(cell or "") for cell in cells]


def _plain(text: str) -> str:
    """Text that a spreadsheet will not take for a formula: what a platform sent may begin like one."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
