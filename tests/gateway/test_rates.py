"""Budgets of a minute: each holder's own, used up, and new with the next minute."""

from types import SimpleNamespace

import pytest

from gateway.limits.counting import Counts
from gateway.limits.rates import Rates, TooManyRequests
from sync.settings import LimitSettings


@pytest.fixture
def clock(monkeypatch):
    """The time, as it is told to whoever counts."""
    told = SimpleNamespace(now=1_000_000.0)
    monkeypatch.setattr("gateway.limits.counting.time", SimpleNamespace(time=lambda: told.now))
    return told


def test_what_is_left_becomes_less_by_what_is_used() -> None:
    counts = Counts()
    assert ([counts.add("a", 4) for _ in range(3)], counts.used("a"), counts.used("b")) == ([4, 8, 12], 12, 0)


def test_with_the_next_minute_everything_is_left_again(clock) -> None:
    counts = Counts()
    counts.add("a", 10)
    clock.now += 60
    assert (counts.used("a"), counts.add("a", 1)) == (0, 1)


def test_a_minute_begins_with_the_first_use_in_it(clock) -> None:
    counts, began = Counts(), clock.now
    counts.add("a", 10)
    clock.now += 59
    assert (counts.add("a", 1), counts.until("a")) == (11, began + 60)


def test_minutes_that_are_over_are_forgotten(clock) -> None:
    counts = Counts()
    for each in range(1000):
        counts.add(str(each), 1)
    clock.now += 60
    counts.add("a", 1)
    assert len(counts) == 1


def test_whoever_asks_for_more_than_there_is_is_refused_until_the_minute_is_over() -> None:
    rates = Rates(LimitSettings(cost_per_minute=100))
    rates.spend("a", 100)
    rates.spend("b", 100)
    with pytest.raises(TooManyRequests):
        rates.spend("a", 1)


def test_a_fine_takes_no_more_than_there_is() -> None:
    rates = Rates(LimitSettings(cost_per_minute=100))
    rates.spend("a", 30)
    rates.fine("a", 1000)
    with pytest.raises(TooManyRequests) as refused:
        rates.check("a")
    assert 1 <= refused.value.retry_after <= 60
