"""The benchmark's arithmetic, on cases small enough to work out by hand, and its frozen corpora."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[1] / "benchmark" / "duplicates"
AB, AC, BC, CD = ("a", "b"), ("a", "c"), ("b", "c"), ("c", "d")


def loaded(name: str) -> ModuleType:
    """A module of the benchmark, which is a folder of scripts and no package."""
    spec = importlib.util.spec_from_file_location(f"duplicates_benchmark_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


judging = loaded("judging")
corpora = loaded("corpora")

TRUTH = {
    "duplicates": [
        {"pair": AB, "kinds": ["SAME_PROJECT", "SAME_TEAM"], "degree": "easy"},
        {"pair": AC, "kinds": ["SAME_PROJECT"], "degree": "hard"},
    ],
    "look_alikes": [{"pair": BC, "kind": "SIBLING"}, {"pair": CD, "kind": "SIBLING"}],
}
REPORTED = [(AB, "SAME_PROJECT", 0.9), (AB, "SAME_TEAM", 0.7), (BC, "SAME_PROJECT", 0.6)]


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("reported", 2),
        ("precision", 0.5),
        ("recall", 0.5),
        ("f1", 0.5),
        ("f1_by_kind", {"SAME_PROJECT": 0.5, "SAME_TEAM": 1.0}),
        ("recall_by_degree", {"easy": 1.0, "hard": 0.0}),
        ("look_alikes_reported", 0.5),
        ("calibration_error", pytest.approx((0.1 + 0.6) / 2)),
    ],
)
def test_a_figure_is_what_one_works_out_by_hand(figure, expected) -> None:
    assert getattr(judging.judge(REPORTED, TRUTH), figure) == expected


def test_pairs_below_the_threshold_are_not_reported() -> None:
    assert judging.judge(REPORTED, TRUTH, 0.65).precision == 1.0


def test_the_best_threshold_is_the_one_with_the_best_f1() -> None:
    assert judging.best_threshold(REPORTED, TRUTH) == 0.9


def test_pairs_of_one_score_are_taken_together_or_not_at_all() -> None:
    equal = [(AB, "SAME_PROJECT", 1.0), (BC, "SAME_PROJECT", 0.5), (AC, "SAME_PROJECT", 0.5)]
    assert judging.best_threshold(equal, TRUTH) == 0.5


def test_pairs_are_read_in_order_of_their_ids(tmp_path) -> None:
    (tmp_path / "pairs.csv").write_text("id_a,id_b,kind,score\nb,a,SAME_TEAM,0.25\n", "utf-8")
    assert judging.read_pairs(tmp_path / "pairs.csv") == [(AB, "SAME_TEAM", 0.25)]


def test_the_frozen_set_is_what_its_digests_say_and_its_labels_are_of_its_entries(tmp_path) -> None:
    found = corpora.frozen(tmp_path)
    truths = [judging.read_truth(each.truth) for each in found]
    assert [
        (each.name, truth["total"], each.entries.read_bytes().count(b"\n"))
        for each, truth in zip(found, truths, strict=True)
    ] == [
        ("judged B", 1250, 1250),
        ("judged C", 1250, 1250),
    ]


def test_an_altered_frozen_set_is_refused(tmp_path, monkeypatch) -> None:
    for path in corpora.JUDGED.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    sums = tmp_path / "SHA256SUMS"
    sums.write_text(sums.read_text("utf-8").translate(str.maketrans("0123456789", "1234567890")), "utf-8")
    monkeypatch.setattr(corpora, "JUDGED", tmp_path)
    with pytest.raises(ValueError, match="judged by before"):
        corpora.frozen(tmp_path / "cache")
