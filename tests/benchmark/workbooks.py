"""Marks a list of 1,000 rows and exports 25,000 entries: `python tests/benchmark/workbooks.py [ENTRIES]`.

Times are processor time of this process and of those it starts; on a machine that others use, wall time says little. The
export runs in a process of its own, so that its peak of memory is its own. Beside it the same cells are written by
openpyxl, the other writer that is plain Python.
"""

import asyncio
import gc
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
from pydantic import SecretStr

from adapters.registry import regions
from adapters.sandbox.serve import corpus, even_sizes, platforms, serving
from gateway.exports.files import write
from sync import migrate
from sync.database import Database
from sync.list_files import FilePush, marked, push_file, region_template
from sync.pull import Puller
from sync.scope import EVERYTHING
from sync.settings import PlatformSettings, Settings
from sync.workbooks.tables import TableToWrite, write_xlsx

_ROWS = 1000


def _cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = _cpu()
    found = work()
    return _cpu() - start, found


async def _pull(database: Database, total: int) -> None:
    async with serving(platforms(corpus(even_sizes(total), seed=7))) as endpoints:
        known = {
            slug: PlatformSettings(url=e.url, key_id=e.key_id, secret=SecretStr(e.secret))
            for slug, e in endpoints.items()
        }
        settings = Settings(token_key=SecretStr("b" * 64), platforms=known)
        runs = await Puller(database, settings, settings.tokeniser()).pull_all(list(regions().values()), "benchmark")
        assert not any(run.problems for run in runs)


def _list(database: Database) -> bytes:
    """The template of the region with code 41, with 1,000 rows, every second of which is wrong."""
    book = openpyxl.load_workbook(io.BytesIO(region_template(database, "41")))
    sheet = book["推荐名单"]
    for row in range(2, _ROWS + 2):
        sheet.cell(row, 1, row - 1)
        if row % 2:
            sheet.cell(row, 2, f"none{row}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _export(url: str, form: str, file: str) -> None:
    gc.freeze()  # as the command line does for every command, `serve` among them
    gc.set_threshold(50_000, 20, 50)
    database = Database(url)
    spent, _ = _timed(lambda: write(database, EVERYTHING, "entries", form, [], Path(file)))
    status = Path("/proc/self/status").read_text("ascii")  # getrusage would give the peak of whoever started us
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]
    print(f"{spent:.1f} {int(peak) >> 10}")
    database.close()


def _again(file: Path) -> Iterator[tuple[object, ...]]:
    return openpyxl.load_workbook(file, read_only=True).worksheets[0].iter_rows(values_only=True)


def _by_openpyxl(rows: list[tuple[object, ...]], file: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(file)


def main(total: int) -> None:
    """Print figures and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/hub.sqlite3"
        database = Database(url)
        migrate.upgrade(database)
        asyncio.run(_pull(database, total))
        body = _list(database)
        read, outcome = _timed(lambda: push_file(database, FilePush("41", body), "bench", dry_run=True))
        mark, _ = _timed(lambda: marked(body, outcome.marks))
        print(
            f"{_ROWS:,} rows read and validated: {read:.2f} s CPU, {len(outcome.marks)} findings; marked: {mark:.2f} s CPU"
        )
        for form in ("xlsx", "csv"):
            file = Path(folder) / f"entries.{form}"
            command = [sys.executable, __file__, "--export", url, form, str(file)]
            ran = subprocess.run(command, check=True, capture_output=True, text=True)
            spent, peak = ran.stdout.split()
            print(f"{total:,} entries to .{form}: {spent} s CPU, peak {peak} MB, file {file.stat().st_size >> 20} MB")
        rows = list(_again(Path(folder) / "entries.xlsx"))
        table = TableToWrite("项目", [(str(heading), 20) for heading in rows[0]], rows[1:])
        ours, _ = _timed(lambda: write_xlsx(table, Path(folder) / "ours.xlsx"))
        other, _ = _timed(lambda: _by_openpyxl(rows, Path(folder) / "other.xlsx"))
        print(f"writing alone: {ours:.1f} s CPU; by openpyxl {other:.1f} s CPU, {other / ours:.1f} times as long")
        database.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--export"]:
        _export(*sys.argv[2:5])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 25_000)
