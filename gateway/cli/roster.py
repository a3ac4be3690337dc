"""`dexhub roster`: the roster of the national final, its versions, and the organiser's acts on it."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gateway.auth import OPERATOR
from gateway.cli.console import FOUND_PROBLEMS, AsJson, out, print_json, print_problems
from gateway.cli.opening import open_hub
from gateway.cli.roster_decisions import read_decisions
from gateway.facts import region_types
from gateway.hub import Hub
from schema.errors import Problem, RequestError
from schema.provenance import CHINA
from schema.vocabulary import RosterState
from sync.repository.rosters import RosterStore
from sync.roster import Author, Roster, closing, current, renew
from sync.roster import decisions as deciding
from sync.roster.computing import ItemChange, compare
from sync.roster.inputs import Decision
from sync.roster.versions import recompute, roster_of
from sync.tables import RosterVersionRow

cli = typer.Typer(help="总决赛名册 / The roster of the national final")
Reason = Annotated[str, typer.Option(help="理由 / Reason")]
Version = Annotated[int, typer.Option(help="版本 / Version")]
Decisions = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, help="决定的 JSON 文件，格式见 docs/roster.md / Decisions as JSON"),
]


@cli.callback(invoke_without_command=True)
def standing(context: typer.Context, as_json: AsJson = False) -> None:
    """The roster that stands, where no command follows."""
    if context.invoked_subcommand is None:
        with open_hub() as hub:
            _print(read_roster(hub), as_json=as_json)


@cli.command(help="名册的某一版本 / One version of the roster")
def show(version: Version, as_json: AsJson = False) -> None:
    """As it was stored."""
    with open_hub() as hub:
        _print(roster_of(_stored(hub, version)), as_json=as_json)


@cli.command(help="各版本 / Versions")
def versions(as_json: AsJson = False) -> None:
    """Newest first."""
    with open_hub() as hub, hub.database.read() as session:
        rows = RosterStore(session).versions(100)
    if as_json:
        print_json([row.model_dump(exclude={"content", "inputs"}) for row in rows])
        return
    table = Table()
    for column in ("版本\nVersion", "阶段\nStage", "因由\nCause", "时间\nWhen", "何人\nWho", "理由\nWhy", "SHA-256"):
        table.add_column(column, overflow="fold")
    for row in rows:
        moment = f"{row.at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        table.add_row(str(row.number), row.stage, row.cause, moment, row.actor, row.reason, row.digest[:16])
    out.print(table)


@cli.command("compare", help="比较两个版本 / Compare two versions")
def compare_versions(
    older: Annotated[int, typer.Argument(help="较早的版本 / The older")],
    newer: Annotated[int, typer.Argument(help="较新的版本 / The newer")],
    as_json: AsJson = False,
) -> None:
    """Every item that stands otherwise."""
    with open_hub() as hub:
        found = compare(roster_of(_stored(hub, older)), roster_of(_stored(hub, newer)))
    _print_changes(found, as_json=as_json)


@cli.command("recompute", help="由存储的输入重新计算并逐字节比较 / Compute a version again from what is stored with it")
def compute_again(version: Version) -> None:
    """Exit code 1 where a byte differs."""
    with open_hub() as hub:
        row = _stored(hub, version)
    problems = recompute(row)
    if problems:
        print_problems(problems)
        raise SystemExit(FOUND_PROBLEMS)
    out.print(f"第 {version} 版逐字节一致 / the same byte for byte: SHA-256 {row.digest}")


@cli.command("renew", help="按现有数据更新名册 / Bring the roster up to date")
def bring_up_to_date(reason: Reason) -> None:
    """A version is made only where something that goes in has changed."""
    with open_hub() as hub:
        made = renew(hub.database, _author(hub, reason))
    out.print(f"第 {made.number} 版 / version {made.number}" if made else "没有变化 / nothing changed")


@cli.command("what-if", help="推演一组决定，不作任何改变 / What decisions would give; changes nothing")
def project(file: Decisions, as_json: AsJson = False) -> None:
    """Decisions on entries and on cases."""
    words, cases = read_decisions(file)
    with open_hub() as hub, hub.database.read() as session:
        found = deciding.what_if(session, words, cases, _author(hub, "what if"))
    _print_changes(found.changes, as_json=as_json)


@cli.command(help="对项目作出决定 / Decide on entries")
def decide(file: Decisions, reason: Reason) -> None:
    """All or none; cases are decided as cases."""
    words = _on_entries(file)
    with open_hub() as hub:
        deciding.decide(hub.database, words, _author(hub, reason))
    out.print(f"已决定 {len(words)} 项 / decided")


@cli.command(help="冻结名册 / Freeze the roster")
def freeze(version: Version, reason: Reason) -> None:
    """Of the version that was looked at."""
    _act(reason, lambda hub, author: closing.freeze(hub.database, version, author))


@cli.command(help="重新开放已冻结的名册 / Open a frozen roster again")
def reopen(version: Version, reason: Reason) -> None:
    """On record."""
    _act(reason, lambda hub, author: closing.reopen(hub.database, version, author))


@cli.command(help="终定已冻结的名册 / Make a frozen roster final")
def finalise(version: Version, reason: Reason) -> None:
    """For good."""
    _act(reason, lambda hub, author: closing.finalise(hub.database, version, author))


@cli.command(help="发布签名的更正 / Issue a signed erratum to a final roster")
def erratum(file: Decisions, version: Version, reason: Reason) -> None:
    """Signed with the hub's key."""
    words = _on_entries(file)
    _act(
        reason,
        lambda hub, author: closing.issue_erratum(hub.database, version, words, author, hub.settings.signer_if_any()),
    )


def read_roster(hub: Hub) -> Roster:
    """The roster that stands."""
    with hub.database.read() as session:
        return current(session, hub.now())[0]


def print_roster(roster: Roster) -> None:
    """Counts by region and state."""
    counts = Counter((item.region, item.state) for item in roster.items)
    table = Table(title="总决赛名册 / Roster", title_justify="left", caption=f"SHA-256 {roster.digest}")
    table.add_column("地区 Region")
    names = ("入选 Included", "挂起 Held", "排除 Excluded", "候补 Alternate")
    for name in names:
        table.add_column(name, justify="right")
    for region in dict.fromkeys(item.region for item in roster.items):
        table.add_row(region_types()[region].name, *(str(counts[region, state]) for state in RosterState))
    out.print(table)


def _print(roster: Roster, *, as_json: bool) -> None:
    if as_json:
        print_json({"digest": roster.digest, "items": roster.items})
    else:
        print_roster(roster)


def _print_changes(found: list[ItemChange] | tuple[ItemChange, ...], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    table = Table()
    for column in ("项目\nEntry", "原\nBefore", "现\nAfter", "理由\nWhy"):
        table.add_column(column, overflow="fold")
    for each in found:
        side = each.after or each.before
        before, after = (part.state if part else "—" for part in (each.before, each.after))
        table.add_row(
            side.entry_id if side else "",
            before,
            f"{after} ↑" if each.promoted else after,
            side.reason_zh if side else "",
        )
    out.print(table if found else "没有不同 / no difference")


def _act(reason: str, work: Callable[[Hub, Author], RosterVersionRow]) -> None:
    with open_hub() as hub:
        row = work(hub, _author(hub, reason))
    out.print(f"第 {row.number} 版 {row.stage} / version {row.number}  SHA-256 {row.digest}")
    if row.signature:
        out.print(f"签名 / signature {row.key_id}:{row.signature}")


def _author(hub: Hub, reason: str) -> Author:
    return Author(OPERATOR.name, reason, hub.now())


def _on_entries(file: Path) -> list[Decision]:
    words, cases = read_decisions(file)
    if cases:
        raise RequestError(
            Problem(
                "DECISION_INVALID", file.name, "案件须由裁定（decideCase）处理", "cases are decided by decideCase", None,
                "从文件中去掉 cases", "take cases out of the file",
            )
        )  # fmt: skip
    return words


def _stored(hub: Hub, number: int) -> RosterVersionRow:
    with hub.database.read() as session:
        row = RosterStore(session).version(number)
    if row is None:
        raise RequestError(
            Problem(
                "VERSION_UNKNOWN", "--version", "名册没有这个版本", "the roster has no such version", str(number),
                "运行 dexhub roster versions 查看", "see dexhub roster versions",
            )
        )  # fmt: skip
    return row
