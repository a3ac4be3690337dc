"""`dexhub demo`: the main job end to end, with nothing simulated but the provinces.

Five platforms as real HTTP servers in a process of their own; pulled twice; duplicates and broken rules found and held
against what was planted; recommended lists pushed by each region, two of them by Excel, one returned and mended, all
accepted; the roster, publicity, an objection, the final roster and an erratum. Then, unless `once`, the service is left
running with the scheduler. Data lives in var/demo and is made anew each time.
"""

import asyncio
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
import uvicorn
from pydantic import SecretStr
from rich.table import Table

from adapters.registry import regions
from gateway.app import create_app
from gateway.auth import OPERATOR, create_key
from gateway.cli import demo_eligibility, demo_lists, demo_roster, pulls
from gateway.cli.console import FOUND_PROBLEMS, err, out
from gateway.cli.roster import print_roster, read_roster
from gateway.execution import execute
from gateway.facts import region_types
from gateway.hub import Hub
from gateway.saved_queries import saved_queries
from schema.vocabulary import Role, RosterState
from sync import migrate
from sync.database import Database
from sync.eligibility import evaluate
from sync.lists.rules import issuers
from sync.pull import Puller
from sync.repository.pulls import PullStore
from sync.scheduler import Clock
from sync.settings import PlatformSettings, Settings

FOLDER: Final = Path("var/demo")


def run(*, once: bool, size: int, seed: int, port: int) -> int:
    """The whole demonstration; the exit code."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        truth = Path(scratch) / "truth.json"
        with (
            err.status("生成并启动五个模拟平台 / starting five simulated platforms"),
            _platforms(size, seed, truth) as found,
        ):
            planted = orjson.loads(truth.read_bytes())
            settings = _settings(found)
            database = Database(settings.database_url)
            migrate.upgrade(database)
            hub = Hub(settings, database)
            try:
                good = _story(hub, planted)
                if not once:
                    _serve(hub, _free(port))
            finally:
                hub.stop()
    return 0 if good else FOUND_PROBLEMS


@contextmanager
def _platforms(size: int, seed: int, truth: Path) -> Iterator[dict[str, dict[str, str]]]:
    """Five servers in a process of their own; their endpoints."""
    total = str(size * len(regions()))
    command = [sys.executable, "-m", "adapters.sandbox", "--total", total, "--seed", str(seed), "--truth", str(truth)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603  our own module, no shell
        try:
            line = process.stdout.readline() if process.stdout else b""
            if not line:
                raise RuntimeError("the simulated platforms did not start")
            yield orjson.loads(line)
        finally:
            process.terminate()


def _settings(endpoints: dict[str, dict[str, str]]) -> Settings:
    key = FOLDER / "token.key"
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(32), "utf-8")
    return Settings(
        database_url=f"sqlite:///{FOLDER}/dexhub.sqlite3",
        token_key_file=key,
        platforms={
            slug: PlatformSettings(url=each["url"], key_id=each["key_id"], secret=SecretStr(each["secret"]))
            for slug, each in endpoints.items()
        },
    )


def _story(hub: Hub, planted: dict[str, Any]) -> bool:
    """Pull, pull again, detect, push, compute; print the report; whether all went as planted."""
    adapters = list(regions().values())
    puller = Puller(hub.database, hub.settings, hub.settings.tokeniser())
    out.rule("1  拉取 / Pull")
    first = pulls.run(puller, adapters, OPERATOR.name, full=False, quiet=False)
    pulls.print_runs(first)
    out.rule("2  再次拉取，应无变化 / Pull again: nothing should change")
    second = pulls.run(puller, adapters, OPERATOR.name, full=False, quiet=True)
    pulls.print_runs(second)
    out.rule("3  查重 / Duplicates")
    from sync.detector import detect  # noqa: PLC0415  with numpy and scipy, which no other command needs

    report = detect(hub.database)
    evaluate(hub.database, report.touched, datetime.now(UTC))
    found, expected = _cases_found(hub), {(label["kind"], *label["entries"]) for label in planted["duplicates"]}
    out.print(
        f"{report.entries} 个项目，{report.candidates} 个候选对，{report.cases} 个案件 / entries, candidate pairs, cases"
    )
    alike = {tuple(label["entries"]) for label in planted["look_alikes"]} & {case[1:] for case in found}
    out.print(
        f"预埋的重复 {len(expected)}，找到 {len(expected & found)}，漏报 {len(expected - found)}，误报 {len(found - expected)}；"
        f"预埋的允许相似 {len(planted['look_alikes'])}，误报 {len(alike)}\n"
        f"{len(expected)} planted duplicates: {len(expected & found)} found, {len(expected - found)} missed, "
        f"{len(found - expected)} false; {len(planted['look_alikes'])} planted look-alikes: {len(alike)} reported"
    )
    out.rule("4  参赛资格 / Eligibility")
    lawful = demo_eligibility.show(hub, planted)
    out.rule("5  推荐名单 / Recommended lists")
    receipts = demo_lists.show(hub)
    out.rule("6  总决赛名册 / Roster")
    roster = read_roster(hub)
    print_roster(roster)
    out.rule("7  从公示到终定 / From publicity to the final roster")
    closed = asyncio.run(demo_roster.show(hub))

    by_region = Counter(entry[:2] for kind_and_entries in found for entry in kind_and_entries[1:])
    included = Counter(item.region for item in roster.items if item.state is RosterState.INCLUDED)
    with hub.database.read() as session:
        set_aside = PullStore(session).quarantine_sizes()
    table = Table(title="报告 / Report", title_justify="left")
    table.add_column("地区\nRegion")
    for column in ("项目\nEntries", "隔离\nQuarantined", "涉重\nIn cases", "入选\nOn roster"):
        table.add_column(column, justify="right")
    table.add_column("名单回执\nReceipt", no_wrap=True)
    for row in first:
        counts = (row.created, set_aside.get(row.region, 0), by_region[row.region], included[row.region])
        name = region_types()[row.region].name
        table.add_row(name, *(str(count) for count in counts), receipts.get(row.region, "未接受 / refused"))
    out.print(table)
    out.print(
        f"查看 / Look further: DEXHUB_DATABASE_URL=sqlite:///{FOLDER}/dexhub.sqlite3 "
        ".venv/bin/dexhub query '{ roster { items { rank state entry { title } } } }'"
    )
    calm = all(not row.problems for row in (*first, *second)) and not any(row.created + row.changed for row in second)
    return calm and lawful and closed and found == expected and receipts.keys() == issuers().keys()


def _cases_found(hub: Hub) -> set[tuple[str, ...]]:
    document = "{ duplicateCases(first: 1000) { nodes { kind entries { entryId } } } }"
    answer = asyncio.run(execute(hub, OPERATOR, document))["data"]["duplicateCases"]["nodes"]
    return {(case["kind"], *sorted(side["entryId"] for side in case["entries"])) for case in answer}


def _free(port: int) -> int:
    """`port` if it can be bound, else any that can."""
    for wanted in (port, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("no port is free")


def _serve(hub: Hub, port: int) -> None:
    """Serve, with the scheduler in the same process, until interrupted."""
    key = create_key(hub.database, "demo", Role.NATIONAL)
    out.rule("服务 / Service")
    out.print(f"GraphiQL  http://127.0.0.1:{port}/graphiql")
    out.print(f"GraphQL   http://127.0.0.1:{port}/graphql")
    out.print(f"NATIONAL 密钥 / key: {key}")
    out.print("可试的查询 / Queries to try:")
    for saved in saved_queries()[:3]:
        out.print(f"\n{saved.query.strip()}", markup=False, highlight=False)
    out.print("\nCtrl-C 结束 / to stop")

    async def serve() -> None:
        clock = Clock(
            hub.database,
            hub.settings,
            Puller(hub.database, hub.settings, hub.settings.tokeniser()),
            list(regions().values()),
        )
        clock.start()
        try:
            await uvicorn.Server(uvicorn.Config(create_app(hub), port=port, log_level="warning")).serve()
        finally:
            clock.stop()

    asyncio.run(serve())
