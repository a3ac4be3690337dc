"""What makes no difference between two texts, and what does."""

import pytest

from sync.duplicates.folding import fold
from sync.duplicates.organisations import organisation_core
from sync.duplicates.places import without_places


@pytest.mark.parametrize(
    "text", ["数据要素×交通", "數據要素Ｘ交通", "数据要素 x 交通", "数据要素乘交通", "“数据要素·✕”交通！"]
)
def test_width_script_signs_and_the_times_sign_do_not_matter(text) -> None:
    assert fold(text) == "数据要素x交通"


@pytest.mark.parametrize(
    "name",
    [
        "长沙云帆数据有限公司", "云帆数据（长沙）股份有限公司", "長沙市雲帆數據有限責任公司", "云帆数据", "湖南省长沙市云帆数据有限公司",
        "云帆数据有限公司长沙分公司", "云帆数据长沙分公司", "云帆数据 ( 长沙 ) 有限公司",
    ],
)  # fmt: skip
def test_one_company_has_one_core_however_it_is_written(name) -> None:
    assert organisation_core(name) == "云帆数据"


@pytest.mark.parametrize(
    ("left", "right"), [("郑州大学", "长沙大学"), ("国网湖南省电力有限公司", "国网河南省电力有限公司")]
)
def test_organisations_told_apart_by_their_place_keep_it(left, right) -> None:
    assert organisation_core(left) != organisation_core(right)


@pytest.mark.parametrize("name", ["", "有限公司", "北京", "（）", "🎉", "河南省", "公司"])
def test_a_name_with_nothing_but_place_and_form_breaks_nothing(name) -> None:
    assert isinstance(organisation_core(name), str)


def test_a_title_loses_the_places_it_names() -> None:
    assert without_places("长沙市智慧茶园平台（湖南）") == "智慧茶园平台（）"


def test_a_title_of_nothing_but_places_stays() -> None:
    assert without_places("湖南长沙") == "湖南长沙"
