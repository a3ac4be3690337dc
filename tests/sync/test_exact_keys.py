import pytest

from sync.exact_keys import plain


@pytest.mark.parametrize("text", ["数据要素×交通", "数据要素x交通", "数据要素 Ｘ 交通", "数据要素·×·交通！"])
def test_width_case_spaces_and_the_times_sign_do_not_make_another_title(text) -> None:
    assert plain(text) == "数据要素x交通"
