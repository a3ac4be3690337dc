"""Times and figures as platforms write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.values import china_time, epoch_time, number
from schema.errors import MappingError
from schema.provenance import CHINA

FORMS = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z")
moments = st.datetimes(datetime(2020, 1, 2), datetime(2099, 12, 31)).map(  # noqa: DTZ001  the zone comes next
    lambda moment: moment.replace(microsecond=0, tzinfo=CHINA)
)


@given(moments, st.sampled_from(FORMS))
def test_a_time_is_read_in_every_form_that_platforms_use(moment: datetime, form: str) -> None:
    assert china_time(moment.strftime(form), "at") == moment


@given(moments)
def test_a_time_without_leading_zeros_is_read(moment: datetime) -> None:
    text = f"{moment.year}/{moment.month}/{moment.day} {moment.hour}:{moment:%M}"
    assert china_time(text, "at") == moment.replace(second=0)


def test_a_time_with_another_offset_keeps_its_moment() -> None:
    assert china_time("2025-06-12T02:33:21Z", "at") == datetime(2025, 6, 12, 10, 33, 21, tzinfo=CHINA)


@pytest.mark.parametrize("text", ["", "待定", "2025年13月40日", "2025-06", "2025/6/12 25:00", "2025/6/12 1:2:3:4:5"])
def test_a_text_that_is_no_time_is_refused_with_place_and_value(text: str) -> None:
    with pytest.raises(MappingError) as caught:
        china_time(text, "报名时间")
    assert (caught.value.problems[0].place, caught.value.problems[0].value) == ("报名时间", text)


def test_a_year_too_large_to_be_one_is_refused() -> None:
    with pytest.raises(MappingError):
        china_time("9999999999999999/1/1", "报名时间")


@given(st.one_of(st.text(max_size=24), st.text(st.sampled_from("0123456789-/: T年月日"), max_size=24)))
def test_any_text_is_either_a_time_with_a_zone_or_refused(text: str) -> None:
    try:
        moment = china_time(text, "at")
    except MappingError:
        return
    assert moment.tzinfo is not None


@given(moments)
def test_milliseconds_are_read_back_to_the_moment(moment: datetime) -> None:
    assert epoch_time(int(moment.timestamp() * 1000), "at") == moment.astimezone(UTC)


@pytest.mark.parametrize("value", [0, -1, 1_750_000_000, 10**18])
def test_milliseconds_that_are_seconds_or_nonsense_are_refused(value: int) -> None:
    with pytest.raises(MappingError):
        epoch_time(value, "at")


@pytest.mark.parametrize(
    ("cell", "figure"), [(None, None), ("", None), (" — ", None), ("/", None), ("85.5", 85.5), (" 7 ", 7.0), (3, 3.0)]
)
def test_a_figure_is_read_and_an_empty_cell_is_none(cell: str | float | None, figure: float | None) -> None:
    assert number(cell, "评分") == figure


def test_a_word_in_place_of_a_figure_is_refused() -> None:
    with pytest.raises(MappingError):
        number("优", "评分")


@pytest.mark.parametrize("cell", ["nan", "inf", "-Infinity"])
def test_a_figure_that_is_no_number_is_refused(cell: str) -> None:
    with pytest.raises(MappingError):
        number(cell, "评分")
