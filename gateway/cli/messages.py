"""`dexhub messages`: what regions are told, and whether it reached their servers."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from gateway.cli.console import FOUND_PROBLEMS, AsJson, out, print_json
from gateway.cli.opening import open_hub
from schema.provenance import CHINA
from sync import outbox
from sync.repository.messages import MessageStore
from sync.scope import EVERYTHING

cli = typer.Typer(no_args_is_help=True, help="给各省的通知 / Messages to regions")


@cli.command("list", help="列出通知及送达情况 / List messages and whether they arrived")
def list_messages(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="最多几条 / At most so many")] = 50,
    as_json: AsJson = False,
) -> None:
    """Newest first."""
    with open_hub() as hub, hub.database.read() as session:
        rows = MessageStore(session, EVERYTHING).all(limit=limit)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    table = Table()
    for column in ("编号\nId", "地区\nRegion", "时间\nAt", "内容\nText", "送达\nDelivery", "原因\nFault"):
        table.add_column(column, overflow="fold")
    for row in rows:
        moment = f"{row.created_at.astimezone(CHINA):%m-%d %H:%M}"
        table.add_row(
            *map(escape, (row.id, row.region, moment, row.zh, f"{row.delivery} {row.attempts}", row.fault or ""))
        )
    out.print(table)


@cli.command(help="立即发送到期的通知 / Send now what is due")
def send(as_json: AsJson = False) -> None:
    """Exit code 1 where one did not arrive; it is tried again later."""
    with open_hub() as hub:
        report = asyncio.run(outbox.send_due(hub.database, hub.settings))
    if as_json:
        print_json(report)
    else:
        out.print(
            f"送达 {report.delivered}，未送达 {report.failed}，仅收件箱 {report.inbox_only} / delivered, failed, inbox only"
        )
    if report.failed:
        raise SystemExit(FOUND_PROBLEMS)


@cli.command(help="重新发送通知 / Let messages be sent once more")
def resend(ids: Annotated[list[str], typer.Argument(metavar="ID...", help="通知编号 / Ids of messages")]) -> None:
    """All or none; sent with the next round."""
    with open_hub() as hub:
        rows = outbox.resend(hub.database, ids, datetime.now(UTC))
    out.print(f"已列入待发 {len(rows)} 条 / to be sent again")
