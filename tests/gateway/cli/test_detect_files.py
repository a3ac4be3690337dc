"""`dexhub detect` between files, and `dexhub detect fit`."""

import csv
from pathlib import Path

import orjson
import pytest

from adapters.sandbox.duplicates import zoo
from adapters.sandbox.duplicates.__main__ import write
from adapters.sandbox.duplicates.labelled import LabelledCorpus
from adapters.sandbox.duplicates.plan import Shares
from sync.duplicates.scoring import Model

SHARES = Shares(0.1, 0.1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A labelled corpus of 600 entries."""
    place = tmp_path_factory.mktemp("labelled")
    write(LabelledCorpus("A", 2, 600, SHARES), place)
    return place


def found(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8").splitlines()))


def labelled(folder: Path) -> set[tuple[str, str]]:
    return {tuple(sorted(each["pair"])) for each in orjson.loads((folder / "truth.json").read_bytes())["duplicates"]}


def test_the_planted_duplicates_are_found_and_hardly_anything_else(dexhub, folder) -> None:
    dexhub("detect", "--input", folder / "entries.jsonl", "--output", "pairs.csv", "--workers", 1)
    pairs, truth = {tuple(row[:2]) for row in found(Path("pairs.csv"))[1:]}, labelled(folder)
    assert len(pairs & truth) / len(pairs | truth) > 0.9


def test_the_output_is_in_order_and_has_the_columns_promised(dexhub, folder) -> None:
    dexhub("detect", "--input", folder / "entries.jsonl", "--output", "pairs.csv", "--workers", 1)
    rows = found(Path("pairs.csv"))
    assert (rows[0], rows[1:]) == (["id_a", "id_b", "kind", "score"], sorted(rows[1:]))


@pytest.mark.parametrize("suffix", ["csv", "html"])
def test_the_same_input_gives_the_same_bytes_with_any_number_of_processes(dexhub, folder, suffix) -> None:
    for name, workers in (("one", 1), ("two", 2)):
        files = ("--output", f"{name}.csv", "--report", f"{name}.html")
        dexhub("detect", "--input", folder / "entries.jsonl", *files, "--workers", workers)
    assert Path(f"one.{suffix}").read_bytes() == Path(f"two.{suffix}").read_bytes()


def test_the_report_explains_every_pair(dexhub, folder) -> None:
    files = ("--output", "pairs.csv", "--report", "report.html")
    dexhub("detect", "--input", folder / "entries.jsonl", *files, "--workers", 1)
    assert Path("report.html").read_text("utf-8").count("<details>") == len(found(Path("pairs.csv"))) - 1


def test_a_broken_line_is_told_and_the_rest_is_compared(dexhub, folder) -> None:
    Path("broken.jsonl").write_bytes((folder / "entries.jsonl").read_bytes() + b'{"id": "\xff"}\n')
    run = dexhub("detect", "--input", "broken.jsonl", "--output", "pairs.csv", "--workers", 1, "--json")
    assert (run.code, run.json["entries"], run.json["problems"][0]["place"]) == (1, 600, "broken.jsonl:601")


def test_a_file_that_does_not_exist_is_refused(dexhub) -> None:
    run = dexhub("detect", "--input", "none.jsonl", "--output", "pairs.csv")
    assert (run.code, run.problems) == (2, ["DETECT_INPUT_UNREADABLE"])


@pytest.mark.parametrize("options", [("--input", "a"), ("--output", "a"), ("--report", "a")])
def test_half_of_the_options_is_refused(dexhub, options) -> None:
    assert dexhub("detect", *options).code == 2


@pytest.fixture(scope="module")
def bad_input(tmp_path_factory) -> Path:
    """A file for each kind of bad input."""
    place = tmp_path_factory.mktemp("zoo")
    zoo.write(place, 1)
    return place


def test_nothing_in_the_zoo_of_bad_input_breaks_it(dexhub, bad_input) -> None:
    animals = sorted(bad_input.rglob("*.jsonl"))
    runs = [dexhub("detect", "--input", animal, "--output", "p.csv", "--workers", 1, "--json") for animal in animals]
    assert {run.code for run in runs} == {0, 1}


@pytest.mark.parametrize(
    ("animal", "code"),
    [
        ("thousand_same_titles", "DETECT_KEY_WIDESPREAD"),
        ("duplicate_ids", "DETECT_ID_REPEATED"),
        ("broken_lines", "DETECT_NOT_UTF8"),
    ],
)
def test_what_was_left_out_of_bad_input_is_told(dexhub, bad_input, animal, code) -> None:
    (found,) = bad_input.rglob(f"{animal}.jsonl")
    run = dexhub("detect", "--input", found, "--output", "p.csv", "--workers", 1, "--json")
    assert code in {problem["code"] for problem in run.json["problems"]}


def test_weights_fitted_to_a_corpus_find_its_duplicates(dexhub, folder) -> None:
    files = ("--input", folder / "entries.jsonl", "--truth", folder / "truth.json")
    run = dexhub("detect", "fit", *files, "--output", "matching.toml", "--workers", 1)
    questions = Model.parse(Path("matching.toml").read_text("utf-8")).questions
    assert (run.code, sorted(questions)) == (0, ["PEOPLE", "PROJECT", "TEAM"])


def test_a_truth_that_is_no_truth_is_refused(dexhub, folder) -> None:
    Path("truth.csv").write_text("a,b\n1,2\n", "utf-8")
    files = ("--input", folder / "entries.jsonl", "--truth", "truth.csv")
    run = dexhub("detect", "fit", *files, "--output", "matching.toml", "--workers", 1)
    assert (run.code, run.problems) == (2, ["DETECT_TRUTH_INVALID"])


def test_fitting_the_same_labels_again_gives_the_same_bytes(dexhub, folder) -> None:
    files = ("--input", folder / "entries.jsonl", "--truth", folder / "truth.json")
    for name in ("one.toml", "two.toml"):
        dexhub("detect", "fit", *files, "--output", name, "--workers", 1)
    # The first lines bear the date, which may change at midnight.
    one, two = (Path(name).read_text("utf-8").split("corpus = ") for name in ("one.toml", "two.toml"))
    assert one[1] == two[1]
