"""Budgets of a minute: each holder's own, used up, and new with the next minute."""

import pytest

from gateway.limits.counting import Counts
from gateway.limits.rates import Rates, TooManyRequests
from sync.settings import LimitSettings


def test_what_is_left_becomes_less_by_what_is_used() -> None:
    counts = Counts()
    assert ([counts.incr("a", 60, 4) for _ in range(3)], counts.get("a"), counts.get("b")) == ([4, 8, 12], 12, 0)


def test_with_the_next_minute_everything_is_left_again() -> None:
    counts = Counts()
    assert ([counts.incr("a", 0, 10) for _ in range(3)], counts.get("a")) == ([10] * 3, 0)


def test_minutes_that_are_over_are_forgotten(monkeypatch) -> None:
    monkeypatch.setattr(Counts, "_STEP", 0.0)
    counts = Counts()
    for each in range(1000):
        counts.incr(str(each), 0)
    assert counts.reset() == 0


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
