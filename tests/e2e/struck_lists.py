"""Does acts on recommended lists in processes that kill themselves at a given statement: imports once, forks for each.

A line of JSON on standard input asks for `{"url": …, "act": …, "at": n}` and is answered with how the child ended: 0 where it
was through before its n-th statement, the negative number of the signal otherwise. The commit counts as a statement.
"""

import os
import signal
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import event
from sqlalchemy.orm import configure_mappers

from adapters.registry import regions
from schema.list_life import ListAct
from sync.database import Database
from sync.lists import Confirmation, ListItem
from sync.lists.acts import Request, ReturnedRow, move
from sync.lists.rules import issuers
from sync.lists.submission import Push, submit
from sync.scope import EVERYTHING


class Striker:
    """Counts statements, and strikes before the n-th."""

    def __init__(self, database: Database, at: int) -> None:
        self._left = at
        event.listen(database.engine, "before_cursor_execute", self._count)
        event.listen(database.engine, "commit", self._count)

    def _count(self, *_: object) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def work(order: Mapping[str, Any]) -> None:
    """One act."""
    database, act = Database(order["url"]), order["act"]
    Striker(database, order["at"])
    if act["name"] == "submit":
        items = [ListItem(rank, entry) for rank, entry in enumerate(act["entries"], start=1)]
        outcome = submit(database, Push("41", items, [Confirmation("已核实")], act["key"]), "省")
        assert outcome.problems == ()
    else:
        rows = (ReturnedRow(1, "请核对"),) if act["name"] == "RETURN" else ()
        now = datetime.now(UTC)
        request = Request(act["receipt"], ListAct(act["name"]), "理由", rows, now + timedelta(days=7))
        move(database, EVERYTHING, request, actor="组委会", now=now)


def struck(order: Mapping[str, Any]) -> int:
    """Do it in a child; how that ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work(order)
    except BaseException:  # noqa: BLE001  a child must never go on as its parent
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    for each in issuers().values():  # read once here and not in every child
        _ = regions()[each.region].catalogue.clauses
    configure_mappers()
    for line in sys.stdin.buffer:
        sys.stdout.write(f"{struck(orjson.loads(line))}\n")
        sys.stdout.flush()
