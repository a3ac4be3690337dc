"""A process that claims a job, begins to write under it, and freezes: `python -m tests.e2e.frozen URL LEASE WHERE`.

Where: "after" a bulk write has been sent and answered; "within" one, when most of its rows are sent; "before" any.
"""

import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

from sync.database import Database
from sync.lease import Leases
from sync.repository.bulk import upsert
from sync.tables import PayloadRow

ROWS = 500
JOB = "pull 41"


def freeze() -> None:
    """Stop where we stand; goes on when somebody lets us."""
    os.kill(os.getpid(), signal.SIGSTOP)


def rows() -> list[dict[str, Any]]:
    return [
        {"entry_id": f"41:{number}", "region": "41", "mapping_version": 1, "sha256": "", "body": os.urandom(2000)}
        for number in range(ROWS)
    ]


def freezing() -> Iterator[tuple[Any, ...]]:
    """The rows as the driver takes them, frozen before the last."""
    for number, row in enumerate(rows()):
        if number == ROWS - 1:
            freeze()
        yield tuple(row.values())


def main(url: str, lease: float, where: str) -> None:
    database = Database(url)
    leases = Leases(database, "frozen", lease)
    claim = leases.claim(JOB)
    assert claim is not None
    with database.write() as session:
        leases.confirm(session, claim)
        if where == "before":
            freeze()
        if where == "within":
            driver: Any = session.connection().connection.driver_connection
            driver.cursor().executemany("INSERT INTO payload VALUES (%s, %s, %s, %s, %s)", freezing())
        else:
            upsert(session, PayloadRow, rows())
        if where == "after":
            freeze()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3])
