"""How long a list of 1,000 rows takes: a dry run and a push, over 1,500 entries of one region. CPU time and wall time.

Run: python tests/benchmark/lists.py
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from adapters.registry import regions
from adapters.sandbox.serve import corpus
from schema.vocabulary import EntryStatus
from sync import migrate
from sync.database import Database
from sync.lists import Confirmation, ListItem
from sync.lists.submission import Push, submit
from sync.repository.browse import EntryBrowser
from sync.repository.entry_filter import EntryFilter
from sync.scope import EVERYTHING
from tests.databases import fill

REGION = "41"
ROWS = 1000
ENTRIES = 1500


def best(work: Callable[[], object], times: int = 5) -> tuple[float, float]:
    """Least CPU and wall seconds of several runs: what is left when nobody else disturbs."""
    found = []
    for _ in range(times):
        cpu, wall = time.process_time(), time.perf_counter()
        work()
        found.append((time.process_time() - cpu, time.perf_counter() - wall))
    return min(found)


def main() -> None:
    """Fill a database, push, print."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'lists.sqlite3'}"
        database = Database(url)
        migrate.upgrade(database)
        database.close()
        slug = regions()[REGION].manifest.slug
        fill(
            url,
            corpus(
                {each.manifest.slug: ENTRIES if each.manifest.slug == slug else 30 for each in regions().values()}, 7
            ),
        )
        database = Database(url)
        with database.write() as session:
            session.execute(text("UPDATE entry SET stage = 'AWARDED', award = 'THIRD' WHERE status = 'ACTIVE'"))
        with database.read() as session:
            wanted = EntryFilter(regions=[REGION], statuses=[EntryStatus.ACTIVE])
            rows = EntryBrowser(session, EVERYTHING).all(wanted)[:ROWS]
        items = [
            ListItem(rank, row.id, row.national_track or "N14", row.title) for rank, row in enumerate(rows, start=1)
        ]
        push = Push(REGION, items, [Confirmation("已逐项核实")])
        found = submit(database, push, "bench", dry_run=True)
        cpu, wall = best(lambda: submit(database, push, "bench", dry_run=True))
        print(f"dry run of {len(items)} rows, {len(found.findings)} findings: {cpu:.2f} s CPU, {wall:.2f} s wall")
        blocked = {finding.item for finding in found.findings if finding.stops}
        kept = [item for number, item in enumerate(items, start=1) if number not in blocked]
        clean = Push(
            REGION, [ListItem(n, i.entry_id, i.national_track) for n, i in enumerate(kept, start=1)], push.confirmations
        )
        cpu, wall = best(lambda: submit(database, clean, "bench"))
        print(f"validating and sealing {len(kept)} rows: {cpu:.2f} s CPU, {wall:.2f} s wall")
        database.close()


if __name__ == "__main__":
    main()
