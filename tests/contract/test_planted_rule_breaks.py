"""Every planted rule break is found by the clause it breaks and by no other, in what the adapters made of it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from adapters.registry import regions
from adapters.sandbox.registrations import Corpus
from schema.eligibility import judge
from schema.facts import Facts, History, Hit, Span
from schema.records import Entry
from schema.vocabulary import Register, Verdict

CATALOGUES = {code: adapter.catalogue for code, adapter in regions().items()}
CALENDARS = {
    code: {item.id: Span(item.start, item.end) for item in catalogue.facts.timeline}
    for code, catalogue in CATALOGUES.items()
}


def hits(entry: Entry, content: Corpus) -> dict[Register, tuple[Hit, ...]]:
    """Lines of the corpus's registers by credit code and title, and the organisers that the notice names."""
    codes = {unit.credit_code: unit.name for unit in entry.organisations}
    found: dict[Register, list[Hit]] = {register: [] for register in Register}
    for line in content.registers:
        if line.credit_code in codes and line.project in ("", entry.title):
            found[line.register].append(Hit(codes[line.credit_code], line.name, contest=line.contest))
    for group in CATALOGUES[entry.region].facts.organisers:
        for name in set(group.names) & set(codes.values()):
            found[Register.ORGANISERS].append(Hit(name, group.role, contest=entry.region, role=group.role))
    return {register: tuple(lines) for register, lines in found.items()}


def broken(entry: Entry, content: Corpus) -> list[str]:
    facts = Facts(
        entry,
        registers=hits(entry, content),
        peers=(),
        compared_regions=frozenset(CATALOGUES),
        history=History(entry.submitted_at),
        calendar=CALENDARS[entry.region],
        topics=frozenset(topic.id for _, topic in CATALOGUES[entry.region].topics()),
    )
    judged = judge(facts, CATALOGUES[entry.region].clauses)
    return [one.clause_id for one in judged if one.verdict is Verdict.NOT_MET]


@pytest.fixture(scope="session")
def found(content: Corpus, first_pulls: Mapping[str, Any]) -> dict[str, list[str]]:
    """The clauses that say NOT_MET, by entry, where there are any."""
    entries = [row.record for pulled in first_pulls.values() for row in pulled.mapped]
    judged = {entry.id: broken(entry, content) for entry in entries}
    return {entry: clauses for entry, clauses in judged.items() if clauses}


def test_every_planted_break_is_found_by_its_clause_and_nothing_else_is(
    content: Corpus, found: dict[str, list[str]]
) -> None:
    assert found == {label.entries[0]: [label.kind] for label in content.rule_breaks}


def test_every_region_breaks_every_rule_it_prints_once_at_least(content: Corpus) -> None:
    planted = Counter(label.kind[:2] for label in content.rule_breaks)
    assert planted == {"HA": 6, "HE": 7, "HN": 4, "SN": 7, "SX": 7}


def test_the_registers_of_organisations_and_projects_have_a_line_each_in_a_corpus(content: Corpus) -> None:
    assert {line.register for line in content.registers} == set(Register) - {Register.CANCELLED_SUB_TOPICS}
