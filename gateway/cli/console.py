"""What all commands share: the terminal, and how errors are told."""

import sys
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from schema.errors import Problem

# A seal of a hundred records, “…:100:…”, is no emoji.
out: Final = Console(soft_wrap=True, emoji=False)
err: Final = Console(stderr=True, soft_wrap=True, emoji=False)

AsJson = Annotated[
    bool, typer.Option("--json", help="输出 JSON / Print JSON")
]  # of every command whose answer a machine may read
FOUND_PROBLEMS: Final = 1  # the command did its work and found something wrong
REFUSED: Final = 2  # the command could not do its work


def print_json(content: Any) -> None:  # noqa: ANN401  any JSON value
    """JSON for machines, on standard output, nothing else beside it."""
    sys.stdout.buffer.write(orjson.dumps(content, option=orjson.OPT_INDENT_2, default=str) + b"\n")
    sys.stdout.flush()


def print_problems(problems: Iterable[Problem | Mapping[str, Any]], title: str = "问题 / Problems") -> None:
    """A table of problems on standard error, Chinese first."""
    table = Table(title=title, title_justify="left", show_lines=True)
    for column in ("代码 Code", "位置 Place", "说明 What", "处理 Remedy"):
        table.add_column(column, overflow="fold")
    for each in problems:
        problem = each if isinstance(each, Problem) else Problem(**each)
        table.add_row(
            problem.code,
            *map(
                escape,
                (problem.place, f"{problem.zh}\n{problem.en}", f"{problem.remedy_zh}\n{problem.remedy_en}".strip()),
            ),
        )
    err.print(table)
