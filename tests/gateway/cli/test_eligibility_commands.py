"""`dexhub check`, `dexhub clauses` and `dexhub registers`."""

import orjson
import pytest

from adapters.registry import regions

TOPIC = next(topic.id for _, topic in regions()["41"].catalogue.topics())
SOUND = {
    "region": "41", "topic": TOPIC, "title": "甲项目", "team": "甲队", "organisations": [{"name": "甲公司"}],
    "representatives": [{"name": "王一"}], "submittedAt": "2025-06-01T00:00:00+08:00",
}  # fmt: skip
LATE = {**SOUND, "submittedAt": "2025-09-01T00:00:00+08:00"}


@pytest.fixture
def stated(tmp_path):
    """A file of applications."""

    def write(content, name: str = "a.json"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
        return path

    return write


@pytest.mark.parametrize(("application", "code"), [(SOUND, 0), (LATE, 1), ([SOUND, LATE], 1)])
def test_the_exit_code_says_whether_a_clause_is_broken(dexhub, at, stated, application, code) -> None:
    assert dexhub("check", stated(application)).code == code


def test_the_verdicts_are_printed_with_the_words_of_the_notice(dexhub, at, stated) -> None:
    told = dexhub("check", stated(LATE)).out
    assert ("不符合" in told, "HA-timeline-registration" in told, "报名截止 2025-06-30" in told) == (True, True, True)


def test_a_table_of_applications_is_judged_row_by_row(dexhub, at, stated) -> None:
    rows = "赛区,赛题编号,项目名称,团队名称,参赛单位,参赛代表,提交时间\n" + "".join(
        f"河南,{TOPIC},项目{day},甲队,甲公司；乙公司,王一、李二,2025-{day}\n" for day in ("06-30", "07-01")
    )
    told = dexhub("check", stated(rows.encode("gb18030"), "a.csv"), "--json")
    broken = [[o["clause_id"] for o in one["verdicts"] if o["verdict"] == "NOT_MET"] for one in told.json]
    assert (told.code, broken) == (1, [[], ["HA-timeline-registration"]])


def test_a_file_with_several_mistakes_tells_them_all_and_judges_nothing(dexhub, at, stated) -> None:
    wrong = [{**SOUND, "topic": "x", "title": ""}, {**SOUND, "organisations": [{"name": "甲", "creditCode": "1"}]}]
    told = dexhub("check", stated(wrong))
    assert (told.code, told.problems) == (2, ["TOPIC_UNKNOWN", "VALUE_MISSING", "CREDIT_CODE_INVALID"])


def test_a_file_of_another_shape_tells_every_place_that_does_not_fit(dexhub, at, stated) -> None:
    told = dexhub("check", stated([{**SOUND, "colour": "red"}, {**SOUND, "team": 5}]))
    assert (told.code, told.problems) == (2, ["VALUE_INVALID", "VALUE_INVALID"])


@pytest.mark.parametrize(("name", "content"), [("a.json", b"{"), ("a.docx", b"x"), ("a.xlsx", b"x")])
def test_a_file_that_is_none_is_refused(dexhub, at, stated, name, content) -> None:
    assert dexhub("check", stated(content, name)).code == 2


def test_nothing_to_check_is_refused(dexhub) -> None:
    assert (dexhub("check").code, dexhub("check").problems) == (2, ["CHECK_WHAT"])


def test_checking_all_judges_only_what_changed(dexhub, at) -> None:
    assert dexhub("check", "--all", "--json").json["judged"] == 0


def test_clauses_are_listed_by_region_and_kind(dexhub) -> None:
    told = dexhub("clauses", "--region", "陕西", "--kind", "PRIOR_WINNER", "--json").json
    assert [(each["region"], each["kind"]) for each in told] == [("61", "PRIOR_WINNER")] * 2


def test_clauses_of_a_kind_stand_side_by_side_with_what_is_absent(dexhub) -> None:
    told = dexhub("clauses", "--kind", "prior_winner", "--compare").out
    assert ("原则上不可参加" in told, "查无 / not found: 2024年" in told) == (True, True)


def test_comparing_without_a_kind_is_refused(dexhub) -> None:
    assert dexhub("clauses", "--compare").problems == ["KIND_MISSING"]


def test_a_register_is_imported_listed_and_taken_off_again(dexhub, at, stated) -> None:
    path = stated("单位名称\n甲公司\n乙公司\n".encode(), "l.csv")
    added = dexhub("registers", "import", "TAX_OFFENDERS", path, "--reason", "税务局公告", "--json").json
    (first, second) = dexhub("registers", "list", "重大税收违法案件当事人名单", "--json").json
    dexhub("registers", "remove", first["id"], "--reason", "已移出")
    left = dexhub("registers", "list", "TAX_OFFENDERS", "--json").json
    assert (added["added"], left) == (2, [second])


def test_a_dry_run_of_an_import_enters_nothing(dexhub, at, stated) -> None:
    path = stated("单位名称\n甲公司\n".encode(), "l.csv")
    dexhub("registers", "import", "TAX_OFFENDERS", path, "--reason", "x", "--dry-run")
    assert dexhub("registers", "list", "TAX_OFFENDERS", "--json").json == []


def test_an_import_with_faults_tells_every_row_and_enters_nothing(dexhub, at, stated) -> None:
    path = stated("单位名称,统一社会信用代码\n,1\n甲公司,2\n乙公司,\n".encode(), "l.csv")
    told = dexhub("registers", "import", "TAX_OFFENDERS", path, "--reason", "x")
    assert (told.code, told.problems, dexhub("registers", "list", "TAX_OFFENDERS", "--json").json) == (
        1, ["VALUE_MISSING", "CREDIT_CODE_INVALID", "CREDIT_CODE_INVALID"], [],
    )  # fmt: skip


def test_the_template_of_a_register_is_written(dexhub, tmp_path) -> None:
    dexhub("registers", "template", "WINNERS_2024", tmp_path / "t.xlsx")
    assert (tmp_path / "t.xlsx").read_bytes()[:2] == b"PK"


def test_a_register_that_does_not_exist_is_refused_with_those_that_do(dexhub) -> None:
    assert dexhub("registers", "template", "nobody").problems == ["REGISTER_UNKNOWN"]


@pytest.mark.parametrize("topic", [TOPIC, "1-1", next(t.title for _, t in regions()["41"].catalogue.topics())])
def test_a_topic_may_be_given_by_id_by_numbers_or_by_its_title(dexhub, at, stated, topic) -> None:
    assert dexhub("check", stated({**SOUND, "topic": topic})).code == 0


def test_the_table_to_fill_in_is_written_and_can_be_read_back(dexhub, at, tmp_path) -> None:
    blank = tmp_path / "申报.xlsx"
    assert (dexhub("check", "--template", blank).code, dexhub("check", blank, "--json").json) == (0, [])


def test_problems_are_json_where_a_machine_asks(dexhub, at, stated) -> None:
    told = dexhub("check", stated({**SOUND, "title": ""}), "--json")
    assert (told.code, [problem["code"] for problem in told.json["problems"]]) == (2, ["VALUE_MISSING"])
