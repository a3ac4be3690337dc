"""Moments, region codes and credit codes: one form out, strict in, faults told like any other."""

import re

import pytest
from sqlalchemy import text

from sync.repository.read_model import rebuild

PULLS = "query Q($regions: [RegionCode!]) { pulls(regions: $regions) { nodes { id } } }"
WAIVE = 'mutation W($expires: DateTime!) { waive(clause: "x", entry: "x", reason: "x", expires: $expires) { problems { code } } }'
CHECK = "query C($input: ApplicationInput!) { checkEntry(input: $input) { problems { code place } } }"
MOMENTS = """{
  pulls { nodes { startedAt finishedAt } } entries(first: 5) { edges { node { submittedAt updatedAt changedAt source { fetchedAt } } } }
  duplicateCases(first: 5) { nodes { openedAt changedAt } } regions { freshness { succeededAt } } auditRecords { nodes { at } }
}"""


def the_problem(client, document: str, **variables):
    (error,) = client.answer(document, variables)["errors"]
    (problem,) = error["extensions"]["problems"]
    assert (error["extensions"]["code"], bool(problem["zh"]), bool(problem["en"])) == (problem["code"], True, True)
    return problem["code"], problem["place"], problem["value"]


def application(code) -> dict:
    return {
        "region": "41",
        "topic": "HA-T01-01",
        "title": "x",
        "team": "x",
        "organisations": [{"name": "x"}, {"name": "y", "creditCode": code}],
    }


@pytest.mark.parametrize("code", ["00", "4", "henan", "河南", "", "41 "])
def test_a_region_code_that_is_none_is_told_with_its_place(service, code) -> None:
    assert the_problem(service.national, PULLS, regions=["41", code]) == ("REGION_UNKNOWN", "regions[1]", code)


def test_a_value_written_into_the_document_is_placed_by_line_and_column(service) -> None:
    found = the_problem(service.national, '{\n pulls(regions: "00") { nodes { id } } }')
    assert found == ("REGION_UNKNOWN", "2:17", "00")


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2030-01-01T00:00:00", "TIME_WITHOUT_OFFSET"), ("2030-13-01T00:00:00+08:00", "TIME_INVALID"), ("soon", "TIME_INVALID"),
        ("0001-01-01T00:00:00+08:00", "TIME_OUT_OF_RANGE"), ("9999-12-31T23:59:59-08:00", "TIME_OUT_OF_RANGE"), (3, "TIME_INVALID"),
    ],
)  # fmt: skip
def test_a_moment_that_is_none_is_told_with_its_place(service, moment, code) -> None:
    assert the_problem(service.national, WAIVE, expires=moment) == (code, "expires", str(moment))


@pytest.mark.parametrize("code", ["91350100M000100Y44", "91350100M000100Y4", "9135010OM000100Y43"])
def test_a_credit_code_that_fails_its_check_is_told_with_its_place(service, code) -> None:
    told = service.national.ask(CHECK, input=application(code))["checkEntry"]["problems"]
    assert ("CREDIT_CODE_INVALID", "input.organisations[1].creditCode") in [
        (each["code"], each["place"]) for each in told
    ]


def test_a_credit_code_that_is_no_text_is_told_with_its_place(service) -> None:
    found = the_problem(service.national, CHECK, input=application(3))
    assert found == ("CREDIT_CODE_INVALID", "input.organisations[1].creditCode", "3")


def test_several_values_that_cannot_be_read_are_told_together(service) -> None:
    errors = service.national.answer(PULLS, {"regions": ["00", "41", "99"]})["errors"]
    assert [error["extensions"]["problems"][0]["place"] for error in errors] == ["regions[0]", "regions[2]"]


def test_every_moment_is_written_at_the_same_offset(both) -> None:
    body = both.national.http.post("/graphql", json={"query": MOMENTS}).text
    moments = re.findall(r'"(\d{4}-\d\d-\d\dT[^"]*)"', body)
    wrong = [each for each in moments if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+08:00", each)]
    assert (len(moments) > 20, wrong) == (True, [])


def test_a_credit_code_that_a_platform_sent_with_a_fault_is_shown_as_it_came(own) -> None:
    with own.hub.database.write() as session:
        session.execute(text("UPDATE entry_organisation SET credit_code = '91350100M000100Y44'"))
        rebuild(session)
    shown = "{ entries(first: 5) { edges { node { leadOrganisation { creditCode } } } } }"
    codes = {edge["node"]["leadOrganisation"]["creditCode"] for edge in own.national.ask(shown)["entries"]["edges"]}
    assert codes == {"91350100M000100Y44"}
