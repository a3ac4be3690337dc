"""`dexhub adapters new` and `preview`: start a province's folder from a sample, and look at what it makes of rows."""

import secrets
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer
from pydantic import ValidationError
from rich.table import Table

import adapters as package
from adapters.base import Adapter, Page
from adapters.conformance.tracing import leaves, traced
from adapters.draft import Draft, MappingContext
from adapters.file_source import FileSource
from adapters.registry import connected, folder_named
from adapters.scaffold.folder import start_folder
from adapters.source import RawPage, Row
from adapters.table import KINDS
from adapters.transport import Endpoint
from gateway.cli.adapters import cli
from gateway.cli.console import FOUND_PROBLEMS, out, print_problems
from schema.errors import MappingError, Problem, RequestError
from schema.identity import Tokeniser
from schema.provenance import SourceRef
from schema.records import Entry

_SHOWN: Final = 20
_NOWHERE: Final = SourceRef(url="preview", fetched_at=datetime.fromtimestamp(0, UTC), sha256="", locator="")


@cli.command("new", help="按样例新建一个省的文件夹 / Start a province's folder from a sample")
def new(
    slug: Annotated[str, typer.Argument(help="地区拼音，见 schema/identifiers.py / The region's slug")],
    from_sample: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="样例 .xlsx .csv .json / A sample of its export")
    ],
    into: Annotated[Path | None, typer.Option(file_okay=False, help="写入的目录 / Where to write it")] = None,
) -> None:
    """Prints what is left to do."""
    folder, points = start_folder(slug, from_sample, into)
    out.print(f"已写入 / written: {folder}", highlight=False)
    table = Table(title="待办 / To do", title_justify="left")
    for column in ("", "文件 File", "事项 What"):
        table.add_column(column)
    for point in points:
        table.add_row("☐", point.place, f"{point.zh}\n{point.en}")
    out.print(table)
    where = f" --in {into}" if into else ""
    out.print(f"下一步 / next: dexhub adapters preview {slug}{where}", highlight=False)


@cli.command(help="预览 20 行的映射结果，不显示个人信息 / Show 20 mapped rows; nothing personal is shown")
def preview(
    region: Annotated[str, typer.Argument(help="代码、拼音或名称 / Code, slug or name")],
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="表格文件，缺省为样例 / A table file, else samples"),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--in", file_okay=False, help="该省文件夹所在的目录 / Where the province's folder is")
    ] = None,
) -> None:
    """Exit code 1 where a row has problems."""
    if folder:
        package.__path__.append(str(folder))
    (adapter,) = connected([region])
    rows = _rows(adapter, file)
    raw = RawPage("preview", datetime.now(UTC), "", rows, total=len(rows))
    page = adapter.map_page(raw, _context(adapter), {})
    _print_entries(page)
    if unread := _unread(adapter, rows):
        out.print(f"映射未读取的字段 / fields that the mapping does not read: {'、'.join(unread)}", highlight=False)
    told = Counter(problem for row in page.rejected for problem in row.problems)
    if told:
        print_problems(problem for problem, _ in told.most_common(_SHOWN))
        raise SystemExit(FOUND_PROBLEMS)


def _rows(adapter: Adapter, file: Path | None) -> Sequence[Row]:
    if file is None:
        path = (folder_named(adapter.manifest.slug) or Path()) / "samples" / "entry.json"
        return [Row("", f"[{index}]", row) for index, row in enumerate(orjson.loads(path.read_bytes()))]
    if file.suffix.lower() not in KINDS:
        raise RequestError(
            Problem(
                "FILE_KIND", file.name, "支持 .xlsx、.csv", "give an .xlsx or .csv file", file.suffix,
                "另存为其中一种", "save it as one of them",
            )
        )  # fmt: skip
    return FileSource(Endpoint("file:"), adapter.manifest).rows(file.name, file.read_bytes())


def _context(adapter: Adapter) -> MappingContext:
    """What a pull maps with, under a key that is thrown away."""
    tokens = Tokeniser(secrets.token_bytes(32))
    return MappingContext(adapter.manifest, adapter.catalogue, adapter.lookups, tokens)


def _print_entries(page: Page) -> None:
    entries = [row.record for row in page.mapped if isinstance(row.record, Entry)]
    title = f"共 {page.total} 行，可映射 {len(page.mapped)}，有问题 {len(page.rejected)} / rows, mapped, with problems"
    table = Table(title=title, title_justify="left")
    for column in ("编号 Id", "名称 Title", "赛题 Topic", "国赛 National", "阶段 Stage", "状态 Status", "奖项 Award"):
        table.add_column(column.replace(" ", "\n"), no_wrap="Title" not in column, overflow="fold")
    table.add_column("牵头单位\nLead", overflow="fold")
    table.add_column("代表\nPeople", justify="right", no_wrap=True)
    for entry in entries[:_SHOWN]:
        where = (entry.topic_id, entry.national_track or "—", entry.stage, entry.status, entry.award or "")
        table.add_row(entry.id, entry.title, *where, entry.lead.name, str(len(entry.team.representatives)))
    out.print(table)


def _unread(adapter: Adapter, rows: Sequence[Row]) -> list[str]:
    """Fields of the payload that the mapping reads of none of these rows, and that the manifest does not list as ignored."""
    read: set[str] = set()
    context = _context(adapter)
    for row in rows[:_SHOWN]:
        with suppress(ValidationError, MappingError):  # told with the row's problems
            payload = adapter.payload.validate_python(row.data)
            adapter.to_entry(traced(payload, read), Draft(context, _NOWHERE))
    ignored = adapter.manifest.ignored
    return sorted(
        field
        for field in leaves(adapter.payload) - read
        if not any(field == each or field.startswith(f"{each}.") for each in ignored)
    )
