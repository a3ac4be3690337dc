"""Decisions on cases, entries and objections: alternates move up once, in the same transaction, or nothing happens."""

from schema.publicity import ObjectionStatus
from schema.roster import RosterAct
from schema.vocabulary import CaseStatus, RosterState
from sync import objections
from sync.roster import decisions
from sync.roster.decisions import CaseWord
from sync.roster.inputs import Decision

INCLUDED, HELD, EXCLUDED, ALTERNATE = (
    RosterState.INCLUDED,
    RosterState.HELD,
    RosterState.EXCLUDED,
    RosterState.ALTERNATE,
)
RECEIPTS = ("TJ-41-001", "TJ-61-001")


def test_a_decided_case_moves_the_next_alternate_up_in_its_own_transaction(final) -> None:
    case = final.case("41:1", "61:1")
    final.renew()
    before = final.states()
    final.settle(case, "61:1")
    after = final.states()
    assert (before["41:1"], before["61:1"], after["41:1"], after["61:1"], after["41:3"], final.on_record("ROSTER_PROMOTED"), final.sound()) == (
        HELD, HELD, EXCLUDED, INCLUDED, INCLUDED, [("ROSTER_PROMOTED", "41:3")], [],
    )  # fmt: skip


def test_a_withdrawal_moves_the_next_alternate_up_once_however_often_it_is_looked_at(final) -> None:
    final.entry("41:2", "WITHDRAWN")
    numbers = [final.renew() for _ in range(3)]
    assert (numbers, final.on_record("ROSTER_PROMOTED")) == ([2, None, None], [("ROSTER_PROMOTED", "41:3")])


def test_nothing_new_makes_no_version(final) -> None:
    assert (final.renew(), final.number()) == (None, 1)


def test_a_decision_is_taken_back_by_clearing_it(final) -> None:
    final.say(RosterAct.EXCLUDE, "41:1")
    final.say(RosterAct.CLEAR, "41:1")
    assert (final.states()["41:1"], final.states()["41:3"]) == (INCLUDED, ALTERNATE)


def test_decisions_are_taken_all_or_none(final, refused) -> None:
    codes = refused(final.say, RosterAct.EXCLUDE, "41:1", "41:99")
    assert (codes, final.states()["41:1"], final.number()) == (["ENTRY_NOT_LISTED"], INCLUDED, 1)


def test_decisions_of_one_set_that_contradict_each_other_are_refused(final, refused) -> None:
    words = [Decision("41:1", act, "x") for act in (RosterAct.EXCLUDE, RosterAct.HOLD)]
    assert refused(decisions.decide, final.database, words, final.author()) == ["DECISIONS_CONTRADICT"]


def test_cases_decided_in_a_circle_are_refused_and_nothing_of_the_second_stays(final, refused) -> None:
    first, second = final.case("41:1", "61:1"), final.case("41:1", "61:1", "61:2")
    final.settle(first, "41:1")
    codes = refused(final.settle, second, "61:1")
    assert (set(codes), final.states()["41:1"], len(final.on_record("CASE_DECIDED"))) == (
        {"DECISIONS_CONTRADICT"},
        HELD,
        1,
    )


def test_what_if_shows_what_decisions_would_give_and_changes_nothing(final) -> None:
    case = final.case("41:1", "61:1")
    final.renew()
    before = final.on_record()
    with final.database.read() as session:
        found = decisions.what_if(
            session,
            [Decision("41:2", RosterAct.EXCLUDE, "x")],
            [CaseWord(case, CaseStatus.CONFIRMED, "61:1")],
            final.author(),
        )
    moved = [change.after.entry_id for change in found.changes if change.promoted]
    assert (moved, final.on_record() == before, final.states()["41:2"]) == (["41:3", "41:4"], True, INCLUDED)


def test_what_if_refuses_to_keep_and_exclude_one_entry(final, refused) -> None:
    case = final.case("41:1", "61:1")
    words, cases = [Decision("61:1", RosterAct.EXCLUDE, "x")], [CaseWord(case, CaseStatus.CONFIRMED, "61:1")]
    with final.database.read() as session:
        assert refused(decisions.what_if, session, words, cases, final.author()) == ["DECISIONS_CONTRADICT"]


def test_an_upheld_objection_excludes_and_moves_the_next_up(final) -> None:
    final.lay_open(RECEIPTS[0])
    objection = final.object("GS-41-001", 1)
    row = objections.decide(final.database, objection, ObjectionStatus.UPHELD, final.author())
    assert (final.states()["41:1"], final.states()["41:3"], row.contact, final.sound()) == (
        EXCLUDED,
        INCLUDED,
        None,
        [],
    )


def test_a_rejected_objection_changes_nothing(final) -> None:
    final.lay_open(RECEIPTS[0])
    objections.decide(final.database, final.object("GS-41-001", 1), ObjectionStatus.REJECTED, final.author())
    assert (final.states()["41:1"], final.number()) == (INCLUDED, 1)


def test_an_objection_is_decided_once(final, refused) -> None:
    final.lay_open(RECEIPTS[0])
    objection = final.object("GS-41-001", 1)
    objections.decide(final.database, objection, ObjectionStatus.REJECTED, final.author())
    assert refused(objections.decide, final.database, objection, ObjectionStatus.UPHELD, final.author()) == [
        "OBJECTION_DECIDED"
    ]


def test_a_list_is_laid_open_once(final, refused) -> None:
    final.publish(RECEIPTS[0])
    assert refused(final.publish, RECEIPTS[0]) == ["ACT_IMPOSSIBLE"]
