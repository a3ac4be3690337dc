"""What holds for every judgement, whatever the facts: less knowledge never clears, order never matters, asking twice neither."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.registry import regions
from schema.clauses import Clause
from schema.eligibility import Law, judge, status_of
from schema.facts import Facts
from schema.form import form_fields
from schema.provenance import CHINA
from schema.records import Entry
from schema.vocabulary import (
    Changed,
    DocumentKind,
    EligibilityStatus,
    EntryStatus,
    OrganisationKind,
    Register,
    Shared,
    Verdict,
)

ITEMS = sorted(
    {
        item.id
        for adapter in regions().values()
        for item in adapter.catalogue.facts.timeline
        if item.id.endswith(("registration", "deadline"))
    }
)
NAMES = st.sampled_from(["甲公司", "乙公司第一分公司", "丙研究院", "丁大学", "戊数据局"])
MOMENTS = st.integers(0, 150 * 24).map(lambda hours: str(datetime(2025, 4, 20, tzinfo=CHINA) + timedelta(hours=hours)))
DAYS = st.one_of(st.none(), st.integers(0, 120).map(lambda days: str(date(2025, 4, 25) + timedelta(days=days))))
CODES = st.sampled_from(["13", "14", "41", "43", "61"])
ORGANISATIONS = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES},
        optional={
            "kind": st.sampled_from(["", *OrganisationKind]),
            "code": st.just(""),
            "registry": st.sampled_from(["11", "12", "52", "91", "92"]),
            "place": CODES,
        },
    ),
    min_size=1,
    max_size=7,
    unique_by=lambda unit: unit["name"],
)
HITS = st.lists(
    st.fixed_dictionaries(
        {"listed": st.just("名单")},
        optional={
            "certain": st.booleans(),
            "contest": st.one_of(CODES, st.just("national")),
            "role": st.sampled_from(["承办单位", "指导单位"]),
        },
    ),
    max_size=2,
)
PEERS = st.lists(
    st.fixed_dictionaries(
        {"shares": st.lists(st.sampled_from(Shared), unique=True)},
        optional={
            "region": CODES,
            "city": st.sampled_from(["益阳", "长沙"]),
            "status": st.sampled_from(EntryStatus),
            "certain": st.booleans(),
            "topic": st.sampled_from(["T1-1", "T1-2"]),
            "updated": MOMENTS,
        },
    ),
    max_size=3,
)
TEXTS = st.sampled_from(["", " ", "已填写", "字×300", "字×6000", "AI data " * 200])
VALUES = st.one_of(
    TEXTS,
    st.integers(0, 9),
    st.lists(TEXTS, max_size=6),
    st.lists(st.dictionaries(st.sampled_from(["应用需求", "应用成效", "项目中主要承担的角色"]), TEXTS), max_size=6),
    st.dictionaries(st.sampled_from(["降低人力成本", "降低管理成本"]), st.one_of(st.none(), st.integers(0, 9))),
)
FORMS = st.dictionaries(st.sampled_from(sorted(form_fields())), VALUES, max_size=20)
DOCUMENTS = st.lists(st.tuples(st.sampled_from(DocumentKind), st.one_of(st.none(), NAMES)).map(list), max_size=8)
SAID = st.fixed_dictionaries(
    {
        "region": CODES,
        "organisations": ORGANISATIONS,
        "representatives": st.integers(0, 7),
        "unidentified": st.integers(0, 2),
        "topic": st.sampled_from(["T1-1", "HE-T14-01", "HE-T01-01", "SX-T07-02"]),
        "track": st.sampled_from(["T1", "HA-T09", "SX-T09"]),
        "sub_topic": st.sampled_from([None, "HE-T01-01-S1"]),
        "city": st.sampled_from([None, "益阳", "长沙"]),
        "submitted": MOMENTS,
        "updated": MOMENTS,
        "native": st.sampled_from([None, {"improvement_evidence": "提升 20%"}]),
        "registers": st.dictionaries(st.sampled_from(Register), HITS),
        "peers": st.one_of(st.none(), PEERS),
        "compared": st.sampled_from([(), ("43",), "all"]),
        "known_since": st.one_of(st.none(), MOMENTS),
        "changes": st.dictionaries(st.sampled_from(Changed), MOMENTS),
        "accepted": st.one_of(st.none(), MOMENTS),
        "form": st.one_of(st.none(), FORMS),
        "documents": st.one_of(st.none(), DOCUMENTS),
        "calendar": st.one_of(st.none(), st.fixed_dictionaries({item: st.tuples(DAYS, DAYS) for item in ITEMS})),
        "topics": st.sampled_from([None, ("T1-1", "HE-T14-01")]),
    }
).map(lambda said: {**said, "topic": "HE-T01-01"} if said["sub_topic"] else said)  # a sub-topic is of its topic
often = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def clauses_of(facts: Facts) -> tuple[Clause, ...]:
    return regions()[facts.entry.region].catalogue.clauses


def verdicts(facts: Facts) -> dict[str, Verdict]:
    return {one.clause_id: one.verdict for one in judge(facts, clauses_of(facts))}


def entries_with_less(entry: Entry) -> Iterator[Entry]:
    """The entry with one thing that it says taken back, in every way."""
    yield from (entry.model_copy(update={field: None}) for field in ("city", "sub_topic_id"))
    yield entry.model_copy(update={"native": {}})
    for index, unit in enumerate(entry.organisations):
        for field in ("credit_code", "kind"):
            units = list(entry.organisations)
            units[index] = unit.model_copy(update={field: None})
            yield entry.model_copy(update={"organisations": tuple(units)})
    nameless = tuple(person.model_copy(update={"id_token": None}) for person in entry.team.representatives)
    for people in (nameless, ()):
        yield entry.model_copy(update={"team": entry.team.model_copy(update={"representatives": people})})


def with_less(facts: Facts) -> Iterator[Facts]:
    """The facts with one thing less known, in every way."""
    yield from (replace(facts, entry=entry) for entry in entries_with_less(facts.entry))
    for name in ("peers", "history", "form", "documents", "calendar", "topics"):
        yield replace(facts, **{name: None})
    for name in facts.registers:
        yield replace(facts, registers={key: hits for key, hits in facts.registers.items() if key != name})
    for name, value in (facts.form or {}).items():
        yield replace(facts, form={**(facts.form or {}), name: None})
        if isinstance(value, dict):
            yield replace(facts, form={**(facts.form or {}), name: dict.fromkeys(value)})
    if facts.documents is not None:
        yield replace(facts, documents=tuple(replace(paper, owner=None) for paper in facts.documents))
    yield replace(facts, compared_regions=frozenset())
    if facts.history is not None:
        yield replace(facts, history=replace(facts.history, accepted_at=None))
    for name, span in (facts.calendar or {}).items():
        for edge in ("start", "end"):
            yield replace(facts, calendar={**(facts.calendar or {}), name: replace(span, **{edge: None})})


@often
@given(said=SAID)
def test_knowing_less_never_clears_an_entry(said: dict[str, Any], known: Callable[..., Facts]) -> None:
    facts = known(**said)
    before = verdicts(facts)
    cleared = {
        name
        for less in with_less(facts)
        for name, verdict in verdicts(less).items()
        if verdict is Verdict.MET and before[name] is not Verdict.MET
    }
    assert cleared == set()


@often
@given(said=SAID, data=st.data())
def test_the_order_of_people_organisations_and_findings_is_irrelevant(
    said: dict[str, Any], data: st.DataObject, known: Callable[..., Facts]
) -> None:
    facts = known(**said)
    entry = facts.entry
    people = tuple(data.draw(st.permutations(entry.team.representatives)))
    turned = entry.model_copy(
        update={
            "organisations": tuple(data.draw(st.permutations(entry.organisations))),
            "team": entry.team.model_copy(update={"representatives": people}),
        }
    )
    shuffled = replace(
        facts,
        entry=turned,
        peers=facts.peers and tuple(data.draw(st.permutations(facts.peers))),
        registers={name: tuple(reversed(hits)) for name, hits in facts.registers.items()},
        documents=facts.documents and tuple(reversed(facts.documents)),
    )
    assert judge(shuffled, clauses_of(facts)) == judge(facts, clauses_of(facts))


@often
@given(said=SAID)
def test_asking_twice_gives_the_same(said: dict[str, Any], known: Callable[..., Facts]) -> None:
    assert judge(known(**said), clauses_of(known(**said))) == judge(known(**said), clauses_of(known(**said)))


LAWS = {code: Law(adapter.catalogue.clauses) for code, adapter in regions().items()}


@often
@given(said=SAID)
def test_what_was_answered_for_other_entries_changes_no_answer(
    said: dict[str, Any], known: Callable[..., Facts]
) -> None:
    facts = known(**said)
    assert LAWS[facts.entry.region].judge(facts) == judge(facts, clauses_of(facts))


@often
@given(said=SAID, other=SAID)
def test_what_is_no_input_of_a_clause_changes_nothing(
    said: dict[str, Any], other: dict[str, Any], known: Callable[..., Facts]
) -> None:
    facts, strange = known(**said), known(**{**other, "region": said["region"]})
    for clause in clauses_of(facts):
        if clause.is_machine:
            assert judge(only(clause.inputs, facts, strange), [clause]) == judge(facts, [clause])


def only(inputs: frozenset[str], facts: Facts, strange: Facts) -> Facts:
    """Of `facts` what a clause reads, of `strange` all the rest."""
    kept = {
        name.removeprefix("entry."): getattr(facts.entry, name.removeprefix("entry."))
        for name in inputs
        if "entry." in name
    }
    registers = {
        name: hits
        for name in Register
        if (hits := (facts if f"register.{name}" in inputs else strange).registers.get(name)) is not None
    }
    outside = {
        name: getattr(facts if name in inputs else strange, name)
        for name in ("peers", "compared_regions", "history", "form", "documents", "calendar", "topics")
    }
    return replace(strange, entry=strange.entry.model_copy(update=kept), registers=registers, **outside)


@pytest.mark.parametrize(
    ("found", "status"),
    [
        ([], EligibilityStatus.UNDETERMINED),
        (["MET"], EligibilityStatus.ELIGIBLE),
        (["MET", "UNDETERMINED"], EligibilityStatus.UNDETERMINED),
        (["MET", "UNDETERMINED", "NOT_MET"], EligibilityStatus.INELIGIBLE),
    ],
)
def test_the_worst_verdict_decides(found: list[str], status: EligibilityStatus, known: Callable[..., Facts]) -> None:
    template = judge(known(), clauses_of(known()))[0]
    assert status_of([template._replace(verdict=Verdict(verdict)) for verdict in found]) is status


def test_a_waived_clause_counts_as_met(known: Callable[..., Facts]) -> None:
    broken = [one for one in judge(known(representatives=6), clauses_of(known())) if one.verdict is Verdict.NOT_MET]
    assert status_of(broken, frozenset({"HA-team-max_representatives"})) is EligibilityStatus.ELIGIBLE


def test_an_entry_of_another_season_is_not_judged_by_this_years_clauses(known: Callable[..., Facts]) -> None:
    assert judge(known(submitted="2026-01-01T00:00:00"), clauses_of(known())) == ()


def test_the_last_evening_of_the_season_is_counted_in_china(known: Callable[..., Facts]) -> None:
    assert judge(known(submitted="2025-12-31T16:00:00+00:00"), clauses_of(known())) == ()


def test_clauses_for_people_have_no_inputs_and_no_judgement(known: Callable[..., Facts]) -> None:
    people = [clause for clause in clauses_of(known()) if not clause.is_machine]
    assert (judge(known(), people), {clause.inputs for clause in people}) == ((), {frozenset()})


def test_an_inferred_clause_doubts_and_never_bars(known: Callable[..., Facts]) -> None:
    found = {
        one.clause_id: one.verdict for one in judge(known(organisations=list("甲乙丙丁戊己")), clauses_of(known()))
    }
    assert found["CN-team-max_units"] is Verdict.UNDETERMINED


def test_every_judgement_says_in_two_languages_what_it_found(known: Callable[..., Facts]) -> None:
    assert [one.clause_id for one in judge(known(), clauses_of(known())) if not (one.zh and one.en and one.field)] == []
