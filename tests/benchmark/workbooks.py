"""Marks a list of 1,000 rows and exports 25,000 entries: `python tests/benchmark/workbooks.py [ENTRIES]`.

Times are processor time of this process and of those it starts; on a machine that others use, wall time says little. The
export runs in a process of its own, so that its peak of memory is its own. Beside it the same cells are written by
openpyxl, the other writer that is plain Python.
"""

import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
from sqlalchemy import text

from gateway.exports.files import write
from sync import migrate
from sync.database import Database
from sync.list_files import marked, push_file, region_template
from sync.scope import EVERYTHING

_ROWS = 1000


def _cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    start = _cpu()
    found = work()
    return _cpu() - start, found


def _fill(database: Database, total: int) -> None:
    """The first entries of a small pull, copied until there are enough: each with ids of its own."""
    names = {
        "entry": "id, native_id, region, city, title, summary, track_id, topic_id, sub_topic_id, national_track, match, stage, "
        "status, award, score, team_name, project_key, team_key, submitted_at, updated_at, native, warnings, content_hash, "
        "fingerprint, source_url, source_sha256, source_locator, fetched_at, first_seen_at, changed_at",
        "entry_organisation": "entry_id, position, name, name_key, credit_code, kind, is_lead, organisation_key",
        "entry_representative": "entry_id, position, name, name_token, id_token, phone_token, role, is_contact",
    }
    with database.engine.begin() as connection:
        there = connection.execute(text("SELECT count(*) FROM entry")).scalar_one()
        for copy in range(1, total // there + 1):
            for table, columns in names.items():
                first, *others = columns.split(", ")
                connection.execute(
                    text(
                        f"INSERT INTO {table} ({columns}) SELECT {first} || '-{copy}', {', '.join(others)} FROM {table} "
                        f"WHERE {first} NOT LIKE '%-%'"
                    )
                )


def _list(database: Database) -> bytes:
    """A region's template with 1,000 rows, every second of which is wrong."""
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
    database = Database(url)
    spent, _ = _timed(lambda: write(database, EVERYTHING, "entries", form, [], Path(file)))
    print(f"{spent:.1f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}")
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
    from pull_small import filled  # noqa: PLC0415  beside this file

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/hub.sqlite3"
        database = Database(url)
        migrate.upgrade(database)
        filled(database)
        _fill(database, total)
        body = _list(database)
        read, outcome = _timed(lambda: push_file(database, "41", body, "bench", dry_run=True))
        mark, _ = _timed(lambda: marked(body, outcome.marks))
        print(f"{_ROWS:,} rows read and validated: {read:.2f} s CPU, {len(outcome.marks)} findings; marked: {mark:.2f} s CPU")
        for form in ("xlsx", "csv"):
            file = Path(folder) / f"entries.{form}"
            command = [sys.executable, __file__, "--export", url, form, str(file)]
            ran = subprocess.run(command, check=True, capture_output=True, text=True)
            spent, peak = ran.stdout.split()
            print(f"{total:,} entries to .{form}: {spent} s CPU, peak {peak} MB, file {file.stat().st_size >> 20} MB")
        rows = list(_again(Path(folder) / "entries.xlsx"))
        own, _ = _timed(lambda: _by_openpyxl(rows, Path(folder) / "again.xlsx"))
        print(f"the same {len(rows):,} rows written by openpyxl alone: {own:.1f} s CPU")
        database.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--export"]:
        _export(*sys.argv[2:5])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 25_000)
