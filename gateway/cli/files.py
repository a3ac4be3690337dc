"""`dexhub files`: tables that take the place of a platform."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.registry import connected
from gateway.cli.console import AsJson, out, print_json
from sync.dropped_files import folder_of, receiving
from sync.settings import Settings

cli = typer.Typer(no_args_is_help=True, help="省平台导出文件 / Tables in place of a platform")
_PIECE = 1 << 20  # bytes


@cli.callback()
def group() -> None:
    """Keeps `put` a command of its own: a group of one would otherwise be that one."""


@cli.command("put", help="检查导出文件并放入该省目录 / Check a table and lay it into the region's folder")
def put(
    region: Annotated[str, typer.Argument(help="代码、拼音或名称 / Code, slug or name")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="导出文件 / The file")],
    as_json: AsJson = False,
) -> None:
    """As an upload over HTTP; exit code 2 with all problems where it is refused."""
    (adapter,) = connected([region])
    folder = folder_of(Settings(), adapter)
    with receiving(folder, file.name) as room, file.open("rb") as source:
        while piece := source.read(_PIECE):
            room.add(piece)
        laid = room.laid(adapter, folder, file.name)
    if as_json:
        print_json(laid)
    else:
        out.print(f"已放入 / laid down: {folder / laid.file}，{laid.rows} 行 rows，SHA-256 {laid.sha256}")
