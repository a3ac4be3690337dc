"""What is done to recommended lists over HTTP: who may do what, and who is told. The whole way is in
test_five_provinces_story.py.
"""

import pytest

from schema.vocabulary import Role

LISTS = """{ recommendationLists(currentOnly: false) {
  receipt issuer version state counts possibleActs events { act actor rows { rank column reason } } } }"""
MESSAGES = "query M($unread: Boolean = false) { messages(unreadOnly: $unread, first: 200) { nodes { id region kind receipt readBy } } }"
DIFF = (
    "query D($before: ID!, $after: ID!) { compareLists(before: $before, after: $after) { entryId field before after } }"
)
SHADOW = "query S($receipt: ID!) { listShadow(receipt: $receipt) { computed differences { deviation } unscored } }"
READ = "mutation R($ids: [ID!]!) { markMessagesRead(ids: $ids) { messages { id readBy } problems { code value } } }"
RESEND = "mutation R($ids: [ID!]!) { resendMessages(ids: $ids) { messages { id delivery } problems { code } } }"
QUOTA = """mutation Q($input: SetQuotaInput!) { setQuota(input: $input) {
  rules { issuer deadline rules { name value basis } settings { total reason author } } problems { code place } } }"""
RULES = "{ selectionRules { issuer name rules { name value basis zh } } }"


@pytest.fixture
def henan(own):
    return own.of(Role.REGION, "41")


def test_a_returned_list_names_its_rows_with_reasons(own, henan, items) -> None:
    receipt = own.submit(henan, "41", items("41", 3))["list"]["receipt"]
    own.move(own.national, receipt, "CHECK")
    rows = [{"rank": 2, "column": "nationalTrack", "reason": "赛道不符"}]
    own.move(own.national, receipt, "RETURN", reason="一行有误", rows=rows)
    (found,) = henan.ask(LISTS)["recommendationLists"]
    assert (found["state"], found["events"][-1]["rows"]) == ("RETURNED", rows)


@pytest.mark.parametrize("act", ["CHECK", "ACCEPT", "RETURN", "PUBLISH", "CONFIRM", "FINALISE"])
def test_a_region_may_not_do_the_organisers_acts(own, henan, items, act) -> None:
    receipt = own.submit(henan, "41", items("41", 2))["list"]["receipt"]
    told = own.move(henan, receipt, act, reason="x")
    assert (told["list"], told["problems"][0]["code"]) == (None, "ACT_NOT_YOURS")


def test_a_region_withdraws_its_own_list_with_a_reason(own, henan, items) -> None:
    receipt = own.submit(henan, "41", items("41", 2))["list"]["receipt"]
    without, told = (own.move(henan, receipt, "WITHDRAW", reason=reason) for reason in ("", "重新评审"))
    assert ([p["code"] for p in without["problems"]], told["list"]["state"]) == (["REASON_MISSING"], "WITHDRAWN")


def test_another_regions_list_is_answered_like_one_that_does_not_exist(own, henan, items) -> None:
    receipt = own.submit(henan, "41", items("41", 2))["list"]["receipt"]
    other = own.of(Role.REGION, "13")
    answers = [own.move(other, each, "WITHDRAW", reason="x")["problems"] for each in (receipt, "TJ-41-009-00000000")]
    assert [[p["code"] for p in answer] for answer in answers] == [["LIST_UNKNOWN"], ["LIST_UNKNOWN"]]


@pytest.mark.parametrize("document", [DIFF, SHADOW])
def test_another_regions_list_is_neither_compared_nor_computed(own, henan, items, document) -> None:
    receipt = own.submit(henan, "41", items("41", 2))["list"]["receipt"]
    given = {"receipt": receipt} if document is SHADOW else {"before": receipt, "after": receipt}
    assert own.of(Role.REGION, "13").code(document, **given) == "LIST_UNKNOWN"


def test_a_job_does_nothing_to_lists(own) -> None:
    document = 'mutation { moveList(input: {receipt: "x", act: CHECK}) { problems { code } } }'
    assert own.of(Role.JOB).code(document) == "FORBIDDEN"


@pytest.mark.parametrize("role", [(Role.REGION, "41"), (Role.JOB, None)])
def test_only_the_national_organiser_sets_quotas(own, role) -> None:
    assert own.of(*role).code(QUOTA, input={"issuer": "41", "reason": "x", "total": 99}) == "FORBIDDEN"


@pytest.mark.parametrize("role", [(Role.REGION, "41"), (Role.JOB, None)])
def test_only_the_national_organiser_has_messages_sent_again(own, role) -> None:
    assert own.of(*role).code(RESEND, ids=["x"]) == "FORBIDDEN"


def test_a_quota_that_is_set_holds_from_then_on_and_stays_on_record(own, henan, items) -> None:
    told = own.national.ask(QUOTA, input={"issuer": "41", "reason": "会议纪要第 3 号", "total": 4})["setQuota"]
    own.accepted(henan, "41", items("41", 6))
    states = [item["state"] for item in own.national.ask("{ roster { items { state } } }")["roster"]["items"]]
    total = next(rule for rule in told["rules"]["rules"] if rule["name"] == "total")
    assert (total["basis"], told["rules"]["settings"][0]["reason"], states[4:]) == (
        "SET",
        "会议纪要第 3 号",
        ["ALTERNATE", "ALTERNATE"],
    )


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"issuer": "41", "reason": " "}, ["REASON_MISSING"]),
        ({"issuer": "41", "reason": "x", "total": 0}, ["NUMBER_INVALID"]),
        ({"issuer": "11", "reason": "", "perTrack": -1}, ["REASON_MISSING", "NUMBER_INVALID", "REGION_UNKNOWN"]),
        ({"issuer": "41", "reason": "x", "deadline": "9999-12-31T23:59:59Z"}, ["TIME_IMPLAUSIBLE"]),
    ],
)
def test_a_faulty_quota_is_told_all_its_problems(own, given, codes) -> None:
    assert [p["code"] for p in own.national.ask(QUOTA, input=given)["setQuota"]["problems"]] == codes


def test_a_region_sees_its_own_rules_and_what_they_rest_on(own) -> None:
    found = own.of(Role.REGION, "43").ask(RULES)["selectionRules"]
    printed = {each["issuer"]: {r["name"] for r in each["rules"] if r["basis"] == "PRINTED"} for each in found}
    assert printed == {
        "43": set(),
        "4309": {"awards", "prizes.0", "prizes.1", "minimums.0", "minimums.1", "minimums.2"},
    }


def test_a_message_is_read_once_and_the_first_reader_stays(own, henan, items) -> None:
    own.submit(henan, "41", items("41", 2))
    (sealed,) = henan.ask(MESSAGES)["messages"]["nodes"]
    for client in (henan, own.national):
        assert client.ask(READ, ids=[sealed["id"]])["markMessagesRead"]["messages"][0]["readBy"] == "REGION 41"
    assert henan.ask(MESSAGES, unread=True)["messages"]["nodes"] == []


def test_another_regions_messages_cannot_be_marked(own, henan, items) -> None:
    own.submit(henan, "41", items("41", 2))
    (sealed,) = henan.ask(MESSAGES)["messages"]["nodes"]
    told = own.of(Role.REGION, "13").ask(READ, ids=[sealed["id"]])["markMessagesRead"]
    assert (told["messages"], told["problems"]) == ([], [{"code": "MESSAGE_UNKNOWN", "value": sealed["id"]}])


def test_a_repeated_push_with_one_key_seals_one_list(own, henan, items) -> None:
    told = [own.submit(henan, "41", items("41", 2), idempotencyKey="k") for _ in range(2)]
    assert ([t["repeated"] for t in told], len({t["list"]["receipt"] for t in told})) == ([False, True], 1)
