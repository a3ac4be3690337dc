"""Budgets of a minute: each holder's own, used up, and new with the next minute."""

import pytest

from gateway.limits.rates import Counts, Rates, TooManyRequests
from sync.settings import LimitSettings


def test_what_is_left_becomes_less_by_what_is_used() -> None:
    counts = Counts(10)
    assert ([counts.add("a", 4) for _ in range(3)], counts.left("a"), counts.left("b")) == ([True, True, False], 0, 10)


def test_with_the_next_minute_everything_is_left_again(monkeypatch) -> None:
    monkeypatch.setattr("gateway.limits.rates._WINDOW", 0.0)
    counts = Counts(10)
    assert ([counts.add("a", 10) for _ in range(3)], counts.left("a")) == ([True] * 3, 10)


def test_minutes_that_are_over_are_forgotten(monkeypatch) -> None:
    monkeypatch.setattr("gateway.limits.rates._WINDOW", 0.0)
    counts = Counts(10)
    for each in range(1000):
        counts.add(str(each))
    assert counts._used == {}


def test_a_fine_takes_no_more_than_there_is() -> None:
    rates = Rates(LimitSettings(cost_per_minute=100))
    rates.spend("a", 30)
    rates.fine("a", 1000)
    with pytest.raises(TooManyRequests) as refused:
        rates.check("a")
    assert 1 <= refused.value.retry_after <= 60
