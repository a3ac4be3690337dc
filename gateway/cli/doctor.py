"""`dexhub doctor`: what is stored is as it must be, or it says where it is not."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.console import FOUND_PROBLEMS, AsJson, out, print_json, print_problems
from gateway.cli.opening import open_hub
from gateway.hub import Hub
from schema.errors import Problem
from sync import personal_traces
from sync.audit import seals_in
from sync.doctor import examine
from sync.secrets_check import examine_secrets


def doctor(
    as_json: AsJson = False,
    privacy: Annotated[
        bool, typer.Option("--privacy", help="查找身份证号、手机号 / Look for personal numbers")
    ] = False,
    logs: Annotated[
        list[Path] | None, typer.Option(help="同时查找的日志或目录 / Logs or folders to look in as well")
    ] = None,
) -> None:
    """Exit code 1 where something is wrong; how secrets are kept and what stands in front is advice and changes no exit code."""
    with open_hub() as hub:
        problems = _traces(hub, logs or []) if privacy else _invariants(hub)
        advice = [] if privacy else examine_secrets(hub.settings, hub.database)
    if as_json:
        print_json({"problems": problems, "advice": advice})
    else:
        if advice:
            print_problems(advice, title="建议 / Advice")
        if problems:
            print_problems(problems)
        else:
            out.print(
                "未见身份证号、手机号 / no personal numbers found"
                if privacy
                else "项目、名单、事件、摘要、通知、公示、异议、名册、变更记录一致 / "
                "entries, lists, events, digests, messages, publicity, objections, roster and record agree"
            )
    if problems:
        raise SystemExit(FOUND_PROBLEMS)


def _invariants(hub: Hub) -> list[Problem]:
    path = hub.settings.seals_file
    outside = seals_in(path) if path is not None and path.exists() else []
    return examine(hub.database, hub.settings.signer_if_any(), outside)


def _traces(hub: Hub, logs: list[Path]) -> list[Problem]:
    folder = hub.settings.files_folder
    places = [*logs, *([folder] if folder is not None and folder.exists() else [])]
    return [*personal_traces.in_database(hub.database), *personal_traces.in_files(places)]
