"""`dexhub adapters check`: whether a province's folder keeps the contract, as a table, as JUnit and as a certificate."""

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table

import adapters as package
from adapters.conformance.report import Report
from adapters.conformance.rule import Outcome, Result
from adapters.conformance.runner import check as outcomes_of
from adapters.conformance.subject import Subject
from adapters.registry import folder_named, not_connected
from adapters.transport import Endpoint
from gateway.cli.adapters import cli
from gateway.cli.console import FOUND_PROBLEMS, err, out, print_problems
from schema.errors import RequestError
from sync.settings import PlatformSettings, Settings

_WORDS: Final = {
    Result.PASSED: "[green]通过 passed[/]",
    Result.FAILED: "[red]未通过 failed[/]",
    Result.EXEMPT: "[yellow]豁免 exempt[/]",
    Result.SKIPPED: "跳过 skipped",
}


@cli.command("check", help="按适配器契约逐条检查一个省 / Check a region against every rule of the contract")
def check(
    region: Annotated[str, typer.Argument(help="代码、拼音或名称 / Code, slug or name")],
    against: Annotated[
        str | None,
        typer.Option(metavar="URL", help="真实平台地址，缺省为模拟平台 / A real platform; default: the sandbox"),
    ] = None,
    key_id: Annotated[str, typer.Option(help="真实平台的账号 / Key id at the real platform")] = "",
    secret_file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="真实平台的密钥文件 / File with its secret")
    ] = None,
    junit: Annotated[Path | None, typer.Option(dir_okay=False, help="写出 JUnit XML / Write JUnit XML")] = None,
    certificate: Annotated[
        Path | None, typer.Option(dir_okay=False, help="写出 JSON 证书 / Write the certificate as JSON")
    ] = None,
    place: Annotated[
        Path | None, typer.Option("--in", file_okay=False, help="该省文件夹所在的目录 / Where the province's folder is")
    ] = None,
) -> None:
    """Exit code 1 where a rule fails. Without credentials on the command line those of the settings are used."""
    if place:
        package.__path__.append(str(place))
    folder = folder_named(region)
    if folder is None:
        raise RequestError(not_connected(region))
    endpoint = _endpoint(folder.name, against, key_id, secret_file) if against else None
    logging.getLogger("stamina").setLevel(logging.ERROR)  # retries are what some rules are about
    found = asyncio.run(_collected(Subject(folder, endpoint)))
    report = Report(folder, against or "sandbox", datetime.now(UTC), found)
    _print(report)
    for path, content in ((junit, report.junit), (certificate, report.certificate)):
        if path is not None:
            path.write_bytes(content())
    if not report.conforms:
        raise SystemExit(FOUND_PROBLEMS)


def _endpoint(slug: str, url: str, key_id: str, secret_file: Path | None) -> Endpoint:
    settings = Settings().platforms.get(slug, PlatformSettings(url=url))
    given = {"key_id": key_id or settings.key_id, "secret_file": secret_file or settings.secret_file}
    return settings.model_copy(update={"url": url, **given}).endpoint()


async def _collected(subject: Subject) -> list[Outcome]:
    found = []
    with err.status("检查中 / checking") as status:
        async for outcome in outcomes_of(subject):
            found.append(outcome)
            status.update(f"已查 {len(found)} 条 / {len(found)} rules checked: {outcome.rule.zh}")
    return found


def _print(report: Report) -> None:
    table = Table(title=f"{report.folder.name}: {report.against}", title_justify="left")
    for column in ("规则 Rule", "要求 What", "结果 Result", "秒 Seconds", "说明 Note"):
        narrow = column.startswith(("规则", "结果"))
        table.add_column(column, justify="right" if column.startswith("秒") else "left", no_wrap=narrow)
    for outcome in report.outcomes:
        rule = outcome.rule
        what = f"{rule.zh}\n{rule.en}"
        table.add_row(rule.id, what, _WORDS[outcome.result], f"{outcome.seconds:.2f}", outcome.reason)
    out.print(table)
    problems = [
        problem for outcome in report.outcomes if outcome.result is Result.FAILED for problem in outcome.problems
    ]
    if problems:
        print_problems(problems)
    passed = sum(outcome.result is Result.PASSED for outcome in report.outcomes)
    verdict = "符合契约 / conforms" if report.conforms else "不符合契约 / does not conform"
    out.print(f"{verdict}: {passed}/{len(report.outcomes)}")
