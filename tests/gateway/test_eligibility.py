"""What the clauses say, over GraphQL: of stored entries, of applications, region beside region; waivers and registers."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.registry import regions
from schema.vocabulary import Role

WAIVE = """mutation Waive($clause: ID!, $entry: ID!, $reason: String!, $expires: DateTime!) {
  waive(clause: $clause, entry: $entry, reason: $reason, expires: $expires) {
    waiver { id author reason holds clause { id leeway } } problems { code } } }"""
REVOKE = """mutation Revoke($id: ID!) {
  revokeWaiver(id: $id, reason: "重新核查") { waiver { holds revokedBy revokeReason } problems { code } } }"""
STANDING = """query Standing($id: ID!) { entry(id: $id) { eligibility {
  status verdicts { clause { id } verdict waiver { author expiresAt } } } } }"""
CHANGE = """mutation Change($lines: [RegisterLineInput!]!, $dryRun: Boolean! = false) {
  changeRegister(register: WINNERS_2024, lines: $lines, reason: "公示名单", dryRun: $dryRun) {
    added removed judged dryRun problems { code place } } }"""
BARRED = "SX-prior_winner-in_principle"
BY_CLAUSE = """query Found($clause: ID!) {
  entries(filter: {clauses: [$clause], verdicts: [NOT_MET], standings: [INELIGIBLE]}, first: 1000) {
    totalCount edges { node { id } } } }"""


def soon() -> str:
    return (datetime.now(UTC) + timedelta(days=30)).isoformat()


@pytest.fixture
def winner(expected, corpus):
    """The entry of Shanxi that won a national prize."""
    (label,) = [each for each in corpus.rule_breaks if each.kind == BARRED]
    return expected[label.entries[0]]


@pytest.fixture
def prized(own, corpus):
    """A hub that knows last year's winners."""
    lines = [
        {"name": each.name, "creditCode": each.credit_code, "project": each.project, "contest": each.contest or ""}
        for each in corpus.registers
        if each.register == "WINNERS_2024"
    ]
    assert own.national.ask(CHANGE, lines=lines)["changeRegister"]["problems"] == []
    return own


def listed(service, clause: str) -> list[str]:
    return [edge["node"]["id"] for edge in service.national.ask(BY_CLAUSE, clause=clause)["entries"]["edges"]]


def test_the_five_rules_on_earlier_winners_stand_side_by_side_in_their_words(service) -> None:
    asked = """{ compareClauses(kind: PRIOR_WINNER) { regions {
      region { name } silent clauses { text } absences { searched } } } }"""
    told = service.national.ask(asked)["compareClauses"]["regions"]
    found = {each["region"]["name"]: (each["silent"], len(each["clauses"]), len(each["absences"])) for each in told}
    five = {
        "河北": (False, 1, 0),
        "山西": (False, 1, 0),
        "河南": (True, 0, 1),
        "湖南": (False, 1, 0),
        "陕西": (False, 2, 0),
    }
    assert {name: found[name] for name in found if name in five} == five


def test_differences_conflicts_and_absences_are_told_in_chinese_with_english_beside(service) -> None:
    asked = """{ compareClauses(kind: PRIOR_WINNER) { regions { absences { statement statementEn } }
      differences { dimension dimensionEn regions { words wordsEn } } conflicts { what whatEn } } }"""
    told = service.national.ask(asked)["compareClauses"]
    assert (
        told["regions"][2]["absences"],
        told["differences"][0]["dimension"],
        told["differences"][0]["regions"][2],
        told["conflicts"][0]["what"].isascii(),
    ) == (
        [{"statement": "未规定 2024 年获奖项目", "statementEn": "no rule on 2024 winners"}],
        "2024 年获奖项目",
        {"words": "未作规定", "wordsEn": "no rule"},
        False,
    )


def test_verdicts_can_be_asked_for_by_kind(prized, winner) -> None:
    asked = "query One($id: ID!) { entry(id: $id) { eligibility { verdicts(only: [NOT_MET]) { clause { id } } } } }"
    told = prized.national.ask(asked, id=winner.entry_id)["entry"]["eligibility"]["verdicts"]
    assert told == [{"clause": {"id": BARRED}}]


def test_a_cancelled_sub_topic_is_entered_by_its_title_and_shown_with_its_topic(own) -> None:
    asked = """mutation { changeRegister(register: CANCELLED_SUB_TOPICS, reason: "数据未开放",
      lines: [{subTopic: "钢铁垂直大模型：生产全链智能化升级"}]) { added problems { code } } }"""
    own.national.ask(asked)
    shown = "{ registers(registers: [CANCELLED_SUB_TOPICS]) { lines { name project region { name } } } }"
    assert own.national.ask(shown)["registers"][0]["lines"] == [
        {"name": "HE-T01-01-S2", "project": "HE-T01-01", "region": {"name": "河北"}}
    ]


def test_all_clauses_can_be_listed_by_region_and_kind(service) -> None:
    found = service.national.ask('{ clauses(regions: ["61"], kinds: [PRIOR_WINNER]) { id region { code } text } }')
    expected = [c for c in regions()["61"].catalogue.book.clauses if c.kind == "PRIOR_WINNER"]
    assert [each["id"] for each in found["clauses"]] == [clause.id for clause in expected]


def test_every_entry_shows_its_verdicts_in_both_languages(both) -> None:
    asked = (
        "{ entries(first: 20) { edges { node { eligibility { verdicts { message messageEn clause { text } } } } } } }"
    )
    nodes = [edge["node"]["eligibility"] for edge in both.national.ask(asked)["entries"]["edges"]]
    told = {bool(one["message"] and one["messageEn"] and one["clause"]["text"]) for n in nodes for one in n["verdicts"]}
    assert told == {True}


def test_a_rule_break_is_found_by_its_clause_over_either_database(both, corpus) -> None:
    expected = sorted(label.entries[0] for label in corpus.rule_breaks if label.kind == "HA-team-max_representatives")
    assert sorted(listed(both, "HA-team-max_representatives")) == expected


def test_a_register_that_is_entered_is_judged_by_at_once(prized, winner) -> None:
    assert listed(prized, BARRED) == [winner.entry_id]


def test_a_dry_run_tells_the_faults_of_all_lines_and_enters_nothing(own) -> None:
    lines = [{"name": "甲", "creditCode": "1"}, {"project": "乙", "contest": "火星"}]
    told = own.national.ask(CHANGE, lines=lines, dryRun=True)["changeRegister"]
    assert ([each["code"] for each in told["problems"]], told["added"]) == (
        ["VALUE_MISSING", "CREDIT_CODE_INVALID", "CONTEST_UNKNOWN"], 0,
    )  # fmt: skip


def test_a_waiver_lifts_the_entry_for_as_long_as_it_holds(prized, winner) -> None:
    made = prized.national.ask(WAIVE, clause=BARRED, entry=winner.entry_id, reason="成效提升", expires=soon())["waive"]
    lifted = listed(prized, BARRED)
    prized.national.ask(REVOKE, id=made["waiver"]["id"])
    assert (made["waiver"]["author"], lifted, listed(prized, BARRED)) == ("NATIONAL", [], [winner.entry_id])


def test_a_waiver_is_seen_with_its_author_by_the_region_itself(prized, winner) -> None:
    prized.national.ask(WAIVE, clause=BARRED, entry=winner.entry_id, reason="成效提升", expires=soon())
    told = prized.of(Role.REGION, "14").ask(STANDING, id=winner.entry_id)["entry"]["eligibility"]
    (one,) = [each for each in told["verdicts"] if each["clause"]["id"] == BARRED]
    assert (one["verdict"], one["waiver"]["author"], told["status"]) == ("NOT_MET", "NATIONAL", "UNDETERMINED")


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"clause": "SX-team-max_representatives"}, ["CLAUSE_NOT_WAIVABLE"]),
        ({"clause": "HA-team-max_representatives"}, ["CLAUSE_UNKNOWN"]),
        ({"entry": "14:none"}, ["ENTRY_UNKNOWN"]),
        ({"reason": " ", "expires": "2020-01-01T00:00:00+08:00"}, ["REASON_MISSING", "EXPIRY_PAST"]),
        ({"expires": "9999-12-31T23:59:59Z"}, ["TIME_IMPLAUSIBLE"]),
    ],
)
def test_a_waiver_that_cannot_be_is_refused_with_every_reason(own, winner, change, codes) -> None:
    asked = {"clause": BARRED, "entry": winner.entry_id, "reason": "x", "expires": soon(), **change}
    told = own.national.ask(WAIVE, **asked)["waive"]
    assert ([each["code"] for each in told["problems"]], told["waiver"]) == (codes, None)


def test_a_waiver_cannot_be_revoked_twice(prized, winner) -> None:
    made = prized.national.ask(WAIVE, clause=BARRED, entry=winner.entry_id, reason="x", expires=soon())["waive"]
    revoked = [prized.national.ask(REVOKE, id=made["waiver"]["id"])["revokeWaiver"] for _ in range(2)]
    assert [[each["code"] for each in one["problems"]] for one in revoked] == [[], ["WAIVER_UNKNOWN"]]


def test_an_application_is_judged_and_not_kept(own, winner) -> None:
    asked = """query Check($input: ApplicationInput!) { checkEntry(input: $input) {
      eligibility { status verdicts { clause { id } verdict } } problems { code } } }"""
    people = [{"name": "王一", "idNumber": winner.people[0].id_number}, *[{"name": "李二"}] * 5]
    given = {
        "region": "14", "topic": winner.topic.topic_id, "title": "新项目", "team": "新队", "submittedAt": "2025-09-01T00:00:00+08:00",
        "organisations": [{"name": "新公司"}], "representatives": people,
    }  # fmt: skip
    before = own.national.ask("{ entries { totalCount } }")
    told = own.national.ask(asked, input=given)["checkEntry"]["eligibility"]
    barred = sorted(one["clause"]["id"] for one in told["verdicts"] if one["verdict"] == "NOT_MET")
    assert (barred, own.national.ask("{ entries { totalCount } }")) == (
        ["SX-team-max_representatives", "SX-timeline-registration", "SX-uniqueness-one_team_per_representative"], before,
    )  # fmt: skip


def test_an_application_that_cannot_be_judged_tells_every_reason(service) -> None:
    given = '{region: "61", topic: "x", title: " ", team: "x", organisations: [{name: "x", creditCode: "1"}], form: {F999: 1}}'
    told = service.national.ask(f"{{ checkEntry(input: {given}) {{ problems {{ code place }} }} }}")["checkEntry"]
    assert [(each["code"], each["place"]) for each in told["problems"]] == [
        ("TOPIC_UNKNOWN", "input.topic"), ("VALUE_MISSING", "input.title"),
        ("CREDIT_CODE_INVALID", "input.organisations[0].creditCode"), ("FORM_FIELD_UNKNOWN", "input.form.F999"),
    ]  # fmt: skip


def test_registers_show_their_lines_and_who_changed_them(prized) -> None:
    asked = "{ registers(registers: [WINNERS_2024]) { maintained lines { project } changes { author reason added } } }"
    (told,) = prized.national.ask(asked)["registers"]
    (change,) = told["changes"]
    assert (told["maintained"], change) == (
        True, {"author": "NATIONAL", "reason": "公示名单", "added": len(told["lines"])},
    )  # fmt: skip
