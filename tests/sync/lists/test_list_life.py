"""Any path through a list's life: one version counts or none, what is sealed stays, and every act has its record."""

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from schema.errors import RequestError
from schema.list_life import COUNTED, PENDING, REQUESTED, SETTLED, TRANSITIONS, ListAct, ListState, after
from sync.database import Database
from sync.doctor import examine
from sync.lists import Confirmation, ListItem
from sync.lists.acts import Request, move
from sync.lists.submission import Push, submit
from sync.repository.lists import ListStore
from sync.scope import EVERYTHING, Scope

START = datetime(2025, 10, 1, tzinfo=UTC)
NAMES = ("a", "b", "c", "d")


class Life(RuleBasedStateMachine):
    """Pushes and acts in any order, each kept beside a plain model of what must have come of it."""

    url = ""
    names: dict[str, str] = {}  # noqa: RUF012  filled in once by the test, then only read

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "life.sqlite3"
        shutil.copy(self.url.removeprefix("sqlite:///"), path)
        self.database = Database(f"sqlite:///{path}")
        self.now = START
        self.states: dict[str, ListState] = {}
        self.sealed: dict[str, str] = {}

    @rule(chosen=st.permutations(NAMES), count=st.integers(1, 4), key=st.sampled_from([None, None, "k1", "k2"]))
    def push(self, chosen, count, key) -> None:
        items = [ListItem(rank, self.names[name]) for rank, name in enumerate(chosen[:count], start=1)]
        outcome = submit(self.database, Push("41", items, [Confirmation("已核实")], key), "省", now=self.now)
        if outcome.sealed is None:
            codes = {problem.code for problem in outcome.problems}
            settled = any(state in SETTLED for state in self.states.values())
            assert codes == ({"LIST_SETTLED"} if settled and "KEY_REUSED" not in codes else {"KEY_REUSED"})
        elif not outcome.repeated:
            self.states = {
                receipt: ListState.SUPERSEDED if state in (*PENDING, ListState.RETURNED) else state
                for receipt, state in self.states.items()
            }
            self.states[outcome.sealed.receipt] = ListState.SEALED
            self.sealed[outcome.sealed.receipt] = outcome.sealed.content
        else:
            assert outcome.sealed.receipt in self.states

    @rule(data=st.data(), act=st.sampled_from(REQUESTED), reason=st.sampled_from(["", "理由"]), region=st.booleans())
    def act(self, data, act, reason, region) -> None:
        if not self.states:
            return
        receipt = data.draw(st.sampled_from(sorted(self.states)))
        scope = Scope("41") if region else EVERYTHING
        try:
            move(self.database, scope, Request(receipt, act, reason), actor="x", now=self.now)
        except RequestError:
            return
        reached = after(act, self.states[receipt])
        assert reached is not None
        assert reason or not TRANSITIONS[act].needs_reason
        assert not region or act is ListAct.WITHDRAW
        if act is ListAct.ACCEPT:
            self.states = {
                other: ListState.SUPERSEDED if state in COUNTED else state for other, state in self.states.items()
            }
        self.states[receipt] = reached

    @rule(days=st.integers(1, 8))
    def wait(self, days) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def what_is_stored_is_what_must_have_come_of_it(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as session:
            rows = ListStore(session, EVERYTHING).versions()
        assert {row.receipt: row.state for row in rows} == self.states
        assert {row.receipt: row.content for row in rows} == self.sealed

    @invariant()
    def at_most_one_version_counts(self) -> None:
        assert sum(state in COUNTED for state in getattr(self, "states", {}).values()) <= 1

    @invariant()
    def nothing_is_torn(self) -> None:
        if hasattr(self, "database"):
            assert examine(self.database) == []

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()


def test_no_path_through_a_lists_life_counts_two_versions_or_changes_what_is_sealed(world) -> None:
    cast, database = world
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    Life.url, Life.names = database.url.render_as_string(), cast.names
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.fixture
def receipt(world) -> str:
    cast, database = world
    row = submit(database, Push("41", cast.sound("a", "b"), [Confirmation("已核实")]), "省", now=START).sealed
    assert row is not None
    return row.receipt


def done(database: Database, receipt: str, *acts: ListAct, now: datetime = START) -> ListState:
    """The state after these acts."""
    state = ""
    for act in acts:
        state = move(database, EVERYTHING, Request(receipt, act, "理由"), actor="组委会", now=now).state
    return ListState(state)


def codes(database: Database, request: Request, scope: Scope = EVERYTHING, now: datetime = START) -> list[str]:
    with pytest.raises(RequestError) as caught:
        move(database, scope, request, actor="x", now=now)
    return [problem.code for problem in caught.value.problems]


def test_a_list_goes_the_whole_way_when_publicity_is_over(world, receipt) -> None:
    database = world[1]
    done(database, receipt, ListAct.CHECK, ListAct.ACCEPT, ListAct.PUBLISH)
    later = datetime(2025, 10, 9, 16, tzinfo=UTC)  # the seventh day is a holiday, and so is all until the 9th
    assert done(database, receipt, ListAct.CONFIRM, ListAct.FINALISE, now=later) is ListState.FINAL


def test_a_list_is_not_confirmed_while_it_is_published(world, receipt) -> None:
    done(world[1], receipt, ListAct.CHECK, ListAct.ACCEPT, ListAct.PUBLISH)
    found = codes(world[1], Request(receipt, ListAct.CONFIRM), now=datetime(2025, 10, 9, 15, 59, tzinfo=UTC))
    assert found == ["PUBLICITY_RUNNING"]


@pytest.mark.parametrize("until", [START, START + timedelta(days=91), datetime.max.replace(tzinfo=UTC)])
def test_publicity_ends_within_a_season(world, receipt, until) -> None:
    done(world[1], receipt, ListAct.CHECK, ListAct.ACCEPT)
    assert codes(world[1], Request(receipt, ListAct.PUBLISH, until=until)) == ["PUBLICITY_END_INVALID"]


def test_a_return_says_everything_that_is_wrong_with_it_at_once(world, receipt) -> None:
    from sync.lists.acts import ReturnedRow  # noqa: PLC0415  only this test names it

    rows = (ReturnedRow(9, "有误"), ReturnedRow(1, " "))
    assert codes(world[1], Request(receipt, ListAct.RETURN, "", rows)) == [
        "ACT_IMPOSSIBLE",
        "REASON_MISSING",
        "ROW_UNKNOWN",
        "REASON_MISSING",
    ]


@pytest.mark.parametrize("act", [act for act in REQUESTED if act is not ListAct.WITHDRAW])
def test_a_region_does_none_of_the_organisers_acts_on_its_list(world, receipt, act) -> None:
    assert codes(world[1], Request(receipt, act, "理由"), Scope("41"))[0] == "ACT_NOT_YOURS"


def test_another_regions_list_does_not_exist(world, receipt) -> None:
    assert codes(world[1], Request(receipt, ListAct.WITHDRAW, "理由"), Scope("13")) == ["LIST_UNKNOWN"]


def test_a_region_receives_the_list_of_a_body_below_it(world) -> None:
    cast, database = world
    row = submit(database, Push("4309", cast.sound("yy1", "yy2"), [Confirmation("已核实")]), "益阳", now=START).sealed
    assert row is not None
    for act in (ListAct.CHECK, ListAct.ACCEPT):
        move(database, Scope("43"), Request(row.receipt, act), actor="省", now=START)
    with database.read() as session:
        assert ListStore(session, EVERYTHING).counted().keys() == {"4309"}
