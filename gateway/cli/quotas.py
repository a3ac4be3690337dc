"""`dexhub quotas`: how many each region may send and how they are chosen; what the organiser sets, on record."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from gateway.auth import OPERATOR
from gateway.cli.console import AsJson, out, print_json
from gateway.cli.opening import open_hub
from gateway.selection import SelectionRules
from schema.errors import Problem, RequestError
from schema.provenance import CHINA
from schema.selection import Basis
from sync.lists.rules import all_rules
from sync.lists.setting import set_rules
from sync.repository.lists import ListStore
from sync.scope import EVERYTHING
from sync.tables import SelectionSettingRow

cli = typer.Typer(no_args_is_help=True, help="名额和推荐规则 / Quotas and rules of selection")
_BASES = {Basis.PRINTED: "通知 printed", Basis.INFERRED: "推断 inferred", Basis.SET: "设定 set"}


@cli.command("list", help="列出各省名额和推荐规则及依据 / List rules and what they rest on")
def list_quotas(as_json: AsJson = False) -> None:
    """Printed, inferred or set."""
    with open_hub() as hub, hub.database.read() as session:
        settings = ListStore(session, EVERYTHING).settings()
        found = [
            SelectionRules.of(rules, [row for row in settings if row.issuer == rules.issuer.code])
            for rules in all_rules(session)
        ]
    if as_json:
        print_json(found)
        return
    table = Table()
    for column in ("推荐单位\nIssuer", "规则\nRule", "内容\nSays", "依据\nBasis", "出处\nGround"):
        table.add_column(column, overflow="fold")
    for each in found:
        for rule in each.rules:
            row = (f"{each.issuer} {each.name}", rule.name, rule.value, _BASES[rule.basis], rule.zh)
            table.add_row(*map(escape, row))
        if each.deadline:
            told = f"{each.deadline:%Y-%m-%d %H:%M}"
            table.add_row(f"{each.issuer} {each.name}", "deadline", told, _BASES[Basis.SET], each.settings[0].reason)
    out.print(table)


@cli.command("set", help="设定名额、每赛道名额、候补数、截止时间 / Set places, places a track, alternates, deadline")
def set_quota(
    issuer: Annotated[
        str, typer.Argument(metavar="ISSUER", help="地区或省以下推荐单位代码 / Code of a region or body")
    ],
    reason: Annotated[str, typer.Option(help="依据 / What it rests on")],
    total: Annotated[int | None, typer.Option(help="名额 / Places")] = None,
    per_track: Annotated[int | None, typer.Option(help="每个国家赛道至多 / At most in a national track")] = None,
    alternates: Annotated[int | None, typer.Option(help="候补至多 / At most so many alternates")] = None,
    firsts: Annotated[int | None, typer.Option(help="每赛道先取前几名 / So many of each track first")] = None,
    deadline: Annotated[
        str | None, typer.Option(help="截止时间，北京时间 2025-09-30T18:00 / Until when, Beijing time")
    ] = None,
) -> None:
    """Instead of all that was set for this issuer before."""
    row = SelectionSettingRow(
        issuer=issuer, total=total, per_track=per_track, alternates=alternates, firsts=firsts,
        deadline=_moment(deadline) if deadline else None, reason=reason.strip(), author=OPERATOR.name,
        set_at=datetime.now(UTC),
    )  # fmt: skip
    with open_hub() as hub:
        rules = set_rules(hub.database, row)
    out.print(f"已设定 / set: {rules.issuer.code} {rules.issuer.name}")


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise RequestError(
            Problem("TIME_INVALID", "--deadline", "时间无法识别", "not a time", text,
                    "例如 2025-09-30T18:00", "for instance 2025-09-30T18:00")
        ) from None  # fmt: skip
    return found if found.tzinfo else found.replace(tzinfo=CHINA)
