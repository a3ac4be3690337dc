from datetime import UTC, datetime, timedelta

import pytest

from adapters.registry import regions
from sync.lease import Leases
from sync.repository.jobs import JobStore
from sync.scheduler import Clock


@pytest.fixture
def clock(world) -> Clock:
    return Clock(world.database, world.puller._settings, world.puller, list(regions().values()))


def job(world, name: str):
    with world.database.read() as session:
        return next(row for row in JobStore(session).all() if row.name == name)


async def test_a_region_that_is_being_pulled_is_reconciled_a_little_later(world, clock) -> None:
    Leases(world.database, "another", 30).claim("pull 41")
    await clock._look("reconcile 41", clock._works["reconcile 41"])
    assert job(world, "reconcile 41").token == 0  # not due before the night
    with world.database.write() as session:
        JobStore(session).hasten("reconcile 41", datetime.now(UTC))
    await clock._look("reconcile 41", clock._works["reconcile 41"])
    row = job(world, "reconcile 41")
    assert ([problem["code"] for problem in row.problems], row.holder) == (["ALREADY_RUNNING"], None)
    assert timedelta() < row.due_at - datetime.now(UTC) <= timedelta(minutes=5)


async def test_a_reconciled_region_is_due_again_in_another_night_and_free_to_be_pulled(world, clock) -> None:
    with world.database.write() as session:
        JobStore(session).hasten("reconcile 41", datetime.now(UTC))
    await clock._look("reconcile 41", clock._works["reconcile 41"])
    row, pull = job(world, "reconcile 41"), job(world, "pull 41")
    assert (row.outcome, row.holder, pull.outcome, pull.holder) == ("SUCCEEDED", None, "SUCCEEDED", None)
    assert row.due_at > datetime.now(UTC) + timedelta(minutes=5)


@pytest.mark.parametrize("name", ["detect", "aggregate", "backup check"])
async def test_what_was_done_is_told_and_due_again(world, clock, name) -> None:
    with world.database.write() as session:
        JobStore(session).hasten(name, datetime.now(UTC))
    await clock._look(name, clock._works[name])
    row = job(world, name)
    assert (row.holder, bool(row.outcome), row.due_at > datetime.now(UTC)) == (None, True, True)
