"""How long the record of changes takes: to append in the caller's transaction, and to verify 100,000 records.

    python tests/benchmark/audit.py [database url]

Figures are CPU seconds of this process (user and system) beside wall time; on PostgreSQL the server's part is only in the
latter. The same transactions without a record are the bound that appending is held against.
"""

import sys
import tempfile
import time
from collections.abc import Callable

from schema.audit import AuditAction, Signer
from sync import migrate
from sync.audit import record, seal
from sync.audit_verification import verify
from sync.database import Database
from sync.repository.audit import AuditStore
from sync.repository.time import database_time

APPENDED = 2_000
WALKED = 100_000
SIGNER = Signer(b"k" * 32, "k1")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def transactions(database: Database, *, with_record: bool) -> None:
    for number in range(APPENDED):
        with database.write() as session:
            database_time(session)
            if with_record:
                record(
                    session, actor="组委会", action=AuditAction.WAIVER_GRANTED, subject=f"W{number}", reason="原则上",
                    change={"entry": f"41:HA{number}", "clause": "HA-team-size"},
                )  # fmt: skip


def fill(database: Database) -> None:
    while True:
        with database.write() as session:
            for number in range(5_000):
                record(
                    session, actor="组委会", action=AuditAction.REGISTER_CHANGED, subject=f"R{number}", reason="来源",
                    change={"added": [{"name": "某公司", "credit_code": "91410100MA44XXXX"}], "removed": []},
                )  # fmt: skip
        with database.read() as session:
            if AuditStore(session).head()[0] >= WALKED:
                return


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/audit.sqlite3")
        migrate.upgrade(database)
        transactions(database, with_record=True)  # statements are compiled once a process
        bare = timed(lambda: transactions(database, with_record=False))
        kept = timed(lambda: transactions(database, with_record=True))
        for name, old, new in zip(("CPU", "wall"), bare, kept, strict=True):
            print(
                f"append, {name}: {(new - old) / APPENDED * 1000:.3f} ms a record; a transaction takes {old / APPENDED * 1000:.3f} ms without, {new / APPENDED * 1000:.3f} ms with one"
            )
        fill(database)
        with database.read() as session:
            now = database_time(session)
        seal(database, SIGNER, None, now)
        found = []
        with database.read() as session:
            cpu, wall = timed(lambda: found.append(verify(session, SIGNER)))
        print(
            f"verify: {found[0].records:,} records in {cpu:.2f} s CPU, {wall:.2f} s wall, {len(found[0].problems)} problems"
        )
        database.close()


if __name__ == "__main__":
    main()
