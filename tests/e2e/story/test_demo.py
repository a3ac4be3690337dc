"""`dexhub demo`, as anyone runs it first: the whole way, and nothing personal left behind."""

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass

import pytest

from adapters.registry import regions
from adapters.sandbox.serve import corpus, even_sizes

SIZE = 60


@dataclass(frozen=True)
class Demonstration:
    """One run of it: what it printed, what it left, and what it was given."""

    code: int
    out: str
    err: str
    files: dict
    dump: str
    given: object


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory, dexhub) -> Demonstration:
    folder = tmp_path_factory.mktemp("demo")
    ended = dexhub(folder, "demo", "--once", "--size", str(SIZE))
    files = {path.name: path.read_bytes() for path in (folder / "var/demo").rglob("*") if path.is_file()}
    with closing(sqlite3.connect(folder / "var/demo/dexhub.sqlite3")) as connection:
        dump = "\n".join(connection.iterdump())
    given = corpus(even_sizes(SIZE * len(regions())), seed=2025)
    return Demonstration(ended.returncode, ended.stdout, ended.stderr, files, dump, given)


def test_the_demonstration_ends_well(demonstration) -> None:
    assert demonstration.code == 0


def test_the_report_names_all_regions_with_their_entries_and_receipts(demonstration) -> None:
    report = demonstration.out.rpartition("报告 / Report")[2]
    rows = [line.replace("│", " ").split() for line in report.splitlines() if "TJ-" in line]
    told = [(row[0], int(row[1]) + int(row[2]), row[5][:6]) for row in rows]
    assert told == [(a.manifest.name, SIZE, f"TJ-{code}-") for code, a in regions().items()]


def test_all_planted_duplicates_are_found_and_nothing_else(demonstration) -> None:
    (line,) = re.findall(r"预埋的重复 (\d+)，找到 (\d+)，漏报 (\d+)，误报 (\d+)", demonstration.out)
    planted = len(demonstration.given.duplicates)
    assert tuple(map(int, line)) == (planted, planted, 0, 0)


def test_no_planted_look_alike_is_reported(demonstration) -> None:
    (line,) = re.findall(r"预埋的允许相似 (\d+)，误报 (\d+)", demonstration.out)
    assert tuple(map(int, line)) == (len(demonstration.given.look_alikes), 0)


def test_all_planted_rule_breaks_are_found_by_the_clause_they_break_and_no_other(demonstration) -> None:
    (line,) = re.findall(r"预埋的违规 (\d+)，由所违条款找到 (\d+)，误判 (\d+)", demonstration.out)
    planted = len(demonstration.given.rule_breaks)
    assert (planted > 0, tuple(map(int, line))) == (True, (planted, planted, 0))


def test_the_second_pull_changes_nothing(demonstration) -> None:
    second = demonstration.out.partition("Pull again")[2].partition("3  查重")[0]
    rows = [line.replace("│", " ").split() for line in second.splitlines() if "SUCCEEDED" in line]
    assert [row[2:4] for row in rows] == [["0", "0"]] * len(regions())


def test_a_workbook_comes_back_marked_and_is_mended_and_a_returned_row_too(demonstration) -> None:
    lists = demonstration.out.partition("5  推荐名单")[2].partition("6  总决赛名册")[0]
    patterns = ("退回本人的工作簿，标注", "在本人工作簿中修改", "已接受 / accepted", "doctor: 0 个问题")
    assert [lists.count(pattern) for pattern in patterns] == [1, 1, len(regions()) + 1, 1]


def test_the_roster_goes_from_publicity_to_an_erratum_and_all_of_it_is_sound(demonstration) -> None:
    story = demonstration.out.partition("7  从公示到终定")[2]
    stages = re.findall(r"名册 / roster: (\w+)", story)
    moved = re.findall(r"(异议成立|更正) / .*→ \d{2}:\S+ 递补", story)
    assert (stages, moved, "核对名单、名册和变更记录：完好" in story) == (
        ["FROZEN", "FINAL"],
        ["异议成立", "更正"],
        True,
    )


def test_the_demonstration_leaves_its_data_and_its_key(demonstration) -> None:
    assert {"dexhub.sqlite3", "token.key"} <= set(demonstration.files)


def test_the_data_left_behind_is_that_of_the_corpus_searched_for(demonstration) -> None:
    parts = demonstration.given.registrations.values()
    titles = {made.title.replace("'", "''") for part in parts for made in part if made.flaw is None}
    assert {title for title in titles if title not in demonstration.dump} == set()


def test_everything_was_logged(demonstration) -> None:
    assert " asyncio " in demonstration.err


@pytest.mark.parametrize("place", ["what it printed", "what it logged", "the database", "any file it left"])
def test_no_personal_number_is_left_anywhere(demonstration, found_in, place) -> None:
    texts = {
        "what it printed": [demonstration.out],
        "what it logged": [demonstration.err],
        "the database": [demonstration.dump],
        "any file it left": [content.decode("latin-1") for content in demonstration.files.values()],
    }[place]
    assert found_in(demonstration.given.personal_numbers(), texts) == set()


def test_a_number_left_behind_would_be_found(demonstration, found_in) -> None:
    numbers = sorted(demonstration.given.personal_numbers())
    texts = [f"SELECT 'x{number}y'" for number in numbers[::2]] + [f"20{number.lower()}7" for number in numbers[1::2]]
    assert found_in(set(numbers), texts) == set(numbers)
