"""`dexhub doctor`: what is stored is as it must be, or it says where it is not."""

from typing import Annotated

import typer

from gateway.cli.console import FOUND_PROBLEMS, open_hub, out, print_json, print_problems
from sync.audit import seals_in
from sync.doctor import examine


def doctor(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / Print JSON")] = False) -> None:
    """Exit code 1 where something is wrong."""
    with open_hub() as hub:
        path = hub.settings.seals_file
        outside = seals_in(path) if path is not None and path.exists() else []
        problems = examine(hub.database, hub.settings.signer_if_any(), outside)
    if as_json:
        print_json({"problems": problems})
    elif problems:
        print_problems(problems)
    else:
        out.print(
            "名单、事件、摘要、通知、公示、异议、名册、变更记录一致 / "
            "lists, events, digests, messages, publicity, objections, roster and record agree"
        )
    if problems:
        raise SystemExit(FOUND_PROBLEMS)
