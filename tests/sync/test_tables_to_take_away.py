"""Tables that the hub writes: whatever stands in them reads back equal, and nothing in them runs as a formula."""

import csv
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from sync.workbooks import tables
from sync.workbooks.escaping import guarded, guarded_csv, plain
from sync.workbooks.tables import TableToWrite, write_csv, write_xlsx

NASTY = st.text(alphabet="=+-@＝\t\r\n'019.eE_x000D_\x01\x0b\x1f\ufffe，\"; 　甲", max_size=12)
TEXTS = st.lists((st.text(max_size=20) | NASTY).filter(bool), min_size=1, max_size=6)
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "＝1", "=cmd|' /C calc'!A0"]
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def table(rows) -> TableToWrite:
    return TableToWrite("表", [("列", 10)], rows)


def from_xlsx(file: Path) -> list[list]:
    book = openpyxl.load_workbook(file, read_only=True)
    rows = [list(row) for sheet in book.worksheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    book.close()
    return [[plain(unescape(cell)) if isinstance(cell, str) else cell for cell in row] for row in rows]


def from_csv(file: Path) -> list[list]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        return [[plain(cell) for cell in row] for row in csv.reader(source)][1:]


@quick
@given(texts=TEXTS)
@example(texts=["'0", "''0", "0"])
def test_any_text_in_a_workbook_reads_back_equal(texts, tmp_path: Path) -> None:
    write_xlsx(table([text] for text in texts), tmp_path / "a.xlsx")
    assert from_xlsx(tmp_path / "a.xlsx") == [[text] for text in texts]


@quick
@given(texts=TEXTS)
def test_any_text_in_a_csv_file_reads_back_equal(texts, tmp_path: Path) -> None:
    write_csv(table([text] for text in texts), tmp_path / "a.csv")
    assert from_csv(tmp_path / "a.csv") == [[text] for text in texts]


@given(text=st.text() | NASTY)
def test_no_text_begins_like_a_formula_once_it_is_guarded(text) -> None:
    first = {form(text)[:1] for form in (guarded, guarded_csv)}
    assert first & set("=+-@\t\r\n＝＋－＠") == set()


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_begins_like_a_formula_gets_an_apostrophe_in_both_formats(text) -> None:
    assert (guarded(text), guarded_csv(text)) == (f"'{text}", f"'{text}")


@pytest.mark.parametrize("text", ["91410100MA44XXXX1B", "项目", "N01 工业制造", "41:HA2025000001"])
def test_other_text_stays_as_it_is(text) -> None:
    assert (guarded(text), guarded_csv(text)) == (text, text)


@pytest.mark.parametrize("text", ["911101080000000001", "00123", "1e5", "2025-07", "12%"])
def test_digits_that_are_text_are_kept_from_becoming_a_number_in_csv(text, tmp_path) -> None:
    write_csv(table([[text]]), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == f"\ufeff列\r\n'{text}\r\n".encode()


def test_long_digits_are_text_in_a_workbook(tmp_path) -> None:
    write_xlsx(table([["911101080000000001"], [911101080000000001], [5]]), tmp_path / "a.xlsx")
    cells = [row[0] for row in openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows(min_row=2)]
    assert [(c.value, c.data_type, c.number_format) for c in cells] == [
        ("911101080000000001", "s", "@"), ("911101080000000001", "s", "@"), (5, "n", "General"),
    ]  # fmt: skip


def test_numbers_stay_numbers(tmp_path) -> None:
    write_xlsx(table([[1, 2.5, None]]), tmp_path / "a.xlsx")
    assert from_xlsx(tmp_path / "a.xlsx") == [[1, 2.5]]


def test_text_longer_than_a_cell_ends_with_an_ellipsis(tmp_path) -> None:
    write_xlsx(table([["甲" * 40_000]]), tmp_path / "a.xlsx")
    assert from_xlsx(tmp_path / "a.xlsx") == [["甲" * 32_766 + "…"]]


def test_rows_beyond_one_sheet_go_on_to_another(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tables, "_MOST_ROWS", 2)
    write_xlsx(table([[n] for n in range(5)]), tmp_path / "a.xlsx")
    names = openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    assert (from_xlsx(tmp_path / "a.xlsx"), names) == ([[0], [1], [2], [3], [4]], ["表", "表2", "表3"])


def test_rows_are_taken_one_by_one_as_they_are_written(tmp_path) -> None:
    sizes = []

    def rows():
        for number in range(20_000):
            if number % 10_000 == 9_999:
                sizes.append(sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()) > 100_000)
            yield [f"第{number}行"]

    write_xlsx(table(rows()), tmp_path / "a.xlsx")
    assert sizes == [True, True]
