"""The files of bad input are as bad as they say."""

import subprocess
import sys
from collections import Counter

import orjson
import pytest

from adapters.sandbox.duplicates import zoo
from adapters.sandbox.duplicates.__main__ import ENTRIES, TRUTH, write
from adapters.sandbox.duplicates.labelled import LabelledCorpus


def rows(name: str) -> list[dict]:
    return list(zoo.ZOO[name](3))


def is_row(line: bytes) -> bool:
    try:
        return bool(orjson.loads(line)["id"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return False


@pytest.mark.parametrize(
    ("name", "field", "value", "count"),
    [
        ("thousand_same_titles", "project_name", "智慧农业大数据平台", 1000),
        ("company_of_3000", "org_name", "岚泽数据科技有限公司", 3000),
        ("empty_fields", "members", [], 300),
        ("null_everywhere", "project_name", None, 1000),
        ("duplicate_ids", "id", "41:twice", 150),
    ],
)
def test_a_file_has_the_fault_as_often_as_it_says(name, field, value, count) -> None:
    assert sum(row[field] == value for row in rows(name)) == count


def test_one_phone_is_in_5000_teams() -> None:
    phones = Counter(
        phone for row in rows("phone_of_5000_teams") for phone in {m["phone_token"] for m in row["members"]}
    )
    assert phones.most_common(1) == [(f"k1.{0:032x}", 5000)]


def test_long_titles_reach_10000_characters() -> None:
    assert max(len(row["project_name"]) for row in rows("long_titles")) == 10_000


def test_all_lines_but_the_eight_broken_ones_are_entries() -> None:
    lines = zoo.broken_lines(3).removeprefix(b"\xef\xbb\xbf").split(b"\n")[:-1]
    assert Counter(map(is_row, lines)) == {True: 200, False: 8}


def test_the_zoo_is_written_as_a_file_a_kind(tmp_path) -> None:
    zoo.write(tmp_path, 3)
    more = {"broken_lines", "no_lines", "one_line"}
    assert {path.stem for path in tmp_path.iterdir()} == set(zoo.ZOO) | more


def test_a_corpus_is_written_as_entries_and_truth(tmp_path) -> None:
    corpus = LabelledCorpus("A", 1, 200)
    write(corpus, tmp_path)
    lines = (tmp_path / ENTRIES).read_bytes().splitlines()
    truth = orjson.loads((tmp_path / TRUTH).read_bytes())
    assert ([orjson.loads(line) for line in lines], truth) == (
        list(corpus.rows()),
        orjson.loads(orjson.dumps(corpus.truth().as_json())),
    )


def test_the_command_writes_what_it_is_asked_for_and_shows_progress(tmp_path) -> None:
    command = [
        sys.executable,
        "-m",
        "adapters.sandbox.duplicates",
        "--total",
        "60",
        "--table",
        "C",
        "--out",
        str(tmp_path),
    ]
    done = subprocess.run(command, check=True, capture_output=True)
    assert ((tmp_path / ENTRIES).read_bytes().count(b"\n"), done.stderr) == (60, b"\r60 / 60\n")
