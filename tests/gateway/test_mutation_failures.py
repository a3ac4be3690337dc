"""Every mutation tells the failures that are to be expected in `problems`; only what a role may not do at all is an error."""

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, get_named_type

from gateway.schema import graphql_schema
from schema.vocabulary import Role

EXCLUDE = '[{entryId: "41:none", act: EXCLUDE, reason: "x"}]'
# Of each mutation a call that fails as may be expected, and the codes it is told.
FAILING: Mapping[str, tuple[str, list[str]]] = {
    "changeRegister": ('(register: WINNERS_2024, lines: [{name: "甲"}], reason: "x")', ["VALUE_MISSING"]),
    "removeRegisterLines": ('(ids: ["none"], reason: "x")', ["LINE_UNKNOWN"]),
    "waive": (
        '(clause: "none", entry: "41:none", reason: "x", expires: "2099-01-01T00:00:00+08:00")',
        ["ENTRY_UNKNOWN"],
    ),
    "revokeWaiver": ('(id: "none", reason: "x")', ["WAIVER_UNKNOWN"]),
    "submitRecommendations": ('(input: {region: "41", items: []})', ["LIST_EMPTY"]),
    "moveList": ('(input: {receipt: "none", act: CHECK})', ["LIST_UNKNOWN"]),
    "setQuota": ('(input: {issuer: "41", reason: " "})', ["REASON_MISSING"]),
    "markMessagesRead": ('(ids: ["none"])', ["MESSAGE_UNKNOWN"]),
    "resendMessages": ('(ids: ["none"])', ["MESSAGE_UNKNOWN"]),
    "renewRoster": ('(reason: "x")', []),  # where nothing has changed, nothing is done
    "decideRoster": (f'(decisions: {EXCLUDE}, reason: "x")', ["ENTRY_NOT_LISTED"]),
    "freezeRoster": ('(version: 1, reason: "x")', ["ROSTER_MOVED"]),
    "reopenRoster": ('(version: 1, reason: "x")', ["ROSTER_MOVED"]),
    "finaliseRoster": ('(version: 1, reason: "x")', ["ROSTER_MOVED"]),
    "issueErratum": (f'(version: 1, decisions: {EXCLUDE}, reason: "x")', ["ROSTER_MOVED"]),
    "fileObjection": (
        '(input: {window: "none", rank: 1, objector: "甲", contact: "x@example.org", grounds: "雷同", evidence: ["x"]})',
        ["PUBLICITY_UNKNOWN"],
    ),
    "decideObjection": ('(id: "none", decision: UPHELD, reason: "x")', ["OBJECTION_UNKNOWN"]),
    "decideCase": ('(input: {caseId: "none", decision: DISMISSED, reason: "x"})', ["CASE_UNKNOWN"]),
    "startPull": ('(regions: ["99"])', ["REGION_UNKNOWN"]),
    "stopPull": ('(regions: ["99"])', ["REGION_UNKNOWN"]),
    "overrideGuardStop": ('(runId: "none", reason: "x")', ["STOP_UNKNOWN"]),
    "replayQuarantine": ('(region: "99")', ["REGION_UNKNOWN"]),
    "startDetection": ("", ["DETECT_KEY_WIDESPREAD"]),  # nothing to get wrong, but what was too widespread is told
}
FOR_A_REGION = {"submitRecommendations", "moveList", "markMessagesRead"}
PROBLEMS = "{ problems { code place zh en } }"


def call(name: str) -> str:
    return f"mutation {{ {name}{FAILING[name][0]} {PROBLEMS} }}"


def test_the_table_has_every_mutation() -> None:
    mutations = graphql_schema()._schema.mutation_type
    assert mutations is not None
    assert sorted(mutations.fields) == sorted(FAILING)


@pytest.mark.parametrize("name", FAILING)
def test_every_mutation_has_a_list_of_problems(name) -> None:
    mutations = graphql_schema()._schema.mutation_type
    assert mutations is not None
    result: Any = get_named_type(mutations.fields[name].type)
    assert isinstance(result, GraphQLObjectType)
    kind = result.fields["problems"].type
    assert (str(kind), isinstance(kind, GraphQLNonNull)) == ("[Problem!]!", True)


@pytest.mark.parametrize("name", FAILING)
def test_an_expected_failure_is_told_in_the_result(own, name) -> None:
    answer = own.national.answer(call(name))
    found = answer["data"][name]["problems"] if answer.get("data") else answer
    assert (
        list(dict.fromkeys(each["code"] for each in found)), [each for each in found if not (each["place"] and each["zh"] and each["en"])],
    ) == (FAILING[name][1], [])  # fmt: skip


@pytest.mark.parametrize("name", [name for name in FAILING if name not in FOR_A_REGION])
def test_what_is_not_a_regions_to_do_is_an_error_with_a_code(service, name) -> None:
    assert service.of(Role.REGION, "41").code(call(name)) == "FORBIDDEN"
