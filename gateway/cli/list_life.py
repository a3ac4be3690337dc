"""`dexhub lists …`: what becomes of lists after they were pushed."""

from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from gateway.auth import OPERATOR
from gateway.cli.console import FOUND_PROBLEMS, AsJson, out, print_json
from gateway.cli.lists import cli
from gateway.cli.opening import open_hub
from schema.errors import Problem, RequestError
from schema.list_life import REQUESTED, STATE_NAMES, ListAct, ListState
from schema.provenance import CHINA
from sync.database import Session
from sync.lists import items_of
from sync.lists.acts import Request, ReturnedRow, move, unknown_list
from sync.lists.comparison import differences
from sync.lists.rules import issuers
from sync.lists.shadow import shadow_of
from sync.repository.lists import ListStore
from sync.scope import EVERYTHING
from sync.tables import ListRow

Receipt = Annotated[str, typer.Argument(metavar="RECEIPT", help="回执号 / Receipt number")]


@cli.command("list", help="列出名单各版本及状态 / List versions and where they stand")
def list_versions(as_json: AsJson = False) -> None:
    """By issuer, newest first."""
    with open_hub() as hub, hub.database.read() as session:
        rows = ListStore(session, EVERYTHING).versions()
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    table = Table()
    for column in ("推荐单位\nIssuer", "版本\nVersion", "回执\nReceipt", "状态\nState", "项数\nItems", "变更\nChanged"):
        table.add_column(column)
    for row in rows:
        issuer = issuers().get(row.issuer)
        table.add_row(
            f"{row.issuer} {issuer.name if issuer else ''}", str(row.version), row.receipt,
            f"{STATE_NAMES[ListState(row.state)]} {row.state}", str(len(items_of(row))),
            f"{row.changed_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        )  # fmt: skip
    out.print(table)


@cli.command(help="操作：CHECK ACCEPT RETURN PUBLISH CONFIRM FINALISE WITHDRAW / Do something to a sealed list")
def act(
    receipt: Receipt,
    what: Annotated[ListAct, typer.Argument(metavar="ACT", case_sensitive=False, help="操作 / The act")],
    reason: Annotated[str, typer.Option(help="理由 / Why")] = "",
    row: Annotated[list[str] | None, typer.Option(help="退回的行，名次=理由 / Rows to mend, rank=reason")] = None,
    until: Annotated[
        datetime | None,
        typer.Option(help="公示截止时间（北京时间），不给则按规则 / End of publicity, Beijing time; else by the rule"),
    ] = None,
) -> None:
    """By the table of the list's life; refused with the reason where it is not possible."""
    if what not in REQUESTED:
        raise RequestError(
            Problem("ACT_IMPOSSIBLE", "ACT", "该操作由系统自动进行", "the hub does this by itself", what,
                    "可用：" + "、".join(REQUESTED), "one of " + ", ".join(REQUESTED))
        )  # fmt: skip
    end = until.replace(tzinfo=CHINA) if until else None
    asked = Request(receipt, what, reason, tuple(map(_returned, row or ())), end)
    with open_hub() as hub:
        moved = move(hub.database, EVERYTHING, asked, actor=OPERATOR.name, now=hub.now())
    out.print(f"{moved.receipt}：{STATE_NAMES[ListState(moved.state)]} {moved.state}")


@cli.command(help="两个版本逐项比较 / Compare two versions, field by field")
def diff(before: Receipt, after: Receipt, as_json: AsJson = False) -> None:
    """Exit code 1 where they differ."""
    with open_hub() as hub, hub.database.read() as session:
        old, new = (items_of(_one(session, receipt)) for receipt in (before, after))
    found = differences(old, new)
    if as_json:
        print_json(found)
    else:
        table = Table()
        for column in ("项目\nEntry", "字段\nField", before, after):
            table.add_column(column, overflow="fold")
        for each in found:
            table.add_row(*map(escape, (each.entry_id, each.field, each.before or "", each.after or "")))
        out.print(table)
    if found:
        raise SystemExit(FOUND_PROBLEMS)


@cli.command(help="按该省成绩和规则推算名单，列出差异 / What the region's own rule would give, and what differs")
def shadow(receipt: Receipt, as_json: AsJson = False) -> None:
    """For a person to explain; never a verdict."""
    with open_hub() as hub, hub.database.read() as session:
        found = shadow_of(session, _one(session, receipt))
    if as_json:
        print_json(found)
        return
    table = Table(caption=f"推算 {len(found.computed)} 项；无成绩 {found.unscored} / computed; without a score")
    for column in ("项目\nEntry", "差异\nDeviation", "名单名次\nPushed", "推算名次\nComputed", "成绩\nScore"):
        table.add_column(column)
    for line in found.lines:
        cells = (line.pushed_rank, line.computed_rank, line.score)
        table.add_row(line.entry_id, line.deviation, *("" if cell is None else str(cell) for cell in cells))
    out.print(table)


def _one(session: Session, receipt: str) -> ListRow:
    row = ListStore(session, EVERYTHING).get(receipt)
    if row is None:
        raise RequestError(unknown_list(receipt))
    return row


def _returned(text: str) -> ReturnedRow:
    rank, _, reason = text.partition("=")
    if not rank.strip().isdecimal():
        raise RequestError(
            Problem("ROW_INVALID", "--row", "退回的行应写作 名次=理由", "write rank=reason", text,
                    "例如 --row 3=国家赛道有误", "for instance --row 3=wrong track")
        )  # fmt: skip
    return ReturnedRow(int(rank), reason)
