"""Duplicate cases over HTTP: found, told, decided, and what a decision does to lists and roster."""

import pytest

CASES = """query Cases($statuses: [CaseStatus!], $kinds: [CaseKind!], $first: Int! = 100) {
  duplicateCases(statuses: $statuses, kinds: $kinds, first: $first) { nodes {
    id kind status keptEntryId entries { entryId } pairs { score prior posterior lines { feature zh en bits } } decisions { status } openedAt changedAt } } }"""
DETECT = (
    "mutation { startDetection { full entries compared pairs cases opened changed reopened closed problems { code } } }"
)
ROSTER = "{ roster { items { entryId state reasonZh } } }"


@pytest.fixture
def case(own):
    """A case within one region, and its entries."""
    for each in own.national.ask(CASES)["duplicateCases"]["nodes"]:
        entries = [side["entryId"] for side in each["entries"]]
        if len({entry[:2] for entry in entries}) == 1:
            return each["id"], entries
    raise AssertionError("nothing was planted within one region")


@pytest.fixture
def region(case) -> str:
    return case[1][0][:2]


def codes(told) -> list[str]:
    return [problem["code"] for problem in told["problems"]]


def test_the_cases_are_what_was_planted(service, corpus) -> None:
    cases = service.national.ask(CASES)["duplicateCases"]["nodes"]
    found = sorted((each["kind"], *sorted(side["entryId"] for side in each["entries"])) for each in cases)
    assert found == sorted((label.kind, *label.entries) for label in corpus.duplicates)


def test_every_case_has_evidence_in_both_languages(service) -> None:
    cases = service.national.ask(CASES)["duplicateCases"]["nodes"]
    lines = {case["id"]: [line for pair in case["pairs"] for line in pair["lines"]] for case in cases}
    assert [case for case, said in lines.items() if not said or not all(e["zh"] and e["en"] for e in said)] == []


def test_the_lines_of_a_pair_lead_from_its_prior_to_its_posterior(service) -> None:
    pairs = [pair for case in service.national.ask(CASES)["duplicateCases"]["nodes"] for pair in case["pairs"]]
    astray = [
        pair
        for pair in pairs
        if abs(pair["prior"] + sum(line["bits"] for line in pair["lines"]) - pair["posterior"]) > 0.5
    ]
    assert astray == []


def test_cases_are_filtered_by_kind(service, corpus) -> None:
    cases = service.national.ask(CASES, kinds=["SAME_TEAM", "SAME_PERSON"])["duplicateCases"]["nodes"]
    assert len(cases) == sum(label.kind in ("SAME_TEAM", "SAME_PERSON") for label in corpus.duplicates)


def test_no_more_cases_are_told_than_asked_for(service) -> None:
    assert len(service.national.ask(CASES, first=2)["duplicateCases"]["nodes"]) == 2


def test_a_detection_reports_what_it_saw(own, corpus, expected) -> None:
    told = own.national.ask(DETECT)["startDetection"]
    counts = {name: told[name] for name in ("full", "entries", "cases", "opened", "changed", "reopened", "closed")}
    number = len(corpus.duplicates)
    assert counts == {
        "full": True, "entries": len(expected), "cases": number, "opened": 0, "changed": 0, "reopened": 0, "closed": 0,
    }  # fmt: skip


def test_a_detection_opens_cases_that_were_not_there(own, corpus) -> None:
    with own.hub.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM duplicate_case")
    assert own.national.ask(DETECT)["startDetection"]["opened"] == len(corpus.duplicates)


def test_a_confirmed_case_names_the_entry_that_stays_with_reason_and_author(own, case) -> None:
    identifier, (kept, _) = case
    told = own.decide(caseId=identifier, decision="CONFIRMED", keepEntryId=kept, reason=" 已核实 ")
    assert told == {
        "case": {
            "id": identifier,
            "status": "CONFIRMED",
            "keptEntryId": kept,
            "decisions": [{"status": "CONFIRMED", "keptEntryId": kept, "reason": "已核实", "author": "NATIONAL"}],
        },
        "problems": [],
    }


def test_a_dismissed_case_keeps_no_entry(own, case) -> None:
    told = own.decide(caseId=case[0], decision="DISMISSED", reason="不同项目")["case"]
    assert (told["status"], told["keptEntryId"]) == ("DISMISSED", None)


def test_decisions_are_added_and_the_last_one_counts(own, case) -> None:
    own.decide(caseId=case[0], decision="DISMISSED", reason="不同项目")
    told = own.decide(caseId=case[0], decision="CONFIRMED", keepEntryId=case[1][1], reason="复核")["case"]
    assert (told["status"], [each["status"] for each in told["decisions"]]) == ("CONFIRMED", ["DISMISSED", "CONFIRMED"])


def test_a_decision_survives_the_next_detection(own, case) -> None:
    own.decide(caseId=case[0], decision="DISMISSED", reason="不同项目")
    own.national.ask(DETECT)
    assert [each["id"] for each in own.national.ask(CASES, statuses=["DISMISSED"])["duplicateCases"]["nodes"]] == [
        case[0]
    ]


def test_the_case_decided_last_is_told_first(own, case) -> None:
    own.decide(caseId=case[0], decision="DISMISSED", reason="不同项目")
    assert own.national.ask(CASES, first=1)["duplicateCases"]["nodes"][0]["id"] == case[0]


@pytest.mark.parametrize(
    ("verdict", "problems"),
    [
        ({"decision": "OPEN", "reason": "x"}, ["DECISION_INVALID"]),
        ({"decision": "DISMISSED", "reason": " "}, ["REASON_MISSING"]),
        ({"decision": "CONFIRMED", "reason": "x"}, ["KEPT_ENTRY_INVALID"]),
        ({"decision": "CONFIRMED", "reason": "x", "keepEntryId": "41:none"}, ["KEPT_ENTRY_INVALID"]),
        ({"decision": "DISMISSED", "reason": "x", "keepEntryId": "41:none"}, ["KEPT_ENTRY_INVALID"]),
        ({"decision": "OPEN", "reason": ""}, ["DECISION_INVALID", "REASON_MISSING"]),
        ({"decision": "CONFIRMED", "reason": ""}, ["REASON_MISSING", "KEPT_ENTRY_INVALID"]),
    ],
)
def test_a_faulty_decision_is_told_all_its_problems(own, case, verdict, problems) -> None:
    told = own.decide(caseId=case[0], **verdict)
    assert (told["case"], codes(told)) == (None, problems)


def test_a_faulty_decision_changes_nothing(own, case) -> None:
    own.decide(caseId=case[0], decision="CONFIRMED", reason="x")
    found = {
        each["id"]: (each["status"], each["decisions"]) for each in own.national.ask(CASES)["duplicateCases"]["nodes"]
    }
    assert found[case[0]] == ("OPEN", [])


def test_a_case_that_does_not_exist_cannot_be_decided(own) -> None:
    assert codes(own.decide(caseId="C000000000000", decision="DISMISSED", reason="x")) == ["CASE_UNKNOWN"]


@pytest.mark.parametrize("kept", [0, 1])
def test_the_entry_that_does_not_stay_is_excluded_from_the_roster(own, finished, case, region, kept) -> None:
    own.accepted(own.national, region, finished(region))
    own.decide(caseId=case[0], decision="CONFIRMED", keepEntryId=case[1][kept], reason="x")
    states = {item["entryId"]: item["state"] for item in own.national.ask(ROSTER)["roster"]["items"]}
    assert [states[case[1][kept]], states[case[1][1 - kept]]] == ["INCLUDED", "EXCLUDED"]


def test_the_entry_that_does_not_stay_is_refused_on_the_next_list(own, finished, case, region) -> None:
    own.decide(caseId=case[0], decision="CONFIRMED", keepEntryId=case[1][0], reason="x")
    told = own.submit(own.national, region, finished(region))
    assert [(p["code"], p["value"]) for p in told["problems"]] == [("DUPLICATE_CONFIRMED", case[0])]


def test_a_dismissed_case_no_longer_holds_an_entry(own, finished, case, region) -> None:
    own.accepted(own.national, region, finished(region))
    own.decide(caseId=case[0], decision="DISMISSED", reason="x")
    states = {item["entryId"]: item["state"] for item in own.national.ask(ROSTER)["roster"]["items"]}
    assert [states[entry] for entry in case[1]] == ["INCLUDED", "INCLUDED"]
