"""The shape of a problem."""

from schema.errors import DexhubError, Problem, RequestError

FIRST = Problem("A", "row 1", "错", "wrong", remedy_zh="改", remedy_en="mend")
SECOND = Problem("B", "row 2", "缺", "missing")


def test_an_error_carries_all_its_problems_and_the_first_ones_code() -> None:
    error = DexhubError([FIRST, SECOND])
    assert (error.problems, error.code) == ((FIRST, SECOND), "A")


def test_an_error_reads_as_one_line_a_problem_in_both_languages() -> None:
    assert str(DexhubError([FIRST, SECOND])) == "[A] row 1: 错 / wrong → 改 / mend\n[B] row 2: 缺 / missing"


def test_a_single_problem_may_be_given_bare() -> None:
    assert RequestError(FIRST, status=404).problems == (FIRST,)


def test_a_problem_as_plain_data_has_all_its_fields() -> None:
    assert SECOND.as_dict() == {
        "code": "B",
        "place": "row 2",
        "zh": "缺",
        "en": "missing",
        "value": None,
        "remedy_zh": "",
        "remedy_en": "",
    }
