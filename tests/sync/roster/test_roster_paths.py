"""Every path through the organiser's acts that a machine can think of: what must never happen does not."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from schema.errors import RequestError
from schema.list_life import ListAct
from schema.publicity import ObjectionStatus
from schema.roster import RosterAct, RosterStage
from schema.vocabulary import CaseStatus, RosterState
from sync import objections
from sync.database import Database
from sync.repository.cases import CaseStore
from sync.repository.rosters import RosterStore
from sync.roster import closing
from sync.roster.versions import roster_of
from sync.scope import EVERYTHING

ENTRIES = st.sampled_from([*(f"41:{n}" for n in range(1, 5)), *(f"61:{n}" for n in range(1, 4))])
RECEIPTS = ("TJ-41-001", "TJ-61-001")
WINDOWS = ("GS-41-001", "GS-61-001")


class Paths(RuleBasedStateMachine):
    """Acts at random, also those that must be refused; refusals leave everything as it was."""

    make: Callable[[], Database]  # both set by the test
    desk_over: Callable[[Database], object]

    @initialize()
    def begin(self) -> None:
        self.desk = type(self).desk_over(type(self).make())
        self.standing: tuple[int, str, str] | None = None
        self.objections: list[str] = []

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            assert self.desk.sound() == []
            self.desk.database.close()

    def tried(self, work: Callable[..., object], *arguments: object) -> bool:
        """Whether it was done; what is refused must leave no trace."""
        before = self.desk.on_record()
        try:
            work(*arguments)
        except RequestError:
            assert self.desk.on_record() == before
            return False
        return True

    @rule(entry=ENTRIES, act=st.sampled_from(RosterAct))
    def say(self, entry: str, act: RosterAct) -> None:
        self.tried(self.desk.say, act, entry)

    @rule(entry=ENTRIES, status=st.sampled_from(["ACTIVE", "WITHDRAWN"]))
    def pulled(self, entry: str, status: str) -> None:
        self.desk.entry(entry, status)

    @rule()
    def renew(self) -> None:
        self.desk.renew()

    @rule(left=ENTRIES, right=ENTRIES)
    def found(self, left: str, right: str) -> None:
        if left != right:
            self.desk.case(left, right)

    @precondition(lambda self: self.desk.cases)
    @rule(chance=st.data())
    def settle(self, chance: st.DataObject) -> None:
        case = f"C{chance.draw(st.integers(1, self.desk.cases)):012d}"
        with self.desk.database.read() as session:
            members = [each.entry_id for each in CaseStore(session, EVERYTHING).entries([case])[case]]
        self.tried(self.desk.settle, case, chance.draw(st.sampled_from([*members, None])))

    @rule(receipt=st.sampled_from(RECEIPTS))
    def publish(self, receipt: str) -> None:
        self.tried(self.desk.lay_open, receipt)

    @rule(days=st.integers(1, 12))
    def wait(self, days: int) -> None:
        self.desk.now += timedelta(days=days)

    @rule(window=st.sampled_from(WINDOWS), rank=st.integers(1, 4), status=st.sampled_from(ObjectionStatus))
    def objection(self, window: str, rank: int, status: ObjectionStatus) -> None:
        if self.tried(lambda: self.objections.append(self.desk.object(window, rank))):
            self.tried(objections.decide, self.desk.database, self.objections[-1], status, self.desk.author())

    @precondition(lambda self: self.standing is not None and self.standing[1] != RosterStage.OPEN)
    @rule(receipt=st.sampled_from(RECEIPTS), act=st.sampled_from([ListAct.WITHDRAW, ListAct.RETURN]))
    def taken_away(self, receipt: str, act: ListAct) -> None:
        assert not self.tried(self.desk.act, receipt, act), "a list was taken from under a closed roster"

    @rule(receipt=st.sampled_from(RECEIPTS))
    def confirm(self, receipt: str) -> None:
        self.tried(self.desk.act, receipt, ListAct.CONFIRM)

    @rule(stale=st.integers(0, 1))
    def freeze(self, stale: int) -> None:
        self.tried(closing.freeze, self.desk.database, self.desk.number() - stale, self.desk.author())

    @rule()
    def reopen(self) -> None:
        self.tried(closing.reopen, self.desk.database, self.desk.number(), self.desk.author())

    @rule()
    def finalise(self) -> None:
        self.tried(self.desk.finalise)

    @rule(entries=st.lists(ENTRIES, min_size=1, max_size=2, unique=True))
    def erratum(self, entries: list[str]) -> None:
        self.tried(self.desk.erratum, *entries)

    @rule()
    def to_the_end(self) -> None:
        """As far as one can get: settle what is held, publish, freeze, finalise."""
        with self.desk.database.read() as session:
            waiting = [case.id for case in CaseStore(session, EVERYTHING).cases([CaseStatus.OPEN])]
        for case in waiting:
            self.tried(self.desk.settle, case, None)
        for entry, state in self.desk.states().items():
            if state is RosterState.HELD:
                self.tried(self.desk.say, RosterAct.CLEAR, entry)
        for receipt in RECEIPTS:
            self.publish(receipt)
        for each in self.objections:
            self.tried(objections.decide, self.desk.database, each, ObjectionStatus.REJECTED, self.desk.author())
        self.wait(12)
        self.desk.renew()
        self.freeze(0)
        self.finalise()

    @invariant()
    def nothing_impossible_stands(self) -> None:
        if not hasattr(self, "desk"):
            return
        with self.desk.database.read() as session:
            row = RosterStore(session).newest()
            store = CaseStore(session, EVERYTHING)
            confirmed = [case.id for case in store.cases([CaseStatus.CONFIRMED])]
            pairs = [{each.entry_id for each in part} for part in store.entries(confirmed).values()]
        items = roster_of(row).items
        included = {item.entry_id for item in items if item.state is RosterState.INCLUDED}
        taken = Counter(item.region for item in items if item.state in (RosterState.INCLUDED, RosterState.HELD))
        assert [pair for pair in pairs if len(pair & included) > 1] == [], "two of one confirmed duplicate"
        assert max(taken.values(), default=0) <= 2, "more than the quota"
        assert sorted(item.entry_id for item in items) == sorted(
            {*(f"41:{n}" for n in range(1, 5)), *(f"61:{n}" for n in range(1, 4))}
        )
        if self.standing is not None and self.standing[1] == RosterStage.FINAL and row.number != self.standing[0]:
            assert row.signature, "changed after final without an erratum"
        self.standing = (row.number, row.stage, row.digest)


@pytest.fixture
def fresh(sqlite_backend):
    """A new database for each path, in a folder that is gone afterwards."""
    source = Path(Database(sqlite_backend.new("empty")).url.database)
    with tempfile.TemporaryDirectory() as folder:
        count = iter(range(10**6))

        def make() -> Database:
            target = Path(folder) / f"{next(count)}.sqlite3"
            shutil.copy(source, target)
            return Database(f"sqlite:///{target}")

        yield make


def test_no_path_leads_to_a_roster_that_must_not_be(fresh, desk) -> None:
    machine = type("RosterPaths", (Paths,), {"make": staticmethod(fresh), "desk_over": staticmethod(desk)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
