"""`dexhub guard`: pulls that were paused, and how to let one pass."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from gateway.auth import OPERATOR
from gateway.cli.console import AsJson, out, print_json
from gateway.cli.opening import open_hub
from gateway.facts import region_types
from schema.provenance import CHINA
from sync import guard
from sync.repository.guard_stops import GuardStopStore
from sync.scope import EVERYTHING

cli = typer.Typer(no_args_is_help=True, help="守护暂停 / Pulls paused by their guard")


@cli.command("list", help="列出暂停及其差异 / List stops with their differences")
def list_stops(
    as_json: AsJson = False,
) -> None:
    """Newest first."""
    with open_hub() as hub, hub.database.read() as session:
        rows = GuardStopStore(session, EVERYTHING).all(50)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    for row in rows:
        kind = {"deletions": "撤回 / withdraw", "rewrites": "改写 / rewrite"}[row.kind]
        done = f"已放行 / overridden: {row.overridden_by}，{row.reason}" if row.overridden_at else "未放行 / waiting"
        table = Table(
            title=f"{region_types()[row.region].name} {row.stopped_at.astimezone(CHINA):%Y-%m-%d %H:%M} {row.run_id}"
        )
        table.caption = f"{kind} {row.number} / {row.entries}，上限 / bound {row.bound}；{done}"
        for column in ("项目 Entry", "现名 Before", "将变为 After"):
            table.add_column(column)
        for line in row.difference:
            table.add_row(line["entry"], line["before"] or "", line["after"] or "")
        out.print(table)
    if not rows:
        out.print("没有暂停 / no stops")


@cli.command(help="放行一次：该省下次拉取不受上限约束 / Let the region's next pull pass, once")
def override(
    run_id: Annotated[str, typer.Argument(help="暂停的运行编号 / Id of the stopped run")],
    reason: Annotated[str, typer.Option(help="理由 / Reason")],
) -> None:
    """On record with author and reason."""
    with open_hub() as hub, hub.database.write() as session:
        row = guard.override(session, run_id, OPERATOR.name, reason, datetime.now(UTC))
        region = row.region
    out.print(f"已放行，下次拉取{region_types()[region].name}时生效 / the next pull of {region} will pass")
