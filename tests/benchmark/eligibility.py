"""Judges 25,000 entries by all clauses into SQLite, from nothing; then one that changed; then what one line of a register
concerns: `python tests/benchmark/eligibility.py [TOTAL]`.

The entries are pulled from simulated platforms first, which is not measured. Wall time and this process's own processor
time are both printed: on a machine that others use, the second is the one to compare.
"""

import asyncio
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

from adapters.registry import regions
from adapters.sandbox.registrations import Corpus
from adapters.sandbox.serve import corpus, even_sizes, platforms, serving
from schema.vocabulary import Register
from sync import migrate, registers
from sync.database import Database
from sync.eligibility import EvaluationReport, evaluate, evaluate_all, evaluate_pending, evaluate_registers
from sync.pull import Puller
from sync.registers import RegisterLine
from sync.settings import PlatformSettings, Settings


async def _pull(database: Database, content: Corpus) -> None:
    async with serving(platforms(content)) as endpoints:
        known = {
            slug: PlatformSettings(url=e.url, key_id=e.key_id, secret=SecretStr(e.secret))
            for slug, e in endpoints.items()
        }
        settings = Settings(token_key=SecretStr("b" * 64), platforms=known)
        runs = await Puller(database, settings, settings.tokeniser()).pull_all(list(regions().values()), "benchmark")
        assert not any(run.problems for run in runs)


def _timed(work: Callable[[], EvaluationReport]) -> tuple[float, float, EvaluationReport]:
    wall, own = time.perf_counter(), time.process_time()
    report = work()
    return time.perf_counter() - wall, time.process_time() - own, report


def _changed(database: Database, entry: str) -> None:
    """What a pull leaves of an entry that changed: another content hash than it was judged with."""
    with database.engine.begin() as connection:
        connection.execute(
            text("UPDATE entry SET content_hash = 'changed ' || updated_at || random() WHERE id = :e"), {"e": entry}
        )


def main(total: int) -> None:
    """Measure and print, with the collector set as the command line sets it."""
    now, content = datetime.now(UTC), corpus(even_sizes(total), seed=7)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bench.sqlite3")
        database = Database(f"sqlite:///{path}")
        migrate.upgrade(database)
        asyncio.run(_pull(database, content))
        for register in Register:
            lines = [RegisterLine(**asdict(each)) for each in content.registers if each.register is register]
            registers.change(database, register, lines, author="benchmark", reason="benchmark", now=now)
        with database.engine.begin() as connection:
            connection.execute(text("DELETE FROM eligibility"))
            connection.execute(text("DELETE FROM eligibility_peer"))
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        wall, own, report = _timed(lambda: evaluate_pending(database, now))
        with database.engine.connect() as connection:
            size = connection.execute(text("SELECT sum(length(body)) FROM eligibility")).scalar_one() / 2**20
            patterns = connection.execute(text("SELECT count(DISTINCT pattern) FROM eligibility")).scalar_one()
            verdicts = connection.execute(
                text("SELECT count(*) FROM eligibility e JOIN eligibility_pattern p ON p.pattern = e.pattern")
            ).scalar_one()
            ids = list(connection.execute(text("SELECT id FROM entry ORDER BY id LIMIT 100")).scalars())
        print(f"entries {report.judged}   verdicts {verdicts:,}   patterns {patterns}   kept {size:.0f} MB")
        print(f"from nothing     {wall:8.2f} s   own {own:8.2f} s   {report.judged / own:,.0f} entries/s")
        wall, own, report = _timed(lambda: evaluate_all(database, now))
        print(f"nothing changed  {wall:8.2f} s   own {own:8.2f} s   judged {report.judged}")
        singles = []
        for entry in ids:
            _changed(database, entry)
            singles.append(_timed(partial(evaluate, database, [entry], now)))
        walls, owns = zip(*[(1000 * wall, 1000 * own) for wall, own, _ in singles], strict=True)
        print(
            f"a changed entry  {statistics.median(walls):8.2f} ms  own {statistics.median(owns):8.2f} ms (median of {len(ids)})"
        )
        lines = []
        for made in [each for each in content.registrations["henan"] if each.companies[0].credit_code][:50]:
            line = RegisterLine(Register.TAX_OFFENDERS, made.companies[0].name, made.companies[0].credit_code)
            change = registers.change(
                database, Register.TAX_OFFENDERS, [line], author="benchmark", reason="benchmark", now=now
            )
            lines.append(_timed(partial(evaluate_registers, database, [change], now)))
        wall, own = (1000 * statistics.median(each[side] for each in lines) for side in (0, 1))
        judged = statistics.median(report.judged for *_, report in lines)
        print(f"a register line  {wall:8.2f} ms  own {own:8.2f} ms (median of {len(lines)}, judging {judged:.0f})")
        database.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25_000)
