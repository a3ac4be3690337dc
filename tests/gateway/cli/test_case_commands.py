"""`dexhub cases`: a clerk's work on the terminal."""

import csv
from pathlib import Path

import pytest

from adapters.registry import regions
from schema.vocabulary import CaseStatus


@pytest.fixture
def listed(dexhub, at):
    return dexhub("cases", "list", "--json").json


def decided(dexhub, case, *how) -> int:
    return dexhub("cases", "decide", case["id"], "--reason", "已核实", *how).code


def test_the_queue_lists_every_undecided_case(listed, corpus) -> None:
    found = sorted((case["kind"], *sorted(case["entries"])) for case in listed)
    assert found == sorted((label.kind, *label.entries) for label in corpus.duplicates)


def test_a_case_is_shown_with_both_sides_clauses_and_the_way_from_prior_to_posterior(dexhub, listed) -> None:
    case = next(case for case in listed if case["kind"] == "SAME_PROJECT" and case["clauses"])
    told = dexhub("cases", "show", case["id"]).out
    wanted = [*case["entries"], "先验", "后验", "所涉条款", "比特", "待核线"]
    assert [each for each in wanted if each not in told] == []


def test_a_clause_that_a_case_would_break_is_of_a_region_concerned(listed) -> None:

    of_region = {clause.id: code for code, each in regions().items() for clause in each.catalogue.clauses}
    astray = [
        case for case in listed if {of_region[clause] for clause in case["clauses"]} - {e[:2] for e in case["entries"]}
    ]
    assert astray == []


@pytest.mark.parametrize(
    ("kind", "predicates"),
    [
        ("SAME_PROJECT", {"only_here", "one_topic_per_project"}),
        ("SAME_TEAM", {"only_here"}),
        ("SAME_PERSON", {"one_team_per_representative"}),
        ("TEAM_TWO_PROJECTS", {"one_project_per_team"}),
    ],
)
def test_a_kind_of_case_is_held_against_the_clauses_about_it(listed, kind, predicates) -> None:

    named = {clause.id: clause.predicate for each in regions().values() for clause in each.catalogue.clauses}
    found = {named[clause] for case in listed if case["kind"] == kind for clause in case["clauses"]}
    assert found <= predicates


def test_a_dismissed_case_leaves_the_queue(dexhub, listed) -> None:
    assert decided(dexhub, listed[0], "--decision", "DISMISSED") == 0
    left = dexhub("cases", "list", "--json").json
    assert [case["id"] for case in left] == [case["id"] for case in listed[1:]]


def test_a_decided_case_is_shown_with_its_reason(dexhub, listed) -> None:
    decided(dexhub, listed[0], "--decision", "DISMISSED")
    assert "已核实" in dexhub("cases", "show", listed[0]["id"]).out


def test_a_confirmation_that_keeps_no_entry_is_refused(dexhub, listed) -> None:
    run = dexhub("cases", "decide", listed[0]["id"], "--decision", "CONFIRMED", "--reason", "是")
    assert (run.code, run.problems) == (2, ["KEPT_ENTRY_INVALID"])


def test_a_case_that_does_not_exist_is_refused(dexhub, at) -> None:
    run = dexhub("cases", "show", "C0")
    assert (run.code, run.problems) == (2, ["CASE_UNKNOWN"])


def test_the_exported_labels_are_the_confirmed_pairs(dexhub, listed) -> None:
    for case in listed[:2]:
        decided(dexhub, case, "--decision", "CONFIRMED", "--keep", case["entries"][0])
    for case in listed[2:]:
        decided(dexhub, case, "--decision", "DISMISSED")
    dexhub("cases", "export", "--labels", "truth.csv", "--entries", "entries.jsonl")
    with Path("truth.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(row["id_a"], row["id_b"], row["kind"]) for row in csv.DictReader(file)]
    assert pairs == sorted((*sorted(case["entries"]), case["kind"]) for case in listed[:2])


def test_entries_of_undecided_cases_are_not_exported(dexhub, listed) -> None:
    dexhub("cases", "export", "--labels", "truth.csv", "--entries", "entries.jsonl")
    text = Path("entries.jsonl").read_text("utf-8")
    assert [entry for case in listed for entry in case["entries"] if f'"{entry}"' in text] == []


def test_weights_can_be_fitted_to_what_was_exported(dexhub, listed) -> None:
    for case in listed:
        decided(dexhub, case, "--decision", "CONFIRMED", "--keep", case["entries"][0])
    dexhub("cases", "export", "--labels", "truth.csv", "--entries", "entries.jsonl")
    run = dexhub("detect", "fit", "--input", "entries.jsonl", "--truth", "truth.csv", "--output", "matching.toml")
    assert (run.code, Path("matching.toml").exists()) == (0, True)


def test_cases_of_a_status_can_be_listed(dexhub, listed) -> None:
    decided(dexhub, listed[0], "--decision", "DISMISSED")
    found = dexhub("cases", "list", "--status", CaseStatus.DISMISSED, "--json").json
    assert [case["id"] for case in found] == [listed[0]["id"]]
