"""Lists and the roster on the command line: the files that clerks have, whole or not at all."""

import csv
import io
from collections import Counter

import orjson
import pytest
from openpyxl import Workbook

from schema.vocabulary import RosterState

CHINESE = ("名次", "项目编号", "国家赛道")


def as_json(rows) -> bytes:
    return orjson.dumps(rows)


def as_csv(encoding: str, *, native: bool = False):
    def write(rows) -> bytes:
        text = io.StringIO()
        sheet = csv.writer(text)
        sheet.writerow(CHINESE)
        for row in rows:
            entry = row["entryId"].partition(":")[2] if native else row["entryId"]
            sheet.writerow((row["rank"], entry, row["nationalTrack"] or ""))
        return text.getvalue().encode(encoding)

    return write


def as_workbook(rows) -> bytes:
    book, content = Workbook(), io.BytesIO()
    book.active.append(("国家赛道", "备注", "项目编号", "名次"))
    for row in rows:
        book.active.append((row["nationalTrack"], "无", row["entryId"], row["rank"]))
    book.save(content)
    return content.getvalue()


FILES = {
    "list.json": as_json,
    "list.csv": as_csv("utf-8-sig"),
    "national.csv": as_csv("gb18030"),
    "plain.csv": as_csv("utf-8", native=True),
    "list.xlsx": as_workbook,
    "LIST.XLSX": as_workbook,
}


@pytest.fixture
def written(tmp_path):
    def write(name: str, content: bytes):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("name", FILES)
def test_a_list_is_read_from_any_file_that_a_clerk_may_have(dexhub, at, items, written, name) -> None:
    run = dexhub("lists", "push", written(name, FILES[name](items("41", 6))), "--region", "henan", "--json")
    sealed = orjson.loads(run.json["sealed"]["content"])
    assert (run.code, run.json["problems"], sealed["items"]) == (0, [], items("41", 6))


def test_a_sealed_list_is_told_with_its_receipt(dexhub, at, items, written) -> None:
    run = dexhub("lists", "push", written("a.json", as_json(items("41", 2))), "--region", "41")
    assert (run.code, "TJ-41-001-" in run.out) == (0, True)


def test_a_dry_run_seals_nothing(dexhub, at, items, written) -> None:
    file = written("a.json", as_json(items("41", 2)))
    run = dexhub("lists", "push", file, "--region", "河南", "--dry-run", "--json")
    again = dexhub("query", "{ recommendationLists { receipt } }")
    assert (run.code, run.json["sealed"], again.json["data"]) == (0, None, {"recommendationLists": []})


def test_a_faulty_list_is_told_row_by_row(dexhub, at, items, written) -> None:
    rows = [*items("41", 2), {"rank": 9, "entryId": "41:none", "nationalTrack": "N01"}]
    run = dexhub("lists", "push", written("a.csv", as_csv("utf-8")(rows)), "--region", "41")
    told = [code for code in run.problems if code != "DUPLICATE_OPEN"]  # as many as were planted: warnings
    assert (run.code, told) == (1, ["RANK_INVALID", "ENTRY_UNKNOWN"])


def test_a_faulty_list_is_told_as_json(dexhub, at, written) -> None:
    rows = [{"rank": 1, "entryId": "41:none", "nationalTrack": "N01"}]
    run = dexhub("lists", "push", written("a.json", as_json(rows)), "--region", "41", "--json")
    assert (run.code, [problem["code"] for problem in run.json["problems"]]) == (1, ["ENTRY_UNKNOWN"])


def test_a_list_for_an_unknown_region_is_refused(dexhub, at, items, written) -> None:
    run = dexhub("lists", "push", written("a.json", as_json(items("41", 2))), "--region", "atlantis")
    assert (run.code, run.problems) == (2, ["REGION_UNKNOWN"])


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", b"%PDF"), ("a.json", b"{"), ("a.xlsx", b"no workbook"), ("a.csv", b""), ("a.csv", "名次\n1\n".encode()),
     ("a.csv", "名次,项目编号\n一,X\n".encode()), ("a.csv", b"\xff\xff\xff")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_as_a_list_is_refused(dexhub, at, written, name, content) -> None:
    run = dexhub("lists", "push", written(name, content), "--region", "41")
    assert (run.code, set(run.problems)) == (2, {"LIST_FILE_INVALID"})


def test_a_file_that_does_not_exist_is_refused(dexhub, at) -> None:
    assert dexhub("lists", "push", "none.csv", "--region", "41").code == 2


def test_the_roster_is_printed_as_json(dexhub, at, items, written) -> None:
    dexhub("lists", "push", written("a.json", as_json(items("41", 30))), "--region", "41")
    run = dexhub("roster", "--json")
    found = [(item["rank"], item["entry_id"]) for item in run.json["items"]]
    assert (run.code, found) == (0, [(item["rank"], item["entryId"]) for item in items("41", 30)])


def test_the_roster_is_printed_as_a_table_of_counts(dexhub, at, items, written) -> None:
    dexhub("lists", "push", written("a.json", as_json(items("41", 30))), "--region", "41")
    cells = [line.replace("│", " ").split() for line in dexhub("roster").out.splitlines() if "河南" in line]
    states = Counter(item["state"] for item in dexhub("roster", "--json").json["items"])
    assert cells == [["河南", *(str(states[each.value]) for each in RosterState)]]
