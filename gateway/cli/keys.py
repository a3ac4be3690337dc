"""`dexhub keys`: make, list and revoke API keys."""

from typing import Annotated

import typer
from rich.table import Table

from adapters.registry import region_named
from gateway.auth import OPERATOR, create_key, revoke_key
from gateway.cli.console import FOUND_PROBLEMS, err, open_hub, out, print_json
from schema.vocabulary import Role
from sync.repository.keys import KeyStore

cli = typer.Typer(no_args_is_help=True, help="访问密钥 / API keys")


@cli.command(help="新建密钥，只显示一次 / Make a key; it is shown once")
def create(
    name: Annotated[str, typer.Argument(help="持有人或用途 / Holder or purpose")],
    role: Annotated[Role, typer.Option(help="角色 / Role")],
    region: Annotated[str | None, typer.Option(help="REGION 密钥的地区 / Region of a REGION key")] = None,
) -> None:
    """Prints the key alone on standard output, so that it can be piped into a secret file."""
    adapter = region_named(region) if region else None
    with open_hub() as hub:
        key = create_key(hub.database, name, role, adapter.manifest.code if adapter else region)
    err.print("请妥善保存，此后无法再次查看 / Keep it safe, it cannot be shown again:")
    typer.echo(key)


@cli.command("list", help="列出密钥 / List keys")
def list_keys(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / Print JSON")] = False) -> None:
    """Prefixes and roles; the keys themselves are nowhere."""
    with open_hub() as hub, hub.database.read() as session:
        rows = KeyStore(session).all()
    if as_json:
        print_json([row.model_dump(exclude={"digest"}) for row in rows])
        return
    table = Table()
    for column in ("前缀 Prefix", "名称 Name", "角色 Role", "地区 Region", "创建 Created", "吊销 Revoked"):
        table.add_column(column)
    for row in rows:
        revoked = f"{row.revoked_at:%Y-%m-%d}" if row.revoked_at else ""
        table.add_row(row.prefix, row.name, row.role, row.region or "", f"{row.created_at:%Y-%m-%d}", revoked)
    out.print(table)


@cli.command(help="吊销密钥 / Revoke a key")
def revoke(prefix: Annotated[str, typer.Argument(help="密钥前缀 / The key's prefix")]) -> None:
    """At once and for good."""
    with open_hub() as hub:
        done = revoke_key(hub.database, prefix, OPERATOR.name)
    if not done:
        err.print(f"没有可吊销的密钥 {prefix} / no key {prefix} to revoke")
        raise SystemExit(FOUND_PROBLEMS)
    out.print(f"已吊销 / revoked: {prefix}")
