"""Registers that an organiser maintains: added to, replaced, read from files, each change on record."""

from datetime import UTC, datetime

import pytest

from schema.errors import RequestError
from schema.facts import NATIONAL_CONTEST
from schema.records import Entry, Organisation
from schema.vocabulary import Register
from sync import registers
from sync.organisation_names import normal_form
from sync.register_files import read_register, template
from sync.register_hits import RegisterIndex
from sync.registers import RegisterLine
from sync.repository.registers import RegisterStore

NOW = datetime(2025, 9, 1, tzinfo=UTC)
CODE, OTHER_CODE = "911101004JURQ2830N", "91110100FQEFLCR61M"
WHO = {"author": "组委会", "reason": "信用中国 2025-09-01", "now": NOW}
DEBTORS, CANCELLED = Register.DISHONEST_DEBTORS, Register.CANCELLED_SUB_TOPICS


def line(
    name: str = "甲科技有限公司", code: str | None = None, register: Register = DEBTORS, **more: str
) -> RegisterLine:
    return RegisterLine(register, name, code, **more)


def kept(database) -> list[str]:
    with database.read() as session:
        return sorted(row.name for row in RegisterStore(session).lines())


def test_a_line_is_stored_once_however_often_it_is_added(database) -> None:
    for _ in range(2):
        registers.change(database, DEBTORS, [line(), line()], **WHO)
    assert kept(database) == ["甲科技有限公司"]


def test_replacing_leaves_exactly_what_was_given(database) -> None:
    registers.change(database, DEBTORS, [line(), line("乙公司")], **WHO)
    made = registers.change(database, DEBTORS, [line("乙公司"), line("丙公司")], replace=True, **WHO)
    names = [[each.name for each in part] for part in (made.added, made.removed)]
    assert (kept(database), names) == (["丙公司", "乙公司"], [["丙公司"], ["甲科技有限公司"]])


def test_replacing_one_register_leaves_the_others(database) -> None:
    registers.change(database, DEBTORS, [line()], **WHO)
    registers.change(database, Register.TAX_OFFENDERS, [], replace=True, **WHO)
    assert kept(database) == ["甲科技有限公司"]


def test_a_register_is_maintained_from_its_first_change_even_to_nothing(database) -> None:
    made = registers.change(database, DEBTORS, [], **WHO)
    with database.read() as session:
        assert (made.opened, registers.maintained(session)) == (True, frozenset({DEBTORS, Register.ORGANISERS}))


def test_every_change_is_on_record_with_author_reason_and_lines(database) -> None:
    registers.change(database, DEBTORS, [line(code=CODE)], **WHO)
    with database.read() as session:
        (row,) = RegisterStore(session).changes()
    said = {"register": "DISHONEST_DEBTORS", "name": "甲科技有限公司", "credit_code": CODE}
    assert (row.author, row.reason, row.added, row.removed) == ("组委会", WHO["reason"], [said], [])


def test_a_change_that_changes_nothing_leaves_no_record(database) -> None:
    for _ in range(2):
        registers.change(database, DEBTORS, [line()], **WHO)
    with database.read() as session:
        assert len(RegisterStore(session).changes()) == 1


def test_a_change_without_a_reason_is_refused_and_changes_nothing(database) -> None:
    with pytest.raises(RequestError) as refused:
        registers.change(database, DEBTORS, [line()], author="组委会", reason=" ", now=NOW)
    assert (refused.value.code, kept(database)) == ("REASON_MISSING", [])


def test_removing_is_all_or_nothing_and_tells_every_id_that_cannot_go(database) -> None:
    registers.change(database, DEBTORS, [line()], **WHO)
    with pytest.raises(RequestError) as refused:
        registers.remove(database, [line().id, "none", registers.printed()[0].id], **WHO)
    codes = [problem.code for problem in refused.value.problems]
    assert (codes, kept(database)) == (["LINE_UNKNOWN", "LINE_PRINTED"], ["甲科技有限公司"])


def test_a_removed_line_is_gone_and_its_removal_on_record(database) -> None:
    registers.change(database, DEBTORS, [line()], **WHO)
    registers.remove(database, [line().id], **WHO)
    with database.read() as session:
        newest = RegisterStore(session).changes()[0]
    assert (kept(database), [each["name"] for each in newest.removed]) == ([], ["甲科技有限公司"])


def test_every_organiser_that_a_notice_names_stands_in_the_register_from_the_start() -> None:
    assert {each.contest for each in registers.printed()} >= {"13", "14", "41", "43", "61"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("甲（北京）科技有限公司", "甲(北京)科技有限公司"),
        ("甲北京科技有限公司", "甲（北京）科技有限公司"),
        ("甲科技有限责任公司", "甲科技有限公司"),
        ("甲科技有限公司（原：乙公司）", "甲科技有限公司"),
        ("ＡＢ科技有限公司", "ab科技有限公司"),
    ],
)
def test_names_that_clerks_write_in_two_ways_have_one_normal_form(one, other) -> None:
    assert normal_form(one) == normal_form(other)


def test_different_legal_forms_stay_different() -> None:
    assert normal_form("甲科技股份有限公司") != normal_form("甲科技有限公司")


@pytest.fixture
def entry() -> Entry:
    """An entry of one organisation with a code; nothing else of it is looked up."""
    unit = Organisation(name="甲科技有限公司", credit_code=CODE, is_lead=True)
    return Entry.model_construct(title="医保数据平台", topic_id="HE-T01-01", organisations=(unit,))


def certainty(entry, made: RegisterLine) -> list[bool]:
    hits = RegisterIndex([made]).hits(entry, frozenset(Register))
    return [hit.certain for hit in hits[made.register]]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (line("改名后的公司", CODE), [True]),
        (line("甲科技有限责任公司"), [False]),
        (line("甲科技有限公司", OTHER_CODE), [False]),
        (line("乙公司", OTHER_CODE), []),
        (line("甲科技有限公司", register=Register.ORGANISERS), [False]),
        (RegisterLine(Register.ORGANISERS, "甲科技有限公司", printed=True), [True]),
        (RegisterLine(Register.ORGANISERS, "甲科技有限责任公司", printed=True), [False]),
        (line("改名后的公司", CODE, Register.WINNERS_2024, project="医保数据 平台"), [True]),
        (line("甲科技有限公司", None, Register.WINNERS_2024, project="医保数据平台"), [False]),
        (line("甲科技有限公司", CODE, Register.WINNERS_2024, project="另一个项目"), []),
        (line("HE-T01-01-S1", register=CANCELLED, project="HE-T01-01"), [True]),
        (line("HE-T01-02-S1", register=CANCELLED, project="HE-T01-02"), []),
    ],
    ids=[
        "by code whatever the name", "by normal form only a warning", "same name and another code only a warning",
        "another organisation", "an organiser entered by hand by name only a warning",
        "an organiser printed in full", "an organiser printed otherwise", "a prize by title and code",
        "a prize by title alone a warning", "another project of a winner",
        "a cancelled sub-topic of its topic", "a cancelled sub-topic of another topic",
    ],
)  # fmt: skip
def test_a_line_is_found_by_code_for_certain_and_by_name_as_a_warning(entry, made, expected) -> None:
    assert certainty(entry, made) == expected


def test_a_register_that_nobody_maintains_is_absent_and_not_empty(entry) -> None:
    assert set(RegisterIndex([]).hits(entry, frozenset({DEBTORS}))) == {DEBTORS}


def table(*rows: str) -> bytes:
    return ("\n".join(rows) + "\n").encode("gb18030")


def test_a_table_of_winners_is_read_with_its_contests() -> None:
    body = table("项目名称,单位名称,统一社会信用代码,赛区", f"医保平台,甲公司,{CODE.lower()},全国", "交通平台,,,上海")
    (first, second) = read_register(Register.WINNERS_2024, "w.csv", body)
    assert (first.credit_code, first.contest, second.contest) == (CODE, NATIONAL_CONTEST, "31")


@pytest.mark.parametrize("said", ["HE-T01-01-S2", "钢铁垂直大模型：生产全链智能化升级"])
def test_a_cancelled_sub_topic_is_given_by_its_id_or_its_printed_title(said) -> None:
    (made,) = read_register(CANCELLED, "c.csv", table("子赛题,备注", f"{said},数据未开放"))
    assert (made.name, made.project, made.contest, made.remark) == ("HE-T01-01-S2", "HE-T01-01", "13", "数据未开放")


def test_what_is_no_sub_topic_of_a_notice_cannot_be_cancelled() -> None:
    with pytest.raises(RequestError) as refused:
        read_register(CANCELLED, "c.csv", table("子赛题", "HE-T01-01", "没有的子赛题"))
    assert [problem.code for problem in refused.value.problems] == ["SUB_TOPIC_UNKNOWN", "SUB_TOPIC_UNKNOWN"]


def test_a_table_with_several_faults_tells_them_all_with_row_and_column() -> None:
    body = table("单位名称,统一社会信用代码,赛区,组织角色", ",123,火星,主角", "甲公司,,,", "甲公司,,,")
    with pytest.raises(RequestError) as refused:
        read_register(Register.ORGANISERS, "o.csv", body)
    told = [(problem.code, problem.place.partition("第 ")[2][:1]) for problem in refused.value.problems]
    assert told == [
        ("VALUE_MISSING", "2"), ("CREDIT_CODE_INVALID", "2"), ("CONTEST_UNKNOWN", "2"), ("ROLE_UNKNOWN", "2"),
        ("LINE_REPEATED", ""),
    ]  # fmt: skip


def test_headings_that_are_unknown_or_missing_are_told_before_any_row() -> None:
    with pytest.raises(RequestError) as refused:
        read_register(DEBTORS, "d.csv", table("公司,备注", "甲,"))
    assert [problem.code for problem in refused.value.problems] == ["COLUMN_UNKNOWN", "COLUMN_MISSING"]


@pytest.mark.parametrize("register", Register)
def test_every_template_can_be_read_and_is_empty(register) -> None:
    assert read_register(register, "template.xlsx", template(register)) == []
