"""Applications in tables, as clerks fill them in: every cell finds its place, every problem its row and column."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from adapters.registry import regions
from schema.errors import RequestError
from schema.form import form_fields
from schema.vocabulary import DocumentKind, OrganisationKind
from sync.application_files import read_applications
from sync.application_table import form_value, template

TRACK, TOPIC = next(iter(regions()["41"].catalogue.topics()))
SOUND = {"赛区": "河南", "赛题编号": TOPIC.id, "项目名称": "甲项目", "团队名称": "甲队", "参赛单位": "甲公司；乙公司"}


@pytest.fixture
def filled(tmp_path):
    """The template with rows filled in, by the beginning of a heading."""

    def write(*rows):
        book = load_workbook(BytesIO(template()))
        sheet = book.worksheets[0]
        headings = {str(cell.value): cell.column for cell in sheet[1]}
        for number, row in enumerate(rows, start=2):
            for name, value in row.items():
                column = next(column for heading, column in headings.items() if heading.startswith(name))
                sheet.cell(number, column, value)
        book.save(tmp_path / "申报.xlsx")
        return tmp_path / "申报.xlsx"

    return write


def only(path):
    ((_, application),) = read_applications(path)
    return application


def told(path) -> list[tuple[str, str]]:
    with pytest.raises(RequestError) as refused:
        read_applications(path)
    return [(problem.code, problem.place.removeprefix("申报.xlsx ")) for problem in refused.value.problems]


def test_the_template_has_a_column_for_every_field_of_the_form() -> None:
    sheet = load_workbook(BytesIO(template())).worksheets[0]
    assert [str(cell.value)[:4] for cell in sheet[1] if str(cell.value).startswith("F0")] == list(form_fields())


def test_the_template_lists_every_topic_on_a_second_sheet() -> None:
    sheet = load_workbook(BytesIO(template())).worksheets[1]
    listed = {row[2].value for row in sheet.iter_rows(min_row=2)}
    assert listed == {topic.id for adapter in regions().values() for _, topic in adapter.catalogue.topics()}


def test_kinds_and_codes_stand_in_the_order_of_the_organisations(filled) -> None:
    row = SOUND | {"统一社会信用代码": "；911101004JURQ2830N", "单位性质": "央企；科研院校"}
    units = [(unit.name, unit.credit_code, unit.kind) for unit in only(filled(row)).organisations]
    assert units == [
        ("甲公司", None, OrganisationKind.CENTRAL_STATE_OWNED),
        ("乙公司", "911101004JURQ2830N", OrganisationKind.RESEARCH),
    ]


def test_papers_are_named_as_the_notices_do_with_their_owners(filled) -> None:
    papers = only(filled(SOUND | {"证明材料": "财务审计（甲公司）；信用情况"})).documents
    assert [(paper.kind, paper.owner) for paper in papers] == [
        (DocumentKind.AUDIT, "甲公司"), (DocumentKind.CREDIT, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "submitted"),
    [
        ("2025-06-30", "2025-06-30T00:00:00+08:00"),
        ("2025-06-30 9:05", "2025-06-30T09:05:00+08:00"),
        ("2025-06-30 23:59:59", "2025-06-30T23:59:59+08:00"),
        ("2025-06-30T15:59:59Z", "2025-06-30T15:59:59+00:00"),
    ],
)
def test_a_time_without_an_offset_is_beijings(filled, said, submitted) -> None:
    assert only(filled(SOUND | {"提交时间": said})).submitted_at.isoformat() == submitted


def test_a_form_of_which_nothing_is_filled_in_was_not_handed_in(filled) -> None:
    assert only(filled(SOUND)).form is None


def test_a_blank_field_of_a_form_that_was_filled_in_is_a_gap(filled) -> None:
    form = only(filled(SOUND | {"F008": "简述"})).form
    assert (form["F008"], form["F005"]) == ("简述", "")


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("F008", "一；二", "一；二"),
        ("F011", "公共数据；企业数据", ["公共数据", "企业数据"]),
        ("F027", "1,200", 1200.0),
        ("F027", "约一千", "约一千"),
        ("F029", "降低人力成本：12\n提升效率：", {"降低人力成本": 12.0, "提升效率": ""}),
        ("F042", "甲公司简介\n乙公司简介", ["甲公司简介", "乙公司简介"]),
        ("F076", "专利甲 | CN1 | 有", [{"专利名称": "专利甲", "专利号": "CN1", "证明材料": "有"}]),
    ],
    ids=["text", "choices", "number", "no number", "group", "each organisation", "table"],
)
def test_a_cell_of_the_form_is_read_by_what_its_field_is(field, text, value) -> None:
    assert form_value(form_fields()[field], text) == value


def test_every_problem_of_every_row_is_told_by_row_and_column(filled) -> None:
    first = SOUND | {"单位性质": "民营；外星", "统一社会信用代码": "；1234", "证明材料": "财务审计；怪材料"}
    second = SOUND | {"赛区": "火星", "项目名称": None, "提交时间": "昨天"}
    assert told(filled(first, second)) == [
        ("VALUE_INVALID", "第 2 行 row 2：单位性质（第 2 个）"),
        ("VALUE_INVALID", "第 2 行 row 2：证明材料（第 2 个）"),
        ("CREDIT_CODE_INVALID", "第 2 行 row 2：统一社会信用代码（第 2 个）"),
        ("VALUE_INVALID", "第 3 行 row 3：提交时间"),
        ("REGION_UNKNOWN", "第 3 行 row 3：赛区"),
        ("VALUE_MISSING", "第 3 行 row 3：项目名称"),
    ]
