"""Does one act of the organiser again and again, killed by signal 9 before its first statement, its second, …, its commit.

Arguments: the database, the act, the time as a clock would show it. Prints a line for each death, with the place, and waits
for a line before the next; the last line says "done".
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import configure_mappers

from adapters.registry import regions
from schema.audit import Signer
from schema.publicity import ObjectionStatus
from schema.quotas import Basis, Quota
from schema.roster import RosterAct
from schema.vocabulary import CaseStatus
from sync import audit, objections
from sync.database import Database
from sync.decisions import decide as decide_case
from sync.roster import Author, closing, decisions, gathering
from sync.roster.inputs import Decision
from sync.scope import EVERYTHING

TWO = Quota(total=2, basis=Basis.INFERRED, reason_zh="试", reason_en="test")
gathering.quota_of = lambda _: TWO  # as in the tests


def act(database: Database, name: str, now: datetime) -> None:
    author = Author("甲", "核实", now)
    if name == "decide":
        decide_case(
            database,
            EVERYTHING,
            case="C000000000001",
            status=CaseStatus.CONFIRMED,
            reason="核实",
            author="甲",
            kept_entry="61:1",
        )
    elif name == "promote":
        decisions.decide(database, [Decision("41:2", RosterAct.EXCLUDE, "理由")], author)
    elif name == "uphold":
        objections.decide(database, os.environ["OBJECTION"], ObjectionStatus.UPHELD, author)
    elif name == "freeze":
        closing.freeze(database, int(os.environ["VERSION"]), author)
    else:
        audit.seal(database, Signer(b"k" * 32, "k1"), Path(os.environ["SEALS"]), now)


def die_before(database: Database, place: int) -> None:
    left = [place]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", count)
    event.listen(database.engine, "commit", count)


def main(url: str, name: str, now: datetime) -> None:
    place = 0
    while True:
        place += 1
        child = os.fork()
        if child == 0:
            database = Database(url)
            die_before(database, place)
            act(database, name, now)
            database.close()
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            break
        sys.stdout.write(f"{place}\n")
        sys.stdout.flush()
        sys.stdin.readline()
    sys.stdout.write("done\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # What is read or set up the first time: once here, and not in every child.
    for adapter in regions().values():
        _ = adapter.catalogue.clauses
    configure_mappers()
    main(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3]))
