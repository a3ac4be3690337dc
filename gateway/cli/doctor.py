"""`dexhub doctor`: what is stored is as it must be, or it says where it is not."""

from typing import Annotated

import typer

from gateway.cli.console import FOUND_PROBLEMS, open_hub, out, print_json, print_problems
from sync.doctor import examine


def doctor(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / Print JSON")] = False) -> None:
    """Exit code 1 where something is wrong."""
    with open_hub() as hub:
        problems = examine(hub.database)
    if as_json:
        print_json({"problems": problems})
    elif problems:
        print_problems(problems)
    else:
        out.print("名单、事件、摘要、通知一致 / lists, events, digests and messages agree")
    if problems:
        raise SystemExit(FOUND_PROBLEMS)
