"""The commands of operators. Chinese first, English beside it; `--json` where a machine may read the answer.

Exit codes: 0 done, 1 done and something wrong was found, 2 refused.
"""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

import gateway.cli.conformance
import gateway.cli.list_life  # its commands register on lists.cli
import gateway.cli.scaffold  # noqa: F401  its commands register on adapters.cli
from adapters.registry import connected, regions
from gateway.auth import OPERATOR
from gateway.cli import (
    adapters,
    audit,
    backup,
    cases,
    distributed,
    doctor,
    duplicates,
    eligibility,
    files,
    graph,
    guard,
    keys,
    lists,
    messages,
    privacy,
    publicity,
    pulls,
    quarantine,
    quotas,
    registers,
    roster,
)
from gateway.cli import demo as demonstration
from gateway.cli.console import FOUND_PROBLEMS, AsJson, err, out, print_json
from gateway.cli.export import export as export_table
from gateway.cli.opening import open_hub
from gateway.cli.serving import SERVE, serve
from gateway.execution import execute
from schema.provenance import CHINA
from sync import migrate
from sync.database import Database
from sync.pull import Puller
from sync.remap import Remapper
from sync.repository import read_model, search
from sync.repository.jobs import JobStore
from sync.scheduler import Clock
from sync.settings import Settings

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="数据要素×大赛汇聚服务 / The contest hub")
db_cli = typer.Typer(no_args_is_help=True, help="数据库 / The database")
cli.add_typer(keys.cli, name="keys")
cli.add_typer(files.cli, name="files")
cli.add_typer(duplicates.cli, name="detect")
cli.add_typer(cases.cli, name="cases")
cli.add_typer(guard.cli, name="guard")
cli.add_typer(lists.cli, name="lists")
cli.add_typer(quotas.cli, name="quotas")
cli.add_typer(messages.cli, name="messages")
cli.add_typer(registers.cli, name="registers")
cli.command(help="检查库中不该出现的情况 / Look for what can never be")(doctor.doctor)
cli.add_typer(audit.cli, name="audit")
cli.add_typer(backup.cli, name="backup")
cli.add_typer(privacy.cli, name="privacy")
cli.add_typer(roster.cli, name="roster")
cli.add_typer(publicity.cli, name="publicity")
cli.command(help="核对参赛资格 / May it compete, by the notices' rules")(eligibility.check)
cli.command(help="通知的规则，照原文 / The notices' rules, in their own words")(eligibility.clauses)
cli.command("export", help="导出参赛项目、案件、名单、名册、规则 / Entries, cases, lists, roster, clauses as tables")(
    export_table
)
cli.add_typer(quarantine.cli, name="quarantine")
cli.add_typer(adapters.cli, name="adapters")
cli.add_typer(graph.cli, name="schema")
cli.command("subgraph", help="单独启动一个子图 / Serve one subgraph alone")(distributed.serve_one)
cli.add_typer(distributed.cli, name="supergraph")
cli.add_typer(db_cli, name="db")
cli.command(help=SERVE)(serve)


@cli.command(help="演示：五个模拟平台、拉取、查重、名单、名册 / Five simulated platforms, one hub")
def demo(
    once: Annotated[bool, typer.Option("--once", help="打印报告后退出 / Print the report and exit")] = False,
    size: Annotated[int, typer.Option(min=30, max=50_000, help="每省项目数 / Entries a region")] = 300,
    seed: Annotated[int, typer.Option(help="随机种子 / Seed")] = 2025,
    port: Annotated[int, typer.Option(help="服务端口 / Port to serve at")] = 8000,
) -> None:
    """See gateway.cli.demo."""
    raise SystemExit(demonstration.run(once=once, size=size, seed=seed, port=port))


@cli.command(help="按各省周期定时拉取并查重 / Pull on schedule and detect duplicates")
def scheduler() -> None:
    """Runs until it is told to stop."""

    async def run() -> None:
        with open_hub() as hub:
            configured = [a for a in regions().values() if a.manifest.slug in hub.settings.platforms]
            clock = Clock(
                hub.database, hub.settings, Puller(hub.database, hub.settings, hub.settings.tokeniser()), configured
            )
            stop = asyncio.Event()
            for name in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(name, stop.set)
            clock.start()
            out.print(f"调度 {len(configured)} 个地区 / scheduling {len(configured)} regions")
            await stop.wait()
            clock.stop()

    asyncio.run(run())


@cli.command(help="拉取各省数据 / Pull regions (all unless named by code, slug or name)")
def pull(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[REGION]...", help="代码、拼音或名称 / Code, slug or name")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="从头拉取 / Ask from the beginning")] = False,
    as_json: AsJson = False,
) -> None:
    """Progress bars while it runs."""
    chosen = connected(names or [])
    with open_hub() as hub:
        puller = Puller(hub.database, hub.settings, hub.settings.tokeniser())
        rows = pulls.run(puller, chosen, started_by=OPERATOR.name, full=full, quiet=as_json)
    if as_json:
        print_json([row.model_dump() for row in rows])
    else:
        pulls.print_runs(rows)
    if any(row.problems for row in rows):
        raise SystemExit(FOUND_PROBLEMS)


@cli.command(help="用修正后的对照重新映射已存原始数据 / Map what was kept again, with a corrected mapping")
def remap(
    name: Annotated[str, typer.Argument(metavar="REGION", help="代码、拼音或名称 / Code, slug or name")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说明会改什么 / Only say what would change")] = False,
    as_json: AsJson = False,
) -> None:
    """No platform is asked."""
    (adapter,) = connected([name])
    with open_hub() as hub, err.status("重新映射 / remapping"):
        report = Remapper(hub.database, adapter, hub.settings.tokeniser()).entries(dry_run=dry_run)
    if as_json:
        print_json(report)
        return
    verb = "将改变 / would change" if dry_run else "已改变 / changed"
    out.print(f"{report.rows} 行，{verb} {report.changed}，不能映射 / not mapped {report.rejected}")


@cli.command(help="定时作业：何时到期、上次结果 / Scheduled jobs: when due, how they last went")
def schedules(as_json: AsJson = False) -> None:
    """As every scheduler process sees them."""
    with open_hub() as hub, hub.database.read() as session:
        rows = JobStore(session).all()
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    table = Table()
    for column in ("作业\nJob", "到期\nDue", "上次开始\nStarted", "结果\nOutcome"):
        table.add_column(column)
    for row in rows:
        started = f"{row.started_at.astimezone(CHINA):%m-%d %H:%M}" if row.started_at else ""
        table.add_row(row.name, f"{row.due_at.astimezone(CHINA):%m-%d %H:%M}", started, row.outcome or "")
    out.print(table)


@cli.command(help="在本机数据库上执行 GraphQL 文档（或其文件） / Run a GraphQL document, or a file of it, in process")
def query(
    document: Annotated[str, typer.Argument(help="文档或 .graphql 文件 / Document or file")],
    variables: Annotated[str, typer.Option(help="JSON 变量 / Variables as JSON")] = "{}",
) -> None:
    """Prints the JSON answer; exit code 1 where it holds errors."""
    path = Path(document)
    text = path.read_text("utf-8") if document.endswith(".graphql") and path.is_file() else document
    with open_hub() as hub:
        result = asyncio.run(execute(hub, OPERATOR, text, variables))
    print_json(result)
    if result.get("errors"):
        raise SystemExit(FOUND_PROBLEMS)


@db_cli.command(
    "reindex", help="重建全文检索和读取模型 / Make text search and what entries show anew from what is stored"
)
def reindex() -> None:
    """In one transaction: until it ends, what was there is searched and shown."""
    with open_hub() as hub, hub.database.write() as session:
        number, mended = search.rebuild(session), read_model.rebuild(session)
    out.print(f"已重建 / made anew: {number}")
    out.print(f"其中所示有误 / of these shown wrongly before: {mended}")


@db_cli.command("upgrade", help="升级数据库到最新版本 / Bring the database to the newest revision")
def upgrade() -> None:
    """Safe to repeat."""
    database = Database(Settings().database_url)
    out.print(f"数据库版本 / revision: {migrate.upgrade(database)}")
    database.close()
