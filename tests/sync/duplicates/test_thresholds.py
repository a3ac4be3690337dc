"""Where the lines between asking a clerk, opening a case and ignoring are drawn."""

import numpy as np
import pytest

from sync.duplicates.thresholds import drawn


def lines(*pairs: tuple[float, bool], labelled: int = 0) -> tuple[float, float, float, float]:
    scores, truth = np.array([score for score, _ in pairs]), np.array([true for _, true in pairs])
    found = drawn(scores, truth, labelled or int(truth.sum()))
    return found.open, found.review, found.precision, found.recall


def test_where_both_sorts_stand_apart_review_is_one_half() -> None:
    assert lines((0.9, True), (0.1, False)) == (0.9, 0.5, 1.0, 1.0)


def test_review_moves_up_to_leave_out_false_pairs() -> None:
    assert lines((0.9, True), (0.55, False), (0.55, False))[1] == 0.56


def test_review_moves_down_to_take_in_true_pairs() -> None:
    assert lines((0.9, True), (0.42, True))[1] == 0.42


@pytest.mark.parametrize(("score", "true"), [(0.2, True), (0.9, False)])
def test_review_never_leaves_the_middle(score, true) -> None:
    assert 0.3 <= lines((score, true), (0.95, True))[1] <= 0.7


def test_a_duplicate_that_was_no_candidate_counts_as_missed() -> None:
    assert lines((0.9, True), labelled=2) == (0.9, 0.5, 1.0, 0.5)


def test_nothing_opens_by_itself_where_no_line_is_sure() -> None:
    assert lines((0.9, False), (0.8, True))[0] == 1.0


def test_without_pairs_there_is_a_line_all_the_same() -> None:
    assert lines() == (1.0, 0.5, 0.0, 0.0)
