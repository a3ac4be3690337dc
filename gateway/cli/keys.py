"""`dexhub keys`: make, list, rotate and revoke API keys."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer
from rich.table import Table

from adapters.registry import region_named
from gateway.auth import EVERY_SCOPE, OPERATOR, KeyWish, make_key, revoke_key, rotate_key
from gateway.cli.console import FOUND_PROBLEMS, AsJson, err, out, print_json
from gateway.cli.opening import open_hub
from schema.key_scope import KeyScope
from schema.vocabulary import Role
from sync.repository.keys import KeyStore

cli = typer.Typer(no_args_is_help=True, help="访问密钥 / API keys")
_COLUMNS: Final = (
    "前缀\nPrefix", "名称\nName", "角色\nRole", "地区\nRegion", "范围\nScopes", "创建\nCreated", "到期\nExpires",
    "最近使用\nLast used", "吊销\nRevoked", "替换\nReplaces",
)  # fmt: skip


@cli.command(help="新建密钥，只显示一次 / Make a key; it is shown once")
def create(
    name: Annotated[str, typer.Argument(help="持有人或用途 / Holder or purpose")],
    role: Annotated[Role, typer.Option(help="角色 / Role")],
    region: Annotated[str | None, typer.Option(help="REGION 密钥的地区 / Region of a REGION key")] = None,
    scope: Annotated[
        list[KeyScope] | None, typer.Option(help="范围，可多次；默认全部 / Scopes, repeatable; all unless given")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="有效天数；默认不限 / Days it is valid; no end unless given")
    ] = None,
) -> None:
    """Prints the key alone on standard output, so that it can be piped into a secret file."""
    adapter = region_named(region) if region else None
    code = adapter.manifest.code if adapter else region
    expires = datetime.now(UTC) + timedelta(days=days) if days else None
    with open_hub() as hub:
        key = make_key(hub.database, KeyWish(name, role, code, frozenset(scope or EVERY_SCOPE), expires))
    _show(key)


@cli.command("list", help="列出密钥 / List keys")
def list_keys(as_json: AsJson = False) -> None:
    """Prefixes and roles; the keys themselves are nowhere."""
    with open_hub() as hub, hub.database.read() as session:
        rows = KeyStore(session).all()
    if as_json:
        print_json([row.model_dump(exclude={"digest"}) for row in rows])
        return
    table = Table()
    for column in _COLUMNS:
        table.add_column(column)
    for row in rows:
        times = [_day(each) for each in (row.created_at, row.expires_at, row.last_used_at, row.revoked_at)]
        table.add_row(
            row.prefix, row.name, row.role, row.region or "", " ".join(row.scopes), *times, row.replaces or ""
        )
    out.print(table)


@cli.command(help="轮换密钥：旧密钥在过渡期后失效 / A new key in an old one's place, which goes on for a while")
def rotate(
    prefix: Annotated[str, typer.Argument(help="密钥前缀 / The key's prefix")],
    overlap_hours: Annotated[int, typer.Option(min=0, help="过渡小时数 / Hours that both are valid")] = 24,
) -> None:
    """Same name, role, region and scopes; as long a life, from now."""
    with open_hub() as hub:
        key = rotate_key(hub.database, prefix, timedelta(hours=overlap_hours))
    if key is None:
        err.print(f"没有可轮换的密钥 {prefix} / no key {prefix} to rotate")
        raise SystemExit(FOUND_PROBLEMS)
    _show(key)


@cli.command(help="吊销密钥 / Revoke a key")
def revoke(
    prefix: Annotated[str, typer.Argument(help="密钥前缀 / The key's prefix")],
    reason: Annotated[str, typer.Option(help="原因 / Why")] = "",
) -> None:
    """At once and for good."""
    with open_hub() as hub:
        done = revoke_key(hub.database, prefix, OPERATOR.name, reason)
    if not done:
        err.print(f"没有可吊销的密钥 {prefix} / no key {prefix} to revoke")
        raise SystemExit(FOUND_PROBLEMS)
    out.print(f"已吊销 / revoked: {prefix}")


def _show(key: str) -> None:
    err.print("请妥善保存，此后无法再次查看 / Keep it safe, it cannot be shown again:")
    typer.echo(key)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
