"""Shows pulls: a bar a region while they run, a table when they have."""

import asyncio
from collections.abc import Sequence

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from adapters.base import Adapter
from gateway.cli.console import err, out, print_problems
from gateway.facts import region_types
from sync.pull import Puller
from sync.tables import PullRow


def run(puller: Puller, adapters: Sequence[Adapter], started_by: str, *, full: bool, quiet: bool) -> list[PullRow]:
    """Pull these regions side by side with a progress bar each."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=quiet) as bars:
        tasks: dict[str, TaskID] = {
            adapter.manifest.code: bars.add_task(adapter.manifest.name, total=None) for adapter in adapters
        }

        def progress(region: str, done: int, total: int | None) -> None:
            if region not in tasks:
                tasks[region] = bars.add_task("判定 / Judging", total=total)
            bars.update(tasks[region], completed=done, total=max(done, total) if total is not None else None)

        rows = asyncio.run(puller.pull_all(adapters, started_by, progress, full=full))
        for row in rows:
            done = row.created + row.changed + row.unchanged + row.quarantined
            bars.update(tasks[row.region], completed=done, total=done)
    return rows


def print_runs(rows: Sequence[PullRow]) -> None:
    """What each pull did, and what went wrong."""
    table = Table(title="拉取结果 / Pulls", title_justify="left")
    table.add_column("地区\nRegion")
    table.add_column("结果\nStatus")
    for column in ("新增\nNew", "变更\nChanged", "未变\nSame", "撤回\nGone", "隔离\nSet aside"):
        table.add_column(column, justify="right")
    for row in rows:
        counts = (row.created, row.changed, row.unchanged, row.withdrawn, row.quarantined)
        table.add_row(region_types()[row.region].name, row.status, *(str(count) for count in counts))
    out.print(table)
    problems = [problem for row in rows for problem in row.problems]
    if problems:
        print_problems(problems)
