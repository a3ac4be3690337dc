"""Every situation in situations/*.toml: a sentence, what is known, a clause, and what it says."""

import tomllib
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.registry import regions
from schema.clause_file import differences
from schema.clauses import Clause
from schema.eligibility import judge
from schema.facts import Span

FOLDER = Path(__file__).parent / "situations"
FILES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
SITUATIONS = [(file["region"], situation) for file in FILES.values() for situation in file["situations"]]
MACHINE = [
    clause
    for code in {region for region, _ in SITUATIONS}
    for clause in regions()[code].catalogue.book.clauses
    if clause.is_machine
]
# Verdicts that a clause cannot give, and why.
IMPOSSIBLE = {
    ("MET", "own_rights"): "non-infringement is for people",
    ("UNDETERMINED", "named_lead"): "a record always says who leads",
    ("UNDETERMINED", "max_organisations"): "a record always has its organisations",
    ("MET", "HN-eligibility-project"): "the same clause asks for what no form shows",
    ("MET", "HN-other-project_name_and_iteration"): "the same clause asks for what no history shows",
    ("NOT_MET", "SN-timeline-registration"): "its first day is inferred, its last another clause's",
}


def clause_of(region: str, identifier: str) -> Clause:
    return next(clause for clause in regions()[region].catalogue.clauses if clause.id == identifier)


def facts_in(region: str, said: dict[str, Any], known: Any) -> Any:
    catalogue = regions()[region].catalogue
    facts = known(region=region, **{"topics": [topic.id for _, topic in catalogue.topics()], **said})
    if "calendar" in said:
        return facts
    return replace(facts, calendar={item.id: Span(item.start, item.end) for item in catalogue.facts.timeline})


def verdict_on(region: str, situation: dict[str, Any], known: Any) -> str:
    if prefix := situation.get("no_clause"):
        held = [clause.id for clause in regions()[region].catalogue.book.clauses if clause.id.startswith(prefix)]
        return ", ".join(held) or "NO_RULE"
    clause = clause_of(region, situation["clause"])
    judgements = judge(facts_in(region, situation.get("facts", {}), known), [clause])
    return judgements[0].verdict.value if judgements else "NOT_JUDGED"


@pytest.mark.parametrize(("region", "situation"), SITUATIONS, ids=[one["sentence"] for _, one in SITUATIONS])
def test_a_situation_is_judged_as_the_notice_says(region: str, situation: dict[str, Any], known: Any) -> None:
    assert verdict_on(region, situation, known) == situation["verdict"]


def test_there_are_situations_enough() -> None:
    assert len(SITUATIONS) >= 200


def test_no_sentence_stands_twice() -> None:
    sentences = [one["sentence"] + one.get("clause", "") for _, one in SITUATIONS]
    assert sorted(sentences) == sorted(set(sentences))


def test_every_side_of_a_difference_is_shown_by_a_situation_of_its_region() -> None:
    wanted = {(one.dimension, region) for one in differences().comparisons for region in one.regions}
    assert wanted - {(name, region) for region, one in SITUATIONS for name in one.get("shows", ())} == set()


def test_every_clause_of_a_conflict_is_shown_by_a_situation() -> None:
    wanted = {(one.id, clause) for one in differences().conflicts for clause in one.clauses}
    assert wanted - {(name, one.get("clause")) for _, one in SITUATIONS for name in one.get("shows", ())} == set()


def test_what_the_situations_say_they_show_exists() -> None:
    known = {one.dimension for one in differences().comparisons} | {one.id for one in differences().conflicts}
    assert {name for _, one in SITUATIONS for name in one.get("shows", ())} - known == set()


def test_every_machine_clause_is_judged_in_some_situation() -> None:
    assert {clause.id for clause in MACHINE} - {one.get("clause") for _, one in SITUATIONS} == set()


@pytest.mark.parametrize("group", ["predicate", "kind and region"])
def test_every_verdict_that_is_possible_occurs(group: str) -> None:
    seen = defaultdict(set)
    possible = defaultdict(set)
    for clause in MACHINE:
        key = clause.predicate if group == "predicate" else f"{clause.region} {clause.kind}"
        seen[key] |= {one["verdict"] for _, one in SITUATIONS if one.get("clause") == clause.id}
        possible[key] |= {
            verdict
            for verdict in ("MET", "NOT_MET", "UNDETERMINED")
            if not {(verdict, clause.predicate), (verdict, clause.id)} & IMPOSSIBLE.keys()
        }
    assert {key: possible[key] - seen[key] for key in seen if possible[key] - seen[key]} == {}
