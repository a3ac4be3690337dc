"""Moments go from a database's text to a reader's without being taken apart: alike for all that either database writes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.compiled.projection import moment

CHINA = timezone(timedelta(hours=8))


def postgresql(value: datetime) -> str:
    fraction = f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""
    return f"{value:%Y-%m-%d %H:%M:%S}{fraction}+00"


def sqlite(value: datetime) -> str:
    return value.replace(tzinfo=None).isoformat(" ", "microseconds")


@pytest.mark.parametrize("told", [postgresql, sqlite])
@given(after=st.timedeltas(timedelta(0), timedelta(days=36_500)))
def test_a_moment_is_told_at_chinas_time(told, after) -> None:
    value = datetime(2000, 1, 1, tzinfo=UTC) + after
    assert moment(told(value)) == value.astimezone(CHINA).isoformat()


def test_a_text_in_another_zone_is_never_taken_for_utc() -> None:
    with pytest.raises(ValueError, match=r"\+08"):
        moment("2025-06-15 08:00:00+08")
