"""Figures of a text are one however they are written."""

import pytest

from sync.duplicates.figures import figures


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("三百二十家", ["320家"]),
        ("３２０ 家", ["320家"]),
        ("百分之十八", ["18"]),
        ("百分之六点五", ["6.5"]),
        ("一千零五十人", ["1050人"]),
        ("十五分钟", ["15分"]),
        ("二〇二四年", ["2024年"]),
        ("三十万亩", ["30万"]),
        ("四点六亿条", ["4.6亿"]),
    ],
)
def test_a_figure_in_words_is_the_one_in_digits(text, found) -> None:
    assert figures(text) == found


@pytest.mark.parametrize("text", ["", "一个百姓十分高兴", "万一", "百年老店", "快一点", "节点", "二", "🎉", "百分之"])
def test_a_word_with_a_sign_of_a_figure_is_none(text) -> None:
    assert figures(text) == []
