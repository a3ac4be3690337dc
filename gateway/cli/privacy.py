"""`dexhub privacy`: what is kept no longer, and the end of an edition."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway.auth import OPERATOR
from gateway.cli.console import print_json
from gateway.cli.opening import open_hub
from sync import retention

cli = typer.Typer(no_args_is_help=True, help="个人信息 / Personal data")
DryRun = Annotated[bool, typer.Option("--dry-run", help="只说明会删什么 / Only say what would be removed")]


@cli.command(help="按保存期限清理 / Remove what is kept longer than it may be")
def retain(dry_run: DryRun = False) -> None:
    """As the scheduler does every day."""
    with open_hub() as hub:
        days = hub.settings.retention_days
        found = retention.apply(hub.database, days, datetime.now(UTC), OPERATOR.name, dry_run=dry_run)
    print_json(asdict(found))


@cli.command("forget-people", help="删除本届全部个人令牌 / Delete all personal tokens of this edition")
def forget_people(
    reason: Annotated[str, typer.Option(help="原因 / Why")],
    yes: Annotated[bool, typer.Option("--yes", help="确认删除 / Really do it")] = False,
) -> None:
    """Without --yes it says what would go."""
    with open_hub() as hub:
        found = retention.forget_people(hub.database, OPERATOR.name, reason, dry_run=not yes)
    print_json({"done": yes, **asdict(found)})
