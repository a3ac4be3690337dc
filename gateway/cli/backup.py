"""`dexhub backup`: encrypted backups, and the drill that shows that they can be restored."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.auth import OPERATOR
from gateway.cli.console import FOUND_PROBLEMS, AsJson, out, print_json, print_problems
from gateway.cli.opening import open_hub
from schema.errors import Problem, RequestError
from sync import backup_files
from sync.database import Database
from sync.settings import Settings

cli = typer.Typer(no_args_is_help=True, help="备份 / Backups")
Identity = Annotated[Path, typer.Option(help="age 私钥文件 / File with the age identity", exists=True)]


@cli.command(help="加密备份整个数据库 / An encrypted backup of the whole database")
def create(
    file: Annotated[
        Path | None, typer.Argument(help="文件；默认放入备份目录 / File; in the backup folder unless given")
    ] = None,
    recipient: Annotated[
        list[str] | None, typer.Option(help="age 公钥，可多次 / age recipients; those of the settings unless given")
    ] = None,
) -> None:
    """While the hub goes on."""
    with open_hub() as hub:
        recipients = recipient or list(hub.settings.backup_recipients)
        target = file or _named(hub.settings)
        size = backup_files.make(hub.database, target, recipients, OPERATOR.name)
    out.print(f"已备份 / backed up: {target} ({size:,} bytes)")


@cli.command(help="演练：还原到临时库，核对不变量与变更记录 / Restore into a scratch database and verify it")
def drill(
    identity: Identity,
    file: Annotated[
        Path | None, typer.Argument(help="文件；默认最新的备份 / File; the newest backup unless given")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Exit code 1 where the backup is not what it must be."""
    with open_hub() as hub:
        found = backup_files.drill(hub.database, file or _newest(hub.settings), identity, hub.settings.signer_if_any())
    if as_json:
        print_json(
            {"revision": found.revision, "rows": found.rows, "problems": [each.as_dict() for each in found.problems]}
        )
    else:
        print_problems(found.problems) if found.problems else out.print(
            f"可还原，{sum(found.rows.values()):,} 行，版本 {found.revision}，不变量与变更记录无误 / "
            "it can be restored; invariants and record hold"
        )
    if found.problems:
        raise SystemExit(FOUND_PROBLEMS)


@cli.command(help="还原到空数据库 / Restore into an empty database")
def restore(file: Annotated[Path, typer.Argument(exists=True)], identity: Identity) -> None:
    """The configured database, which must be empty."""
    database = Database(Settings().database_url)
    try:
        backup_files.restore(file, identity, database)
    finally:
        database.close()
    out.print(f"已还原 / restored: {database.url.render_as_string()}")


def _named(settings: Settings) -> Path:
    return _folder(settings) / f"dexhub-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.age"


def _newest(settings: Settings) -> Path:
    files = sorted(_folder(settings).glob("*.age"), key=lambda path: path.stat().st_mtime)
    if not files:
        raise RequestError(
            Problem(
                "BACKUP_MISSING", "DEXHUB_BACKUP_FOLDER", "没有备份", "there is no backup", None,
                "先运行 dexhub backup create", "run dexhub backup create first",
            )
        )  # fmt: skip
    return files[-1]


def _folder(settings: Settings) -> Path:
    if settings.backup_folder is None:
        raise RequestError(
            Problem(
                "BACKUP_FOLDER_MISSING", "DEXHUB_BACKUP_FOLDER", "未配置备份目录", "no backup folder is configured", None,
                "设置 DEXHUB_BACKUP_FOLDER", "set DEXHUB_BACKUP_FOLDER",
            )
        )  # fmt: skip
    return settings.backup_folder
