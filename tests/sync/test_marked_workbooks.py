"""The clerk's own workbook, marked: what is added to it, what of it stays, and that marking can be repeated."""

import io
import zipfile

import openpyxl
import pytest
import xlwt
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill

from schema.vocabulary import Severity
from sync.list_files import marked, read_list
from sync.workbooks.findings import Mark

HEAD = ["名次", "项目编号", "所属处室", "项目名称"]
ROWS = [[1, "A1", "一处", "甲"], [2, "A2", "二处", "乙"], [3, "A3", "三处", "丙"]]


def mark(row, column, code="WRONG", severity=Severity.BLOCKED) -> Mark:
    return Mark(row, column, severity, code, None, f"{code}错误", f"{code} is wrong", "请改正", "mend it")


def own_workbook() -> bytes:
    """As clerks make them: a title, colours, a comment, a format, a second sheet with a formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "推荐表"
    sheet["A1"] = "某某分赛推荐名单"
    sheet.merge_cells("A1:D1")
    for row in (HEAD, *ROWS):
        sheet.append(row)
    sheet["B3"].fill = PatternFill("solid", start_color="FF00FF00")
    sheet["B3"].font = Font(name="仿宋", size=14)
    sheet["B4"].comment = Comment("请处长核对", "小王")
    sheet.column_dimensions["D"].width = 55
    sheet.conditional_formatting.add("A3:A9", CellIsRule("greaterThan", ["9"], font=Font(bold=True)))
    other = book.create_sheet("统计")
    other["A1"] = "=COUNTA(推荐表!B3:B9)"
    return saved(book)


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


def coloured(sheet) -> dict[str, str]:
    """Cells under a colour of ours, and the colour."""
    return {
        str(cell): rule.dxf.fill.end_color.rgb
        for ranges in sheet.conditional_formatting
        for rule in ranges.rules
        if rule.dxf.fill is not None
        for cell in ranges.cells.ranges
    }


@pytest.fixture
def sheet():
    """Two cells wrong, one in doubt, one row, the whole list."""
    marks = [mark(3, "rank"), mark(4, "entryId", "ODD", Severity.WARNING), mark(4, "entryId"), mark(5, None, "ROW"),
             mark(None, None, "LIST")]  # fmt: skip
    return opened(marked(own_workbook(), marks))["推荐表"]


def test_wrong_cells_are_coloured_by_the_gravest_finding(sheet) -> None:
    assert coloured(sheet) == {"A3": "FFFFA7A7", "B4": "FFFFA7A7"}


def test_each_wrong_cell_has_a_comment_with_the_remedy(sheet) -> None:
    assert sheet["A3"].comment.text == "【须改正 must be mended】WRONG错误。请改正。\nWRONG is wrong; mend it."


def test_a_column_of_findings_stands_at_the_right(sheet) -> None:
    first_lines = [str(sheet.cell(row, 5).value).split("\n")[:2] for row in (2, 3, 4, 5)]
    assert first_lines == [
        ["核对结果 Check", "【须改正 must be mended】LIST错误。请改正。"],
        ["【须改正 must be mended】名次：WRONG错误。请改正。", "WRONG is wrong; mend it."],
        ["【须改正 must be mended】项目编号：WRONG错误。请改正。", "WRONG is wrong; mend it."],
        ["【须改正 must be mended】ROW错误。请改正。", "ROW is wrong; mend it."],
    ]


def test_the_clerks_own_comment_stays_above_ours(sheet) -> None:
    assert sheet["B4"].comment.text.split("\n")[:2] == ["请处长核对", "―― dexhub ――"]


def test_everything_of_the_clerks_stays_as_it_was(sheet) -> None:
    cell = sheet["B3"]
    kept = (cell.fill.start_color.rgb, cell.font.name, sheet.column_dimensions["D"].width, str(sheet.merged_cells))
    assert kept == ("FF00FF00", "仿宋", 55, "A1:D1")
    assert sheet.parent["统计"]["A1"].value == "=COUNTA(推荐表!B3:B9)"


def test_own_conditional_formats_stay(sheet) -> None:
    assert [str(each.sqref) for each in sheet.conditional_formatting if each.rules[0].type == "cellIs"] == ["A3:A9"]


def test_a_marked_workbook_reads_like_the_one_it_was_made_from() -> None:
    body = own_workbook()
    assert read_list(marked(body, [mark(3, "rank"), mark(None, None)]), "41") == read_list(body, "41")


def test_marking_again_replaces_what_was_marked_before() -> None:
    once = marked(own_workbook(), [mark(3, "rank"), mark(4, "entryId")])
    again = opened(marked(once, [mark(5, "rank")]))["推荐表"]
    comments = {cell.coordinate: cell.comment.text for row in again.iter_rows() for cell in row if cell.comment}
    assert (coloured(again), comments["B4"], set(comments)) == ({"A5": "FFFFA7A7"}, "请处长核对", {"A5", "B4"})
    assert [again.cell(row, 5).value for row in (3, 4)] == [None, None]
    assert again.max_column == 5


def test_what_must_be_filled_in_gets_a_column_to_stand_in() -> None:
    content = marked(own_workbook(), [mark(3, "nationalTrack")])
    sheet = opened(content)["推荐表"]
    assert [sheet.cell(2, column).value for column in (5, 6)] == ["国家赛道 National track", "核对结果 Check"]
    sheet["E3"] = "N06 科技创新"
    assert [item.national_track for item in read_list(saved(sheet.parent), "41").items] == ["N06", None, None]


def with_a_chart() -> bytes:
    book = opened(own_workbook())
    chart = BarChart()
    chart.add_data(Reference(book["推荐表"], min_col=1, min_row=2, max_row=5), titles_from_data=True)
    book["推荐表"].add_chart(chart, "G3")
    return saved(book)


def test_a_chart_stays_and_nothing_is_said_of_it() -> None:
    body = with_a_chart()
    (chart,) = opened(marked(body, [mark(3, "rank")]))["推荐表"]._charts
    assert (chart.ser[0].val.numRef.f, read_list(body, "41").marks) == ("'推荐表'!$A$3:$A$5", ())


PICTURE = {"xl/media/image1.png": b"\x89PNG"}
SHAPE = {"xl/drawings/drawing9.xml": b'<xdr:wsDr xmlns:xdr="x"><xdr:sp macro=""/></xdr:wsDr>'}


@pytest.mark.parametrize("parts", [PICTURE, SHAPE], ids=["a picture", "a shape"])
def test_the_clerk_is_told_of_what_the_marked_workbook_will_be_without(parts) -> None:
    file = io.BytesIO(own_workbook())
    with zipfile.ZipFile(file, "a") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    (told,) = read_list(file.getvalue(), "41").marks
    assert (told.code, told.stops) == ("DRAWING_LEFT_OUT", False)


def as_csv() -> bytes:
    return "\n".join(",".join(map(str, row)) for row in [[], HEAD, *ROWS]).encode("gb18030")


def as_xls() -> bytes:
    book, out = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("表")
    for number, row in enumerate([[], HEAD, *ROWS]):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("make", [as_csv, as_xls])
def test_another_file_comes_back_as_a_workbook_of_its_rows_in_their_places(make) -> None:
    sheet = opened(marked(make(), [mark(4, "entryId")]))["推荐名单"]
    assert [[cell.value for cell in row] for row in sheet["A2:D5"]] == [
        [str(value) for value in row] for row in [HEAD, *ROWS]
    ]
    assert (sheet["B4"].comment is not None, coloured(sheet)) == (True, {"B4": "FFFFA7A7"})


def test_a_json_file_comes_back_with_a_row_of_headings() -> None:
    body = b'[{"rank": 1, "entryId": "A"}, {"rank": "x", "entryId": "B"}]'
    sheet = opened(marked(body, read_list(body, "41").marks))["推荐名单"]
    assert ([cell.value for cell in sheet["A"]], sheet["A3"].comment is not None) == (["rank", "1", "x"], True)


def test_text_of_a_csv_file_that_begins_like_a_formula_stays_text() -> None:
    body = "名次,项目编号,备注\nx,A,=1+1\n".encode()
    cell = opened(marked(body, [mark(2, "rank")]))["推荐名单"]["C2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
