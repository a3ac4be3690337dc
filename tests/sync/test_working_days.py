"""When a period of days ends."""

from datetime import UTC, datetime

import pytest

from adapters.registry import regions
from schema.errors import RequestError
from schema.provenance import CHINA
from schema.publicity import DayKind
from schema.quotas import selection_of
from sync.working_days import end_of_period


@pytest.mark.parametrize(
    ("begun", "days", "kind", "end"),
    [
        ((2025, 9, 1, 9), 7, DayKind.CALENDAR, (2025, 9, 9)),  # Monday: the 8th is the seventh day, a Monday
        ((2025, 8, 30, 9), 7, DayKind.CALENDAR, (2025, 9, 9)),  # the seventh day is Saturday the 6th: on to Monday
        ((2025, 9, 24, 9), 7, DayKind.CALENDAR, (2025, 10, 10)),  # the seventh day is 1 October: on to Thursday the 9th
        ((2025, 9, 21, 9), 7, DayKind.CALENDAR, (2025, 9, 29)),  # Sunday 28 September is a working day by the calendar
        ((2025, 9, 1, 9), 5, DayKind.WORKING, (2025, 9, 9)),
        ((2025, 9, 26, 9), 3, DayKind.WORKING, (2025, 10, 1)),  # 28, 29 and 30 September
    ],
)
def test_a_period_leaves_out_its_first_day_and_never_ends_on_a_day_of_rest(begun, days, kind, end) -> None:
    assert end_of_period(datetime(*begun, tzinfo=CHINA), days, kind) == datetime(*end, tzinfo=CHINA)


def test_the_day_is_beijings() -> None:
    late = datetime(2025, 8, 31, 17, tzinfo=UTC)  # the first of September in Beijing
    assert end_of_period(late, 7, DayKind.CALENDAR) == datetime(2025, 9, 9, tzinfo=CHINA)


def test_a_year_whose_holidays_are_not_known_is_refused() -> None:
    with pytest.raises(RequestError) as refused:
        end_of_period(datetime(2099, 9, 1, tzinfo=CHINA), 7, DayKind.CALENDAR)
    assert refused.value.code == "CALENDAR_UNKNOWN"


def test_a_region_whose_notice_prints_the_days_is_held_to_them_and_the_others_to_an_inference() -> None:
    rules = {code: selection_of(each.catalogue.facts).publicity_of_list for code, each in regions().items()}
    assert {code: (rule.days, rule.quote is not None) for code, rule in rules.items()} == {
        "13": (7, True), "14": (7, True), "41": (7, True), "43": (7, False), "61": (7, False),
    }  # fmt: skip
