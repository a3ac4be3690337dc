"""Judgements are kept, found by filters, and made anew exactly where something that went into them changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from adapters.registry import regions
from schema.provenance import CHINA
from schema.vocabulary import CaseStatus, EligibilityStatus, Register, Verdict
from sync import registers
from sync.decisions import decide
from sync.detector import detect as run_detection
from sync.eligibility import (
    EvaluationReport,
    evaluate_all,
    evaluate_cases,
    evaluate_pending,
    evaluate_registers,
    judged,
)
from sync.entry_facts import Surroundings
from sync.registers import RegisterLine
from sync.repository.browse import EntryBrowser, Wanted
from sync.repository.cases import CaseStore
from sync.repository.eligibility import EligibilityStore
from sync.repository.entry_filter import EntryFilter
from sync.repository.keyset import Slice
from sync.scope import EVERYTHING

NOW = datetime(2025, 10, 2, tzinfo=UTC)
AFTERWARDS = datetime(2025, 10, 1, 9, 30, tzinfo=CHINA)
WHO = {"author": "组委会", "reason": "演示", "now": NOW}


def broken(database, entry: str) -> list[str]:
    """The clauses that an entry does not meet."""
    with database.read() as session:
        return [one.clause_id for one in judged(session, [entry])[entry] if one.verdict is Verdict.NOT_MET]


def found(database, waived=None, **wanted) -> set[str]:
    """Ids of the entries that a filter lists; it counts as many."""
    with database.read() as session:
        browser, conditions = EntryBrowser(session, EVERYTHING), Wanted(EntryFilter(**wanted), waived or {})
        listed = [row.id for row in browser.listing(conditions).rows(Slice(1000))]
        assert len(listed) == browser.count(conditions)
    return set(listed)


def all_ids(database) -> list[str]:
    with database.read() as session:
        return EligibilityStore(session).all_ids()


def kept_of(database, ids) -> list:
    with database.read() as session:
        return [judged(session, [entry])[entry] for entry in ids]


def maintain(database, corpus) -> list:
    """The registers that go with the corpus."""
    lines = [RegisterLine(e.register, e.name, e.credit_code, e.project, e.contest) for e in corpus.registers]
    return [
        registers.change(database, register, [each for each in lines if each.register is register], **WHO)
        for register in Register
    ]


def test_a_pull_judges_every_entry_that_it_stores(filled) -> None:
    with filled.read() as session:
        assert EligibilityStore(session).pending(Surroundings.now(session).regions) == []


def test_looking_at_everything_again_judges_nothing(filled) -> None:
    size = len(all_ids(filled))
    assert evaluate_all(filled, NOW + timedelta(days=300)) == EvaluationReport(size, 0)


def test_every_judgement_has_the_version_of_the_clause_that_judged(filled) -> None:
    versions = {clause.id: clause.version for a in regions().values() for clause in a.catalogue.clauses}
    ids = all_ids(filled)[::20]
    kept = [one for judgements in kept_of(filled, ids) for one in judgements]
    assert {one.clause_id: one.clause_version for one in kept}.items() <= versions.items()


def test_planted_rule_breaks_are_found_once_the_registers_are_there(filled, corpus) -> None:
    evaluate_registers(filled, maintain(filled, corpus), NOW)
    made = {each.entry_id: each for part in corpus.registrations.values() for each in part}
    planted = {label.entries[0]: [label.kind] for label in corpus.rule_breaks}
    with filled.read() as session:
        people = EntryBrowser(session, EVERYTHING).representatives(list(planted))
    # A dialect may have room for fewer people than a team has, and then nobody can see that there are too many.
    planted = {entry: clauses for entry, clauses in planted.items() if len(people[entry]) == len(made[entry].people)}
    assert {entry: broken(filled, entry) for entry in planted} == planted


def test_judging_register_by_register_is_as_judging_all_from_nothing(filled, corpus) -> None:
    evaluate_registers(filled, maintain(filled, corpus), NOW)
    ids = all_ids(filled)
    before = kept_of(filled, ids)
    with filled.engine.begin() as connection:
        connection.execute(text("DELETE FROM eligibility"))
        connection.execute(text("DELETE FROM eligibility_peer"))
    evaluate_pending(filled, NOW)
    assert kept_of(filled, ids) == before


def test_a_change_of_a_register_touches_only_the_entries_it_can_concern(filled, corpus) -> None:
    evaluate_registers(filled, maintain(filled, corpus), NOW)
    made = next(m for m in corpus.registrations["henan"] if m.flaw is None and m.companies[0].credit_code)
    company = made.companies[0]
    with filled.engine.connect() as connection:
        query = text("SELECT DISTINCT entry_id FROM entry_organisation WHERE credit_code = :c OR name = :n")
        having = set(connection.execute(query, {"c": company.credit_code, "n": company.name}).scalars())
    line = RegisterLine(Register.TAX_OFFENDERS, company.name, company.credit_code)
    report = evaluate_registers(filled, [registers.change(filled, Register.TAX_OFFENDERS, [line], **WHO)], NOW)
    assert (report.judged, "HA-eligibility-blacklist" in broken(filled, made.entry_id)) == (len(having), True)


def test_removing_the_line_clears_what_it_broke(filled, corpus) -> None:
    evaluate_registers(filled, maintain(filled, corpus), NOW)
    (label,) = [each for each in corpus.rule_breaks if each.kind == "HA-eligibility-blacklist"]
    made = next(m for m in corpus.registrations["henan"] if m.entry_id == label.entries[0])
    line = RegisterLine(Register.DISHONEST_DEBTORS, made.companies[0].name, made.companies[0].credit_code)
    evaluate_registers(filled, registers.remove(filled, [line.id], **WHO), NOW)
    assert broken(filled, made.entry_id) == []


def test_a_register_that_a_regions_clauses_do_not_name_leaves_its_entries_alone(filled) -> None:
    opened = registers.change(filled, Register.PRIOR_FINALISTS, [], **WHO)
    report = evaluate_registers(filled, [opened], NOW)
    with filled.engine.connect() as connection:
        size = connection.execute(text("SELECT count(*) FROM entry WHERE region = '13'")).scalar()
    assert report.judged == size


def cancel(database, *sub_topics: str) -> EvaluationReport:
    lines = [RegisterLine(Register.CANCELLED_SUB_TOPICS, each, project=each.rpartition("-")[0]) for each in sub_topics]
    return evaluate_registers(database, [registers.change(database, Register.CANCELLED_SUB_TOPICS, lines, **WHO)], NOW)


def entered_for(database) -> dict[str, tuple[str, str | None]]:
    """Topic and sub-topic of the entries of the one region with sub-topics."""
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT id, topic_id, sub_topic_id FROM entry WHERE region = '13'"))
        return {row.id: (row.topic_id, row.sub_topic_id) for row in rows}


def test_a_cancelled_sub_topic_bars_its_entries_and_doubts_those_of_its_topic_that_name_none(filled) -> None:
    fallen = next(sub for _, sub in entered_for(filled).values() if sub)
    cancel(filled, fallen)
    expected = {
        entry: Verdict.NOT_MET if sub == fallen
        else Verdict.UNDETERMINED if sub is None and fallen.startswith(f"{topic}-")
        else Verdict.MET
        for entry, (topic, sub) in entered_for(filled).items()
    }  # fmt: skip
    clause = "HE-closed_topic-sub_topic_cancelled_if_no_data"
    told = {e: one.verdict for e in expected for one in kept_of(filled, [e])[0] if one.clause_id == clause}
    assert told == expected


def test_cancelling_one_more_sub_topic_touches_only_the_entries_of_its_topic(filled) -> None:
    cancel(filled)
    fallen = next(sub for _, sub in entered_for(filled).values() if sub)
    concerned = [entry for entry, (topic, _) in entered_for(filled).items() if fallen.startswith(f"{topic}-")]
    assert cancel(filled, fallen).judged == len(concerned)


@pytest.mark.parametrize("verdict", Verdict)
def test_entries_are_found_by_clause_and_verdict(filled, verdict) -> None:
    clause = "SX-team-max_representatives"
    expected = {
        entry
        for entry in all_ids(filled)
        for one in kept_of(filled, [entry])[0]
        if entry.startswith("14") and (one.clause_id, one.verdict) == (clause, verdict)
    }
    assert found(filled, clauses=[clause], verdicts=[verdict]) == expected


def test_entries_are_found_by_their_standing(filled) -> None:
    barred = {entry for entry in all_ids(filled) if broken(filled, entry)}
    assert found(filled, standings=[EligibilityStatus.INELIGIBLE]) == barred


def test_an_entry_whose_case_is_confirmed_is_judged_by_the_decision(filled) -> None:
    with filled.read() as session:
        store = CaseStore(session, EVERYTHING)
        same = [case.id for case in store.cases(kinds=["SAME_PROJECT"])]
        # Yiyang's notice, the one of 43, speaks of one city's entries only.
        case = next(each for each in same if all(row.entry_id[:2] != "43" for row in store.entries([each])[each]))
        entries = [row.entry_id for row in store.entries([case])[case]]
    decide(filled, EVERYTHING, case=case, status=CaseStatus.CONFIRMED, reason="核实", author="a", kept_entry=entries[0])
    before = {entry: set(broken(filled, entry)) for entry in entries}
    evaluate_cases(filled, NOW, [case])
    assert all(set(broken(filled, entry)) > before[entry] for entry in entries)


def test_a_dismissed_case_takes_away_what_was_suspected(filled) -> None:
    with filled.read() as session:
        store = CaseStore(session, EVERYTHING)
        case = next(c for c in store.cases() if c.kind == "SAME_PERSON")
        entries = [row.entry_id for row in store.entries([case.id])[case.id]]
    entry = next(each for each in entries if any("representative" in clause for clause in broken(filled, each)))
    decide(filled, EVERYTHING, case=case.id, status=CaseStatus.DISMISSED, reason="同名", author="a")
    evaluate_cases(filled, NOW, [case.id])
    assert [clause for clause in broken(filled, entry) if "representative" in clause] == []


def test_a_detection_that_finds_what_was_found_before_changes_no_judgement(filled) -> None:
    run_detection(filled)
    assert evaluate_cases(filled, NOW).judged == 0


async def test_a_changed_entry_and_its_peers_are_judged_and_no_other(world) -> None:
    await world.pull()
    label = next(each for each in world.content.duplicates if each.kind == "SAME_PERSON")
    one, other = label.entries
    made = next(m for part in world.content.registrations.values() for m in part if m.entry_id == one)
    slug = next(slug for slug, part in world.content.registrations.items() if made in part)
    before = world.rows("eligibility")
    world.sites[slug].put(replace(made, updated_at=AFTERWARDS, title="改过的名称"))
    await world.pull(slug)
    changed = {row["entry_id"] for row in world.rows("eligibility") if row not in before}
    assert (one in changed, other in changed, len(changed) <= 4) == (True, True, True)


async def test_an_entry_that_changed_after_the_lock_does_not_meet_it(world) -> None:
    await world.pull()
    made = next(m for m in world.sound("henan") if len(m.people) > 1 and not broken(world.database, m.entry_id))
    world.sites["henan"].put(replace(made, updated_at=AFTERWARDS, people=made.people[:1]))
    await world.pull("henan")
    assert broken(world.database, made.entry_id) == ["HA-team-representatives_locked"]


async def test_a_run_that_died_before_judging_is_made_up_for(world) -> None:
    await world.pull()
    made = world.sound("henan")[0].entry_id
    with world.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM eligibility WHERE entry_id = :e"), {"e": made})
    await world.pull("henan")
    with world.database.read() as session:
        assert EligibilityStore(session).pending(Surroundings.now(session).regions) == []
