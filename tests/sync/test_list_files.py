"""Files that clerks send, sound, clumsy and hostile: each is read, or answered with what to do."""

import io
import struct
import zipfile
from datetime import date

import openpyxl
import orjson
import pytest
import xlwt
from openpyxl.worksheet.worksheet import Worksheet

from schema.errors import RequestError
from schema.vocabulary import Severity
from sync.list_files import read_list
from sync.lists import ListItem
from sync.workbooks import confinement
from sync.workbooks.kinds import MOST_BYTES

HEAD = ["名次", "项目编号", "国家赛道"]
TABLE = [HEAD, [1, "HA2025000001", "科技创新"], [2, "41:HA2025000002", ""]]
EXPECTED = (ListItem(1, "41:HA2025000001", "N06"), ListItem(2, "41:HA2025000002", None))


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx(rows, change=lambda _: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    return saved(book)


def xls(rows) -> bytes:
    book, out = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("名单")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.save(out)
    return out.getvalue()


def csv(rows, encoding: str, delimiter: str = ",") -> bytes:
    return "\n".join(delimiter.join(str(cell) for cell in row) for row in rows).encode(encoding)


def as_json(rows) -> bytes:
    names = ("rank", "entryId", "nationalTrack")
    return orjson.dumps([dict(zip(names, row, strict=True)) for row in rows[1:]])


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def with_members(book: bytes, **members: bytes) -> bytes:
    out = io.BytesIO(book)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def compound(*streams: str) -> bytes:
    """The start of a compound document, and names as its directory has them."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(s.encode("utf-16-le") for s in streams)


def two_sheets(second: str = "名单2") -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(TABLE)))
    sheet = book.create_sheet(second)
    for row in TABLE:
        sheet.append(row)
    return saved(book)


def merged_everywhere() -> bytes:
    """A workbook of six kilobytes that claims one merged range over the whole sheet."""
    body, out = xlsx(TABLE, lambda s: s.merge_cells("A9:B9")), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(out, "w") as target:
        for member in source.infolist():
            target.writestr(member, source.read(member).replace(b'"A9:B9"', b'"A9:XFD1048576"'))
    return out.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        xlsx(TABLE),
        xlsx([["某省推荐名单"], [], *TABLE]),
        xls(TABLE),
        csv(TABLE, "utf-8"),
        csv(TABLE, "utf-8-sig"),
        csv(TABLE, "gb18030"),
        csv(TABLE, "utf-16", "\t"),
        csv(TABLE, "utf-8", ";"),
        csv(TABLE, "gb18030", "\t"),
        as_json(TABLE),
        orjson.dumps({"items": orjson.loads(as_json(TABLE))}),
        xlsx([["Entry", "National track", "Rank"], ["HA2025000001", "N06", 1], ["HA2025000002", None, "2"]]),
        xlsx([["序号", *HEAD], [7, *TABLE[1]], [8, *TABLE[2]]]),
        xlsx([["名次（必填）", "项目编号 *", "国家赛道"], *TABLE[1:]]),
        xlsx([HEAD, ["１", " ＨＡ2025000001 ", "N06 科技创新"], [2.0, "HA2025000002\u200b", " "]]),
        csv([HEAD, [1, "HA2025\x00000001", "N06"], [2, "HA2025000002\x1f", ""]], "utf-16", "\t"),
        xlsx([HEAD, [], TABLE[1], [None, "", "  "], TABLE[2], []]),
    ],
    ids=["xlsx", "xlsx with a title above", "xls", "csv", "csv with BOM", "csv in GB 18030", "Unicode text", "semicolons",
         "tabs", "json", "json under items", "English headings", "numbered rows beside ranks", "headings with hints",
         "full width and spaces", "control characters", "empty rows between"],
)  # fmt: skip
def test_each_form_of_file_gives_the_same_items(body) -> None:
    found = read_list(body, "41")
    assert (found.items, found.marks) == (EXPECTED, ())


@pytest.mark.parametrize(
    ("body", "rows"),
    [(xlsx([["名单"], [], HEAD, [], TABLE[1], [], TABLE[2]]), (5, 7)), (csv([[], *TABLE], "utf-8"), (3, 4)),
     (xls(TABLE), (2, 3)), (as_json(TABLE), (1, 2))],
    ids=["xlsx", "csv", "xls", "json"],
)  # fmt: skip
def test_every_item_knows_the_row_it_stands_in(body, rows) -> None:
    assert read_list(body, "41").rows == rows


# A file that holds no list: what it is, the answer's code, and the HTTP status.
REFUSED = {
    "empty": (lambda: b"", "FILE_EMPTY", 422),
    "only blanks": (lambda: b"\xef\xbb\xbf \r\n", "FILE_EMPTY", 422),
    "renamed program": (lambda: b"MZ\x90\x00" + bytes(100), "FILE_FOREIGN", 415),
    "PDF": (lambda: b"%PDF-1.7", "FILE_FOREIGN", 415),
    "picture": (lambda: b"\x89PNG\r\n", "FILE_FOREIGN", 415),
    "web page called .xls": (lambda: b"<html><table><tr><td>1", "FILE_FOREIGN", 415),
    "web page after an XML line": (lambda: b'<?xml version="1.0"?>\n<HTML>', "FILE_FOREIGN", 415),
    "XML": (lambda: b'<?xml version="1.0"?><Workbook/>', "FILE_FOREIGN", 415),
    "binary": (lambda: bytes(range(256)), "FILE_FOREIGN", 415),
    "archive": (lambda: packed(a_dot_txt=b"x"), "FILE_FOREIGN", 415),
    "old Word document": (lambda: compound("WordDocument"), "FILE_FOREIGN", 415),
    "binary workbook": (lambda: packed(xl__workbook_dot_bin=b"x"), "FILE_FOREIGN", 415),
    "macro": (lambda: with_members(xlsx(TABLE), xl__vbaProject_dot_bin=b"x"), "FILE_HAS_MACRO", 415),
    "old workbook with macro": (lambda: compound("Workbook", "_VBA_PROJECT"), "FILE_HAS_MACRO", 415),
    "password": (lambda: compound("EncryptionInfo", "EncryptedPackage"), "FILE_HAS_PASSWORD", 415),
    "cut off workbook": (lambda: xlsx(TABLE)[:2000], "FILE_UNREADABLE", 422),
    "workbook without its sheet": (lambda: packed(xl__workbook_dot_xml=b"<x/>"), "FILE_UNREADABLE", 422),
    "cut off old workbook": (lambda: xls(TABLE)[:1536] + "Workbook".encode("utf-16-le"), "FILE_UNREADABLE", 422),
    "too many bytes": (lambda: b"1," * (MOST_BYTES // 2 + 1), "FILE_TOO_LARGE", 413),
    "bomb": (lambda: with_members(xlsx(TABLE), xl__media__a_dot_png=bytes(64 << 20)), "FILE_TOO_LARGE", 413),
    "bomb of styles": (lambda: with_members(xlsx(TABLE), xl__a_dot_xml=bytes(5 << 20)), "FILE_TOO_LARGE", 413),
    "stray cell in the last corner": (lambda: xlsx(TABLE, lambda s: s.cell(1_048_576, 16_384, 1)), "FILE_TOO_LARGE", 413),
    "merged over the whole sheet": (merged_everywhere, "FILE_TOO_LARGE", 413),
    "old workbook over the whole sheet": (lambda: xls([*TABLE, *[[]] * 65_000, [""] * 255 + ["x"]]), "FILE_TOO_LARGE", 413),
    "other headings": (lambda: xlsx([["甲", "乙"], [1, 2]]), "HEADINGS_NOT_FOUND", 422),
    "wrong encoding": (lambda: "名次,項目編號\n1,A\n".encode("big5"), "HEADINGS_NOT_FOUND", 422),
    "no encoding": (lambda: b"a,b\n\xff\xff,\x81", "FILE_ENCODING", 422),
    "no ranks": (lambda: xlsx([["项目编号"], ["A"]]), "COLUMN_MISSING", 422),
    "empty sheet": (lambda: xlsx([]), "FILE_EMPTY", 422),
    "heading twice": (lambda: xlsx([["名次", "项目编号", "名次"], [1, "A", 2]]), "HEADING_REPEATED", 422),
    "two sheets with a list": (two_sheets, "SHEET_AMBIGUOUS", 422),
    "quotation mark left open": (lambda: b'rank,entryId\n1,"A', "FILE_UNREADABLE", 422),
    "half a JSON": (lambda: b'[{"rank": 1', "FILE_UNREADABLE", 422),
    "JSON of numbers": (lambda: b"[1, 2]", "FILE_UNREADABLE", 422),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_holds_no_list_is_refused_with_a_remedy_in_both_languages(name) -> None:
    make, code, status = REFUSED[name]
    with pytest.raises(RequestError) as refused:
        read_list(make(), "41")
    (problem,) = refused.value.problems
    assert (problem.code, refused.value.status) == (code, status)
    assert all((problem.zh, problem.en, problem.remedy_zh, problem.remedy_en))


def hide(number: int):
    def change(sheet: Worksheet) -> None:
        sheet.row_dimensions[number].hidden = True

    return change


# A list with something wrong in it: its file, and each finding's row, column and code. Nothing else may be found.
FAULTY = {
    "no rank": (xlsx([HEAD, [None, "A", ""]]), [(2, "rank", "VALUE_MISSING")]),
    "rank in words": (xlsx([HEAD, ["第一", "A", ""]]), [(2, "rank", "RANK_INVALID")]),
    "rank with a fraction": (xlsx([HEAD, [1.5, "A", ""]]), [(2, "rank", "RANK_INVALID")]),
    "negative rank": (csv([HEAD, [-1, "A", ""]], "utf-8"), [(2, "rank", "RANK_INVALID")]),
    "rank is a date": (xlsx([HEAD, [date(2025, 1, 2), "A", ""]]), [(2, "rank", "CELL_IS_DATE")]),
    "no entry": (xlsx([HEAD, [1, None, "N01"]]), [(2, "entryId", "VALUE_MISSING")]),
    "sum below the list": (
        xlsx([HEAD, [1, "A", ""], ["合计 1 项"]]), [(3, "rank", "RANK_INVALID"), (3, "entryId", "VALUE_MISSING")]
    ),
    "entry is a date": (xlsx([HEAD, [1, date(2025, 3, 1), ""]]), [(2, "entryId", "CELL_IS_DATE")]),
    "entry lost its digits": (xlsx([HEAD, [1, 2025000000000000123, ""]]), [(2, "entryId", "CELL_DIGITS_LOST")]),
    "formula that failed": (xlsx([HEAD, [1, "#N/A", ""]]), [(2, "entryId", "CELL_ERROR")]),
    "formula never computed": (xlsx([HEAD, ["=ROW()-1", "A", ""]]), [(2, "rank", "CELL_NOT_COMPUTED")]),
    "merged ranks": (
        xlsx([HEAD, [1, "A", ""], [None, "B", ""]], lambda s: s.merge_cells("A2:A3")),
        [(2, None, "CELL_MERGED"), (3, None, "CELL_MERGED"), (3, "rank", "VALUE_MISSING")],
    ),
    "hidden row": (xlsx([HEAD, [1, "A", ""]], hide(2)), [(2, None, "ROW_HIDDEN")]),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_everything_wrong_is_found_at_its_row_and_column(name) -> None:
    body, expected = FAULTY[name]
    assert [(mark.row, mark.column, mark.code) for mark in read_list(body, "41").marks] == expected


def test_the_faults_of_all_rows_are_told_at_once() -> None:
    rows = [HEAD, ["一", "A", ""], [2, "", "N01"], [3, "C", ""], [None, "D", ""]]
    assert [mark.row for mark in read_list(xlsx(rows), "41").marks] == [2, 3, 5]


def test_a_formula_counts_as_what_was_last_shown_and_is_told() -> None:
    body = xlsx([HEAD, [1, "A", ""]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(out, "w") as target:
        for member in source.infolist():
            content = source.read(member)
            target.writestr(member, content.replace(b"<v>1</v>", b"<f>ROW()-1</f><v>1</v>"))
    found = read_list(out.getvalue(), "41")
    assert (found.items[0].rank, [(m.code, m.severity) for m in found.marks]) == (
        1, [("CELL_FORMULA", Severity.WARNING)],
    )  # fmt: skip


def test_a_list_on_another_sheet_is_found() -> None:
    book = openpyxl.Workbook()
    book.active.append(["封面"])
    for row in TABLE:
        book.create_sheet("附件").append(row) if "附件" not in book.sheetnames else book["附件"].append(row)
    assert read_list(saved(book), "41").items == EXPECTED


def test_a_hidden_sheet_is_not_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(two_sheets()))
    book["名单2"].sheet_state = "hidden"
    assert read_list(saved(book), "41").items == EXPECTED


def test_a_hundred_thousand_rows_are_refused_before_they_are_read() -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [["名次", "项目编号", "国家赛道"], *([n, f"A{n}", ""] for n in range(1, 100_001))]:
        sheet.append(row)
    with pytest.raises(RequestError) as refused:
        read_list(saved(book), "41")
    assert refused.value.code == "FILE_TOO_LARGE"


def test_what_needs_more_memory_than_a_list_is_worth_is_refused() -> None:
    # Without references no bound on cells sees them: three million cells of seven bytes.
    cells = b"<row>" + b"<c/>" * 3_000_000 + b"</row>"
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(TABLE))) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            is_sheet = member.filename == "xl/worksheets/sheet1.xml"
            target.writestr(member.filename, sheet % cells if is_sheet else source.read(member))
    with pytest.raises(RequestError) as refused:
        read_list(out.getvalue(), "41")
    assert refused.value.code == "FILE_TOO_LARGE"


def test_what_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "MOST_SECONDS", 0.01)
    with pytest.raises(RequestError) as refused:
        read_list(xlsx(TABLE), "41")
    assert refused.value.code == "FILE_TOO_LARGE"


def test_a_damaged_old_workbook_harms_nobody() -> None:
    body = bytearray(xls(TABLE))
    struct.pack_into("<I", body, 48, 0xFFFFFF00)  # where its directory starts
    with pytest.raises(RequestError) as refused:
        read_list(bytes(body), "41")
    assert refused.value.code == "FILE_UNREADABLE"
