import io
from pathlib import Path

import openpyxl
import orjson
import pytest

from schema.errors import RequestError
from sync.list_files import read_list
from sync.lists import ListItem

TABLE = [["名次", "项目编号", "国家赛道"], [1, "HA2025000001", "科技创新"], [2, "41:HA2025000002", ""]]
EXPECTED = [ListItem(1, "41:HA2025000001", "N06"), ListItem(2, "41:HA2025000002", None)]


def xlsx(rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv(rows, encoding: str) -> bytes:
    return "\n".join(",".join(str(cell) for cell in row) for row in rows).encode(encoding)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.xlsx", xlsx(TABLE)),
        ("list.csv", csv(TABLE, "utf-8-sig")),
        ("list.csv", csv(TABLE, "gb18030")),
        (
            "list.json",
            orjson.dumps(
                [
                    {"rank": 1, "entryId": "HA2025000001", "nationalTrack": "N06"},
                    {"rank": 2, "entryId": "41:HA2025000002"},
                ]
            ),
        ),
    ],
    ids=["xlsx", "csv in UTF-8", "csv in GB 18030", "json"],
)
def test_each_form_of_file_gives_the_same_items(tmp_path: Path, name, content) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    assert read_list(file, "41") == EXPECTED


@pytest.mark.parametrize(
    ("name", "content", "places"),
    [
        ("list.pdf", b"", ["list.pdf"]),
        ("list.xlsx", b"not a workbook", ["list.xlsx"]),
        ("list.json", b"{", ["list.json"]),
        ("list.csv", b"", ["list.csv"]),
        ("list.csv", csv([["甲", "乙"]], "utf-8"), ["list.csv: 第 1 行", "list.csv: 第 1 行"]),
        (
            "list.csv",
            csv([TABLE[0], ["一", "A", ""], ["二", "B", ""]], "utf-8"),
            ["list.csv: 第 2 行 名次", "list.csv: 第 3 行 名次"],
        ),
    ],
    ids=["unknown form", "no workbook", "no JSON", "empty", "columns missing", "ranks that are no numbers"],
)
def test_a_file_that_cannot_be_read_says_where_and_why(tmp_path: Path, name, content, places) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(RequestError) as refused:
        read_list(file, "41")
    assert [problem.place for problem in refused.value.problems] == places


def test_a_workbook_with_one_stray_cell_in_the_last_corner_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "名次", "x"
    file = tmp_path / "bomb.xlsx"
    book.save(file)
    with pytest.raises(RequestError) as refused:
        read_list(file, "41")
    assert refused.value.problems[0].en == "spans more than 20,000,000 cells"
