"""Entries of which exactly one thing is true, and lists of them: read from `faulty_lists.toml`."""

import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from adapters.registry import regions
from adapters.sandbox.registrations import Corpus
from schema.list_life import ListAct
from schema.vocabulary import TrackMatch
from sync.database import Database, Session
from sync.lists import Confirmation, ListItem
from sync.lists.acts import Request, move
from sync.lists.rules import issuers
from sync.lists.setting import set_rules
from sync.lists.submission import Push, submit
from sync.scope import EVERYTHING
from sync.tables import CaseEntryRow, CaseRow, EligibilityRow, EntryRow, SelectionSettingRow, WaiverRow

TABLE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "faulty_lists.toml").read_text("utf-8"))
NOW = datetime(2025, 10, 1, tzinfo=UTC)


@dataclass
class World:
    """A database and the names that the table gives to its entries."""

    url: str
    names: dict[str, str] = field(default_factory=dict)
    tracks: dict[str, str] = field(default_factory=dict)

    def push(self, case: dict[str, Any]) -> Push:
        """A list of the table."""
        rows = [[rank, "41:nobody"] for rank in range(1, case["repeat"] + 1)] if "repeat" in case else case["rows"]
        confirm = case.get("confirm", ["CLAUSE_UNDETERMINED"])
        return Push(
            case.get("issuer", "41"),
            [self.item(*row) for row in rows],
            [Confirmation("已逐项核实", code) for code in confirm],
        )

    def item(self, rank: int, name: str, track: str = "", title: str = "") -> ListItem:
        if track == "other":
            track = "N14" if self.tracks[name] != "N14" else "N01"
        return ListItem(rank, self.names.get(name, name), track or None, title or None)

    def sound(self, *names: str) -> list[ListItem]:
        return [self.item(rank, name) for rank, name in enumerate(names, start=1)]

    def prepared(self, database: Database, case: dict[str, Any]) -> None:
        """What was done before the list of the table is pushed."""
        if "set" in case:
            row = SelectionSettingRow(
                issuer=case.get("issuer", "41"), reason="会议纪要", author="组委会", set_at=NOW, **case["set"]
            )
            set_rules(database, row)
        if "below" in case:
            (lower,) = [each for each in issuers() if each.startswith(case["issuer"]) and len(each) > 2]
            accepted(database, Push(lower, self.sound(*case["below"]), [Confirmation("已核实")]))


def accepted(database: Database, push: Push) -> str:
    """The receipt of a list that was pushed, checked and accepted."""
    row = submit(database, push, "省", now=NOW).sealed
    assert row is not None
    for act in (ListAct.CHECK, ListAct.ACCEPT):
        move(database, EVERYTHING, Request(row.receipt, act), actor="组委会", now=NOW)
    return row.receipt


class Casting:
    """Finds an entry for every part of the table and makes true of it what the table says."""

    def __init__(self, session: Session, corpus: Corpus) -> None:
        self._session = session
        self._free = {row.id: row for row in session.scalars(select(EntryRow).order_by(EntryRow.id))}
        self._broken = {label.entries[0]: label.kind for label in corpus.rule_breaks}
        for label in (*corpus.duplicates, *corpus.look_alikes):
            for entry in label.entries:
                self._free.pop(entry, None)
        self._used: dict[str, set[str]] = {}

    def cast(self, part: dict[str, Any], world: World) -> EntryRow:
        row = self._found(part)
        del self._free[row.id]
        row.status, row.stage, row.award = "ACTIVE", "AWARDED", "SECOND"
        row.city = part.get("city", row.city)
        if row.region == "43" and "city" not in part:
            row.city = "长沙"
        if "as" in part:
            row.national_track = world.tracks[part["as"]]
        elif row.match == TrackMatch.EXACT:
            row.national_track = next(
                f"N{n:02d}" for n in range(1, 15) if f"N{n:02d}" not in self._used.setdefault(row.region, set())
            )
            if len(self._used[row.region]) < 13:
                self._used[row.region].add(row.national_track)
        for name, value in part.get("with", {}).items():
            setattr(row, name, value or None)
        row.native = {**row.native, "is_enterprise_demand": False, **part.get("native", {})}
        self._session.add(row)
        if not part.get("judged", True):
            self._session.delete(self._session.get(EligibilityRow, row.id))
        if "case" in part:
            self._case(row.id, part)
        if part.get("waived"):
            self._waive(row, part["breaks"])
        return row

    def _found(self, part: dict[str, Any]) -> EntryRow:
        match = part.get("match", TrackMatch.EXACT)
        return next(
            row
            for row in self._free.values()
            if row.region == part["region"]
            and ("breaks" in part or row.match == match)
            and self._broken.get(row.id) == part.get("breaks")
        )

    def _case(self, entry: str, part: dict[str, Any]) -> None:
        number = f"C{abs(hash(entry)) % 10**10:010d}"
        kept = entry if part.get("keeps") else None
        self._session.add(
            CaseRow(
                level="LIKELY",
                id=number, kind="SAME_PROJECT", status=part["case"], evidence=[], opened_at=NOW, changed_at=NOW, kept_entry_id=kept
            )
        )  # fmt: skip
        self._session.flush()
        self._session.add(CaseEntryRow(case_id=number, entry_id=entry, region=entry[:2]))

    def _waive(self, row: EntryRow, clause: str) -> None:
        found = next(each for each in regions()[row.region].catalogue.clauses if each.id == clause)
        self._session.add(
            WaiverRow(
                id="W" + row.id[-8:], entry_id=row.id, clause_id=clause, clause_version=found.version, reason="特批",
                author="组委会", granted_at=NOW, expires_at=datetime(2099, 1, 1, tzinfo=UTC),
            )
        )  # fmt: skip


def cast_all(url: str, corpus: Corpus) -> World:
    """The parts of the table, given to entries of a filled database."""
    world, database = World(url), Database(url)
    with database.write() as session:
        casting = Casting(session, corpus)
        for name, part in TABLE["entries"].items():
            row = casting.cast(part, world)
            world.names[name], world.tracks[name] = row.id, row.national_track or ""
    database.close()
    return world


@pytest.fixture(scope="session")
def _cast(sqlite_backend: Any, corpus: Corpus) -> World:
    return cast_all(sqlite_backend.new("filled"), corpus)


@pytest.fixture
def world(_cast: World, tmp_path: Path) -> Iterator[tuple[World, Database]]:
    """The cast and a database of one's own to try it on."""
    path = tmp_path / "world.sqlite3"
    with Database(_cast.url).engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(_cast.url.removeprefix("sqlite:///"), path)
    database = Database(f"sqlite:///{path}")
    yield _cast, database
    database.close()


@pytest.fixture(scope="session")
def table() -> dict[str, Any]:
    return TABLE


@pytest.fixture(scope="session")
def accept() -> Callable[[Database, Push], str]:
    return accepted


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a faulty list is run for each of the table."""
    if "faulty" in metafunc.fixturenames:
        metafunc.parametrize("faulty", TABLE["lists"], ids=[case["fault"] for case in TABLE["lists"]])
