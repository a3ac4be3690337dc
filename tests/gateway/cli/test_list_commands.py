"""Lists and the roster on the command line: the files that clerks have, whole or not at all."""

import csv
import io

import orjson
import pytest
from openpyxl import Workbook, load_workbook

CONFIRMED = ("--confirm", "已逐项核实")
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
    book.active.append(("国家赛道", "处室", "项目编号", "名次"))
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
    run = dexhub("lists", "push", written(name, FILES[name](items("41", 6))), "--region", "henan", *CONFIRMED, "--json")
    sealed = dexhub("query", "{ recommendationLists { content } }").json["data"]["recommendationLists"]
    assert (run.code, run.json["accepted"]) == (0, True)
    assert [orjson.loads(each["content"])["items"] for each in sealed] == [items("41", 6)]


def test_a_sealed_list_is_told_with_its_receipt(dexhub, at, items, written) -> None:
    run = dexhub("lists", "push", written("a.json", as_json(items("41", 2))), "--region", "41", *CONFIRMED)
    assert (run.code, "TJ-41-001-" in run.out) == (0, True)


def test_a_dry_run_seals_nothing(dexhub, at, items, written) -> None:
    file = written("a.json", as_json(items("41", 2)))
    run = dexhub("lists", "push", file, "--region", "河南", *CONFIRMED, "--dry-run", "--json")
    again = dexhub("query", "{ recommendationLists { receipt } }")
    assert (run.code, run.json["receipt"], again.json["data"]) == (0, None, {"recommendationLists": []})


def test_a_faulty_list_is_told_row_by_row(dexhub, at, items, written) -> None:
    rows = [*items("41", 2), {"rank": 9, "entryId": "41:none", "nationalTrack": "N01"}]
    run = dexhub("lists", "push", written("a.csv", as_csv("utf-8")(rows)), "--region", "41", *CONFIRMED)
    assert (run.code, run.problems[-2:]) == (1, ["RANK_GAP", "ENTRY_UNKNOWN"])


def test_a_faulty_list_is_told_as_json(dexhub, at, written) -> None:
    rows = [{"rank": 1, "entryId": "41:none", "nationalTrack": "N01"}]
    run = dexhub("lists", "push", written("a.json", as_json(rows)), "--region", "41", "--json")
    assert (run.code, [finding["code"] for finding in run.json["findings"]]) == (1, ["ENTRY_UNKNOWN"])


def test_a_list_for_an_unknown_region_is_refused(dexhub, at, items, written) -> None:
    run = dexhub("lists", "push", written("a.json", as_json(items("41", 2))), "--region", "atlantis")
    assert (run.code, run.problems) == (2, ["REGION_UNKNOWN"])


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF", "FILE_FOREIGN"), (b"{", "FILE_UNREADABLE"), (b"", "FILE_EMPTY"), ("名次\n1\n".encode(), "COLUMN_MISSING"),
     (b"1" * (9 << 20), "FILE_TOO_LARGE")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_as_a_list_is_refused(dexhub, at, written, content, code) -> None:
    run = dexhub("lists", "push", written("a.xlsx", content), "--region", "41")
    assert (run.code, run.problems) == (2, [code])


def test_the_marked_workbook_is_written_where_it_is_asked_for(dexhub, at, written, tmp_path) -> None:
    out = tmp_path / "marked.xlsx"
    run = dexhub(
        "lists", "push", written("a.csv", "名次,项目编号\n1,none\n".encode()), "--region", "41", "--marked", out
    )
    sheet = load_workbook(out).active
    assert (run.code, sheet["C1"].value, "本省没有这个项目" in sheet["B2"].comment.text) == (1, "核对结果 Check", True)


def test_the_template_is_written_and_read_back_as_a_list_without_rows(dexhub, at, tmp_path) -> None:
    out = tmp_path / "t.xlsx"
    dexhub("lists", "template", "--region", "henan", "--output", out)
    run = dexhub("lists", "push", out, "--region", "41", "--dry-run", "--json")
    assert (run.code, [each["code"] for each in run.json["findings"]]) == (1, ["LIST_EMPTY"])


def test_a_template_with_entries_holds_every_entry_still_in_the_contest(dexhub, at, tmp_path) -> None:
    out = tmp_path / "t.xlsx"
    dexhub("lists", "template", "--region", "henan", "--output", out, "--entries")
    found = [f"41:{row[1]}" for row in load_workbook(out)["推荐名单"].iter_rows(min_row=2, values_only=True)]
    active = "{ entries(first: 1000, filter: {regions: [41], statuses: [ACTIVE]}) { edges { node { id } } } }"
    told = dexhub("query", active.replace("41", '"41"')).json["data"]["entries"]["edges"]
    assert found == sorted(edge["node"]["id"] for edge in told)


def test_a_file_that_does_not_exist_is_refused(dexhub, at) -> None:
    assert dexhub("lists", "push", "none.csv", "--region", "41").code == 2


@pytest.fixture
def on_roster(dexhub, at, items, written):
    """A list that was pushed, checked and accepted: its rows."""
    rows = items("41")
    pushed = dexhub("lists", "push", written("a.json", as_json(rows)), "--region", "41", *CONFIRMED, "--json")
    for act in ("CHECK", "accept"):
        assert dexhub("lists", "act", pushed.json["receipt"], act).code == 0
    return rows


def test_the_roster_is_printed_as_json(dexhub, on_roster) -> None:
    run = dexhub("roster", "--json")
    found = [(item["rank"], item["entry_id"]) for item in run.json["items"]]
    assert (run.code, found) == (0, [(item["rank"], item["entryId"]) for item in on_roster])


def test_the_roster_is_printed_as_a_table_of_counts(dexhub, on_roster, corpus) -> None:
    planted = {entry for label in corpus.duplicates for entry in label.entries}
    held = sum(item["entryId"] in planted for item in on_roster)
    cells = [line.replace("│", " ").split() for line in dexhub("roster").out.splitlines() if "河南" in line]
    assert cells == [["河南", str(len(on_roster) - held), str(held), "0", "0"]]
