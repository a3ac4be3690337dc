"""kill -9 between any two statements of submit, accept, publish and return: all of the act or nothing of it, and nothing torn.

The process strikes itself at its first statement, then at its second, until it is through; after each stroke `doctor` looks
at everything, and what is stored must be what was there before.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlmodel import select

from schema.list_life import ListAct
from schema.vocabulary import EntryStatus, Stage, TrackMatch
from sync.database import Database
from sync.doctor import examine
from sync.repository.audit import AuditStore
from sync.repository.lists import ListStore
from sync.repository.publicity import PublicityStore
from sync.repository.rosters import RosterStore
from sync.scope import EVERYTHING
from sync.tables import EntryRow, MessageRow

ROOT = Path(__file__).parents[2]
UNTOUCHED = 10_000  # more statements than any act has
Strike = Callable[[dict[str, Any], int], int]


@pytest.fixture
def strike(filled: Database) -> Iterator[Strike]:
    url = filled.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.e2e.struck_lists"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:

        def ask(act: dict[str, Any], at: int) -> int:
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write(orjson.dumps({"url": url, "act": act, "at": at}) + b"\n")
            server.stdin.flush()
            return int(server.stdout.readline())

        try:
            yield ask
        finally:
            assert server.stdin is not None
            server.stdin.close()


def stored(database: Database) -> dict[str, Any]:
    """All there is of lists."""
    with database.read() as session:
        store = ListStore(session, EVERYTHING)
        rows = store.versions()
        return {
            "lists": [(row.receipt, row.state, row.content) for row in rows],
            "events": {receipt: len(part) for receipt, part in store.events([row.receipt for row in rows]).items()},
            "keys": [key.receipt for key in store.every_key()],
            "messages": len(list(session.scalars(select(MessageRow)))),
            "windows": [row.id for row in PublicityStore(session, EVERYTHING).windows()],
            "versions": [row.digest for row in RosterStore(session).every()],
            "record": AuditStore(session).head(),
        }


def struck_everywhere(database: Database, strike: Strike, act: dict[str, Any]) -> int:
    """Strike an act at every statement until it is through; how often it was struck."""
    before, at = stored(database), 1
    while (ended := strike(act, at)) != 0:
        assert ended == -9, f"{act['name']} at {at}"
        assert (examine(database), stored(database)) == ([], before), f"{act['name']} at {at}"
        at += 1
    assert examine(database) == []
    return at - 1


def test_a_list_is_pushed_accepted_replaced_published_and_returned_whole_or_not_at_all(filled, strike) -> None:
    with filled.read() as session:
        query = select(EntryRow).where(
            EntryRow.region == "41", EntryRow.status == EntryStatus.ACTIVE, EntryRow.stage == Stage.AWARDED
        )
        fit = sorted(row.id for row in session.scalars(query) if row.match != TrackMatch.AMBIGUOUS)
    strokes = {}

    def through(name: str, **more: Any) -> None:
        strokes[name] = struck_everywhere(filled, strike, {"name": name, **more})

    def newest() -> str:
        with filled.read() as session:
            return ListStore(session, EVERYTHING).versions()[0].receipt

    assert strike({"name": "submit", "entries": fit[:3], "key": "k1"}, UNTOUCHED) == 0
    for act in (ListAct.CHECK, ListAct.ACCEPT):
        assert strike({"name": act, "receipt": newest()}, UNTOUCHED) == 0
    through("submit", entries=fit[:4], key="k2")
    through(ListAct.CHECK, receipt=newest())
    through(ListAct.ACCEPT, receipt=newest())  # it takes the place of the first
    through(ListAct.PUBLISH, receipt=newest())  # opens the window of publicity
    through(ListAct.RETURN, receipt=newest())
    states = [state for _, state, _ in stored(filled)["lists"]]
    assert (states, min(strokes.values()) > 5) == (["RETURNED", "SUPERSEDED"], True)


def test_a_push_that_was_killed_and_is_repeated_with_its_key_gives_one_list(filled, strike) -> None:
    with filled.read() as session:
        query = select(EntryRow.id).where(
            EntryRow.region == "41", EntryRow.stage == Stage.AWARDED, EntryRow.match == TrackMatch.EXACT
        )
        act = {"name": "submit", "entries": sorted(session.scalars(query))[:2], "key": "once"}
    for at in (4, 12, UNTOUCHED, UNTOUCHED):
        strike(act, at)
    assert (len(stored(filled)["lists"]), examine(filled)) == (1, [])
