"""`dexhub export`: entries, cases, lists, roster and clauses as tables."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.console import out
from gateway.cli.opening import open_hub
from gateway.exports.contents import CONTENTS
from gateway.exports.files import write
from schema.errors import Problem, RequestError
from sync.scope import EVERYTHING


def export(
    what: Annotated[str, typer.Argument(help="、".join(CONTENTS))],
    file: Annotated[
        Path, typer.Argument(help="写入的 .xlsx、.csv，项目也可 .ndjson / File to write; entries also as .ndjson")
    ],
    filters: Annotated[
        list[str] | None, typer.Option("--filter", help="名称=值，如 regions=41 / GraphQL's filter, as name=value")
    ] = None,
) -> None:
    """Everything, unless filters say less."""
    pairs = [part.partition("=") for part in filters or ()]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise RequestError(
            [Problem("FILTER_INVALID", "--filter", "须写作 名称=值", "write name=value", name, "例如 regions=41", "as regions=41")
             for name in wrong]
        )  # fmt: skip
    with open_hub() as hub:
        form = file.suffix.lower().removeprefix(".")
        title = write(hub.database, EVERYTHING, what, form, [(name, value) for name, _, value in pairs], file)
    out.print(f"已写出 {title} / written: {file.name}")
