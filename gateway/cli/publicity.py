"""`dexhub publicity`: what is laid open, and the objections to it. A list is laid open by `dexhub lists act … PUBLISH`."""

from typing import Annotated

import typer
from rich.table import Table

from gateway.auth import OPERATOR
from gateway.cli.console import AsJson, out, print_json
from gateway.cli.opening import open_hub
from schema.provenance import CHINA
from schema.publicity import ObjectionStatus
from sync import objections as objecting
from sync import publicity
from sync.repository.publicity import PublicityStore
from sync.roster import Author
from sync.scope import EVERYTHING

cli = typer.Typer(no_args_is_help=True, help="公示与异议 / Publicity and objections")


@cli.command("list", help="列出公示 / List what was laid open")
def list_windows(as_json: AsJson = False) -> None:
    """Newest first."""
    with open_hub() as hub, hub.database.read() as session:
        found = publicity.windows(session)
        now = hub.now()
    if as_json:
        print_json([{**each.row.model_dump(), "stopped_at": each.stopped_at} for each in found])
        return
    table = Table()
    for column in (
        "编号\nId",
        "推荐单位\nIssuer",
        "名单\nList",
        "开始\nFrom",
        "截止\nUntil",
        "状态\nState",
        "项目\nNames",
    ):
        table.add_column(column)
    for each in found:
        row, state = (
            each.row,
            "中止 stopped" if each.stopped_at else "公示中 open" if each.is_open(now) else "期满 over",
        )
        span = (f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}" for moment in (row.opened_at, row.closes_at))
        table.add_row(row.id, each.issuer_name, row.receipt, *span, state, str(len(row.names)))
    out.print(table)


@cli.command("objections", help="列出异议 / List objections")
def list_objections(as_json: AsJson = False) -> None:
    """Newest first. Whoever can run this on the hub's machine is the organiser."""
    with open_hub() as hub, hub.database.read() as session:
        rows = PublicityStore(session, EVERYTHING).objections()
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    table = Table()
    for column in ("编号\nId", "项目\nEntry", "异议人\nBy", "理由\nGrounds", "状态\nStatus", "处理\nDecided"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(row.id, row.entry_id, row.objector, row.grounds, row.status, row.reason)
    out.print(table)


@cli.command(help="处理异议；成立则排除该项目，下一候补递补 / Decide an objection; upheld, the next alternate moves up")
def decide(
    objection: Annotated[str, typer.Argument(help="异议编号 / The objection's id")],
    decision: Annotated[ObjectionStatus, typer.Argument(help="UPHELD 成立，REJECTED 不成立")],
    reason: Annotated[str, typer.Option(help="理由 / Reason")],
) -> None:
    """Once."""
    with open_hub() as hub:
        row = objecting.decide(hub.database, objection, decision, Author(OPERATOR.name, reason, hub.now()))
    out.print(f"{row.id} {row.status}")
