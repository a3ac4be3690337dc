"""Bytes that claim to be a table: what is read of them, and what they may not do to whoever opens them."""

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from adapters import table
from adapters.table import Unreadable, read_table
from schema.errors import SourceChanged


def workbook(*rows: list[Any]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def text(*rows: list[Any], encoding: str = "utf-8") -> bytes:
    content = io.StringIO()
    csv.writer(content).writerows(rows)
    return content.getvalue().encode(encoding)


def code(call: Callable[[], object]) -> list[str]:
    with pytest.raises(SourceChanged) as caught:
        call()
    return [problem.code for problem in caught.value.problems]


def test_days_and_times_of_a_workbook_become_text() -> None:
    moments = [datetime.fromisoformat("2025-05-24T21:57:33.999900"), date(2025, 7, 25)]
    (line,) = read_table("a.xlsx", workbook(["a", "b"], moments)).lines
    assert line.cells == ["2025-05-24 21:57:34", "2025-07-25"]


def test_empty_rows_and_white_space_in_headings_do_not_count() -> None:
    found = read_table("a.xlsx", workbook([], ["项目\n编号", " 名称 ", None], [], ["HA1", "x"]))
    assert (found.headings, [line.number for line in found.lines]) == (("项目编号", "名称"), [4])


def test_one_stray_cell_in_the_last_corner_costs_no_memory() -> None:
    made = Workbook()
    made.active["A1"], made.active["A2"], made.active["XFD1048576"] = "项目编号", "HA1", "!"
    content = io.BytesIO()
    made.save(content)
    assert code(lambda: read_table("a.xlsx", content.getvalue())) == ["FILE_TOO_LARGE"]


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_UNPACKED", 1 << 20)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (2 << 20))
    assert code(lambda: read_table("a.xlsx", content.getvalue())) == ["FILE_TOO_LARGE"]


def lying(content: bytes, says: int) -> bytes:
    """An archive of one sheet that says another size of it than it has, and the digest of just so much of it."""
    packed = zlib.compress(content, 9)[2:-4]
    name = b"xl/worksheets/sheet1.xml"
    sizes = struct.pack("<LLLHH", zlib.crc32(content[:says]), len(packed), says, len(name), 0)
    member = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + name + packed
    entry = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes + bytes(14) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(entry), len(member), 0)
    return member + entry + end


def test_an_archive_that_tells_the_truth_is_no_bomb() -> None:
    table.refuse_bombs("a.xlsx", lying(b"x" * 1000, 1000))


@pytest.mark.parametrize("says", [0, 1, 1000])
def test_an_archive_that_lies_about_its_size_is_stopped_by_what_it_really_unpacks_to(
    says: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MOST_UNPACKED", 1 << 20)
    assert code(lambda: table.refuse_bombs("a.xlsx", lying(b"x" * (8 << 20), says))) == ["FILE_TOO_LARGE"]


@pytest.mark.parametrize("says", [0, 1, 999])
def test_a_small_archive_that_lies_about_its_size_is_not_whole(says: int) -> None:
    assert code(lambda: table.refuse_bombs("a.xlsx", lying(b"x" * 1000, says)))[0] == "FILE_UNREADABLE"


def test_members_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_UNPACKED", 1 << 20)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"xl/media/{number}", b" " * (1 << 18))
    assert code(lambda: table.refuse_bombs("a.xlsx", content.getvalue())) == ["FILE_TOO_LARGE"]


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing_that_no_workbook_uses_are_refused(way: int) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", way) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<sheet/>")
    assert code(lambda: table.refuse_bombs("a.xlsx", content.getvalue())) == ["FILE_UNREADABLE"]


def test_a_sheet_in_an_unusual_place_is_measured_as_well() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/elsewhere.xml", b'<row r="1048576"><c r="XFD1048576"/></row>')
    assert code(lambda: table.refuse_bombs("a.xlsx", content.getvalue())) == ["FILE_TOO_LARGE"]


@pytest.mark.parametrize(
    ("bound", "value", "expected"),
    [("MOST_BYTES", 10, "FILE_TOO_LARGE"), ("MOST_ROWS", 2, "FILE_TOO_LONG"), ("MOST_COLUMNS", 1, "FILE_TOO_WIDE")],
)
def test_bounds_on_bytes_rows_and_columns_are_kept(
    bound: str, value: int, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, bound, value)
    body = text(["a", "b"], *([["1", "2"]] * 3))
    assert code(lambda: read_table("a.csv", body)) == [expected]


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("a.csv", b"", "FILE_EMPTY"),
        ("a.csv", b"\n\n", "FILE_EMPTY"),
        ("a.csv", b"a,b\n1,2", "FILE_CUT_SHORT"),
        ("a.csv", b'a,"b\n', "FILE_UNREADABLE"),
        ("a.csv", b"a\n\xff\xff\n", "FILE_ENCODING"),
        ("a.xlsx", b"PK\x03\x04 no archive", "FILE_UNREADABLE"),
        ("a.xlsx", workbook(["a"])[:-200], "FILE_UNREADABLE"),
        ("a.xlsx", workbook(), "FILE_EMPTY"),
    ],
)
def test_what_is_no_table_is_told_in_plain_words(name: str, body: bytes, expected: str) -> None:
    assert code(lambda: read_table(name, body)) == [expected]


def test_an_archive_that_is_no_workbook_is_told() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("hello.txt", b"hello")
    assert code(lambda: read_table("a.xlsx", content.getvalue())) == ["FILE_UNREADABLE"]


@given(st.binary(max_size=300))
def test_no_bytes_do_worse_than_being_refused(body: bytes) -> None:
    for name in ("a.csv", "a.xlsx"):
        try:
            read_table(name, body)
        except SourceChanged as error:
            assert error.problems[0].zh  # noqa: PT017  either outcome is right, but not any other exception


def test_an_error_in_a_cell_is_no_text() -> None:
    (line,) = read_table("a.csv", text(["a"], ["#DIV/0!"])).lines
    assert line.cells == [Unreadable("#DIV/0!")]
