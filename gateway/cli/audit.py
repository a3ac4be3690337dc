"""`dexhub audit`: the record of changes, its seals, and whether anything in it was bent."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from gateway.auth import OPERATOR
from gateway.cli.console import FOUND_PROBLEMS, AsJson, out, print_json, print_problems
from gateway.cli.opening import open_hub
from schema.audit import Seal
from schema.provenance import CHINA
from sync import audit, punctuality
from sync.audit_verification import verify as verified
from sync.repository.audit import AuditStore

cli = typer.Typer(no_args_is_help=True, help="变更记录（审计） / The record of changes")


@cli.command(
    help="核对全部记录与封印，指出第一条被动过的 / Check every record and seal; names the first that was touched"
)
def verify(
    seals: Annotated[
        list[str] | None,
        typer.Option("--seal", help="回执上的封印，可多次 / A seal as a receipt prints it; may be repeated"),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="库外的封印文件 / A file of seals kept outside")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Exit code 1 where something was changed, removed or cut off. The configured file of seals is read as well."""
    outside = [Seal.parse(each) for each in seals or ()]
    with open_hub() as hub:
        for path in {file, hub.settings.seals_file} - {None}:
            if path is not None and path.exists():
                outside += audit.seals_in(path)
        with hub.database.read() as session:
            found = verified(session, hub.settings.signer_if_any(), outside)
    if as_json:
        print_json(found)
    else:
        out.print(
            f"记录 {found.records} 条，封印 {found.seals} 个（验签 {found.checked} 个） / records, seals, signatures checked"
        )
        out.print("完好 / intact" if not found.problems else "已被改动 / bent")
        if found.problems:
            print_problems(found.problems)
    if found.problems:
        raise SystemExit(FOUND_PROBLEMS)


@cli.command("list", help="最近的记录 / The newest records")
def list_records(
    first: Annotated[int, typer.Option(min=1, max=1000, help="条数 / How many")] = 50,
    subject: Annotated[str | None, typer.Option(help="只看这一对象 / Of this subject alone")] = None,
    as_json: AsJson = False,
) -> None:
    """Newest first."""
    with open_hub() as hub, hub.database.read() as session:
        rows = AuditStore(session).page(first, subject=subject)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    table = Table()
    for column in ("序号\nNo.", "时间\nWhen", "何人\nWho", "何事\nWhat", "对象\nSubject", "理由\nWhy"):
        table.add_column(column, overflow="fold")
    for row in rows:
        moment = f"{row.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
        table.add_row(str(row.sequence), moment, row.actor, row.action, row.subject, row.reason)
    out.print(table)


@cli.command(help="封存至今的记录，打印封印 / Seal what is on record and print the seal")
def seal() -> None:
    """The scheduler does so every hour; before a receipt is handed out it may be done at once."""
    with open_hub() as hub:
        made = audit.seal(hub.database, hub.settings.signer_if_any(), hub.settings.seals_file, datetime.now(UTC))
    typer.echo(str(made) if made else "尚无记录 / nothing is on record yet")


@cli.command(help="时钟曾有误、现已校正：登记后继续 / The clock was wrong and is right now: put it on record and go on")
def clock(reason: Annotated[str, typer.Option(help="理由 / Reason")]) -> None:
    """Acts that depend on the time are refused while the clock stands before the newest of them."""
    with open_hub() as hub:
        punctuality.accept(hub.database, author=OPERATOR.name, reason=reason, now=hub.now())
    out.print("已登记 / on record")


@cli.command(help="导出全部记录与封印，每行一个 JSON / Export all records and seals, one JSON a line")
def export(file: Annotated[Path, typer.Argument(dir_okay=False, help="文件 / Where to")]) -> None:
    """With all that is needed to check the chain elsewhere: `docs/roster.md` says how digests are made."""
    with open_hub() as hub, hub.database.read() as session, file.open("wb") as target:
        store = AuditStore(session)
        for made, previous, digest in store.walk():
            target.write(orjson.dumps({**made._asdict(), "previous": previous, "digest": digest}) + b"\n")
        for each in store.seals():
            target.write(orjson.dumps({"seal": str(each)}) + b"\n")
    out.print(f"已写出 / written: {file.name}")
