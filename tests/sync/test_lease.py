import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from sync.database import Database
from sync.lease import LeaseLostError, Leases
from sync.repository.jobs import JobStore


def leases(database: Database, holder: str, seconds: float = 30) -> Leases:
    return Leases(database, holder, seconds)


def job(database: Database, name: str = "pull 41"):
    with database.read() as session:
        return next(row for row in JobStore(session).all() if row.name == name)


def test_a_job_can_be_claimed_by_one_holder_only(database: Database) -> None:
    first, second = leases(database, "a"), leases(database, "b")
    assert ((first.claim("pull 41") is not None), second.claim("pull 41")) == (True, None)


def test_the_token_rises_with_every_claim(database: Database) -> None:
    tokens = []
    for holder in ("a", "b", "a"):
        claim = leases(database, holder).claim("pull 41")
        assert claim is not None
        tokens.append(claim.token)
        leases(database, holder).release(claim, "done")
    assert tokens == [1, 2, 3]


def test_a_claim_that_ran_out_can_be_had_by_another(database: Database) -> None:
    leases(database, "a", 0.05).claim("pull 41")
    time.sleep(0.1)
    claim = leases(database, "b").claim("pull 41")
    assert (claim is not None and claim.token, job(database).holder) == (2, "b")


def test_who_lost_its_claim_writes_nothing(database: Database) -> None:
    first = leases(database, "a", 0.05)
    claim = first.claim("pull 41")
    assert claim is not None
    time.sleep(0.1)
    leases(database, "b").claim("pull 41")
    with database.write() as session, pytest.raises(LeaseLostError):
        first.confirm(session, claim)


def test_a_claim_that_ran_out_but_was_not_taken_still_holds(database: Database) -> None:
    first = leases(database, "a", 0.05)
    claim = first.claim("pull 41")
    assert claim is not None
    time.sleep(0.1)
    first.renew(claim)
    assert job(database).token == claim.token


def test_renewing_keeps_others_out(database: Database) -> None:
    first = leases(database, "a", 0.3)
    claim = first.claim("pull 41")
    assert claim is not None
    for _ in range(4):
        time.sleep(0.1)
        first.renew(claim)
    assert leases(database, "b").claim("pull 41") is None


def test_a_job_that_is_not_due_is_not_claimed_by_a_clock(database: Database) -> None:
    first = leases(database, "a")
    claim = first.claim("pull 41")
    assert claim is not None
    later = job(database).started_at.replace(year=2099)
    first.release(claim, "done", due_at=later)
    assert (first.claim("pull 41", only_if_due=True), first.claim("pull 41") is not None) == (None, True)


def test_a_released_job_tells_its_outcome(database: Database) -> None:
    first = leases(database, "a")
    claim = first.claim("pull 41")
    assert claim is not None
    first.release(claim, "SUCCEEDED", [{"code": "X"}])
    row = job(database)
    assert (row.holder, row.outcome, row.problems, row.finished_at is not None) == (
        None,
        "SUCCEEDED",
        [{"code": "X"}],
        True,
    )


def test_a_lost_claim_cannot_be_released(database: Database) -> None:
    first = leases(database, "a")
    claim = first.claim("pull 41")
    assert claim is not None
    with database.write() as session:
        JobStore(session).revoke("pull 41")
    assert first.release(claim, "SUCCEEDED") is False


def test_a_revoked_job_is_free_at_once(database: Database) -> None:
    leases(database, "a").claim("pull 41")
    with database.write() as session:
        JobStore(session).revoke("pull 41")
    assert leases(database, "b").claim("pull 41") is not None


@pytest.fixture
def postgres(postgres_backend) -> Iterator[Database]:
    made = Database(postgres_backend.new("empty"))
    with made.write() as session:
        for name in ("pull 13", "pull 41"):
            JobStore(session).enter(name, datetime.now(UTC))
    yield made
    made.close()


@contextmanager
def unended(database: Database) -> Iterator[None]:
    """A transaction that has written under a claim of "pull 41" and never ends, as that of a frozen process."""
    first = leases(database, "a")
    claim = first.claim("pull 41")
    assert claim is not None
    with database.write() as session:
        first.confirm(session, claim)
        yield


def test_a_job_whose_row_is_locked_is_held_by_another_and_not_waited_for(postgres: Database) -> None:
    with unended(postgres):
        assert leases(postgres, "b").claim("pull 41") is None


def test_a_locked_row_does_not_delay_claims_of_other_jobs(postgres: Database) -> None:
    with unended(postgres):
        assert leases(postgres, "b").claim("pull 13") is not None


def test_a_locked_row_does_not_delay_the_start_of_another_scheduler(postgres: Database) -> None:
    with unended(postgres), postgres.write() as session:
        JobStore(session).enter("pull 41", datetime.now(UTC))


def test_a_job_that_two_claim_at_once_is_had_by_one(database: Database) -> None:
    holders = [leases(database, str(number)) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda holder: holder.claim("pull 41"), holders))
    assert [claim.token for claim in claims if claim] == [1]
