"""What becomes of lists, on the command line."""

import orjson
import pytest
from sqlalchemy import text


@pytest.fixture
def receipt(dexhub, at, items, tmp_path):
    """Pushes a list of so many rows; its receipt."""

    def push(count: int) -> str:
        path = tmp_path / "list.json"
        path.write_bytes(orjson.dumps(items("41", count)))
        run = dexhub("lists", "push", path, "--region", "41", "--confirm", "已逐项核实", "--json")
        return run.json["receipt"]

    return push


def test_a_list_is_told_with_its_state(dexhub, receipt) -> None:
    made = receipt(2)
    rows = [(row["receipt"], row["state"]) for row in dexhub("lists", "list", "--json").json]
    assert (rows, "已封存" in dexhub("lists", "list").out) == ([(made, "SEALED")], True)


def test_a_list_is_returned_with_the_rows_to_mend(dexhub, receipt) -> None:
    made = receipt(2)
    dexhub("lists", "act", made, "check")
    run = dexhub("lists", "act", made, "return", "--reason", "有误", "--row", "2=赛道不符")
    assert (run.code, "已退回" in run.out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("accept",), "ACT_IMPOSSIBLE"),
        (("withdraw",), "REASON_MISSING"),
        (("seal",), "ACT_IMPOSSIBLE"),
        (("check", "--row", "x"), "ROW_INVALID"),
        (("check", "--row", "9=有误"), "ROW_UNKNOWN"),
    ],
)
def test_an_act_that_is_not_possible_is_refused_with_the_reason(dexhub, receipt, arguments, code) -> None:
    run = dexhub("lists", "act", receipt(2), *arguments)
    assert (run.code, run.problems) == (2, [code])


def test_two_versions_are_compared(dexhub, receipt) -> None:
    before, after = receipt(2), receipt(3)
    run = dexhub("lists", "diff", before, after, "--json")
    assert (run.code, [each["field"] for each in run.json]) == (1, ["entryId", "rank"])


def test_a_version_does_not_differ_from_itself(dexhub, receipt) -> None:
    made = receipt(2)
    assert dexhub("lists", "diff", made, made, "--json").code == 0


def test_the_computed_list_stands_beside_the_pushed_one(dexhub, receipt) -> None:
    run = dexhub("lists", "shadow", receipt(2), "--json")
    assert (run.code, len(run.json["computed"]) > 2) == (0, True)


def test_a_receipt_that_does_not_exist_is_refused(dexhub, at) -> None:
    assert dexhub("lists", "shadow", "TJ-41-001-00000000").problems == ["LIST_UNKNOWN"]


def test_a_quota_that_is_set_is_listed_with_its_ground(dexhub, at) -> None:
    dexhub("quotas", "set", "41", "--reason", "会议纪要", "--total", "30", "--deadline", "2025-09-30T18:00")
    found = {each["issuer"]: each for each in dexhub("quotas", "list", "--json").json}
    assert (found["41"]["settings"][0]["total"], found["41"]["deadline"]) == (30, "2025-09-30T18:00:00+08:00")


def test_rules_are_listed_with_the_notices_words(dexhub, at) -> None:
    assert "从中遴选28个优秀项目推荐至全国总决赛" in dexhub("quotas", "list").out.replace("\n", "")


def test_a_deadline_that_is_no_time_is_refused(dexhub, at) -> None:
    assert dexhub("quotas", "set", "41", "--reason", "x", "--deadline", "明天").problems == ["TIME_INVALID"]


def test_messages_are_listed_sent_and_sent_again(dexhub, receipt) -> None:
    receipt(2)
    (message,) = dexhub("messages", "list", "--json").json
    sent = dexhub("messages", "send", "--json").json
    again = dexhub("messages", "resend", message["id"])
    assert (sent, again.code, dexhub("messages", "list", "--json").json[0]["delivery"]) == (
        {"delivered": 0, "failed": 0, "inbox_only": 1},
        0,
        "PENDING",
    )


def test_the_doctor_finds_nothing_in_what_was_pushed(dexhub, receipt) -> None:
    receipt(2)
    assert (dexhub("doctor").code, dexhub("doctor", "--json").json["problems"]) == (0, [])


def test_the_doctor_says_what_was_bent(dexhub, at, receipt) -> None:
    receipt(2)
    with at.write() as session:
        session.execute(text("UPDATE recommendation_list SET digest = 'x'"))
    run = dexhub("doctor", "--json")
    assert (run.code, [each["code"] for each in run.json["problems"]]) == (1, ["DIGEST_DIFFERS", "RECEIPT_DIFFERS"])
