"""Versions, promotions, freezing, errata: each once, on record, and nothing in between."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from schema.audit import Signer
from schema.errors import RequestError
from schema.publicity import ObjectionStatus
from schema.roster import RosterAct
from schema.vocabulary import CaseStatus, RosterState
from sync import objections, punctuality
from sync.database import Database
from sync.repository.rosters import RosterStore
from sync.roster import closing, decisions
from sync.roster.decisions import CaseWord
from sync.roster.inputs import Decision
from sync.roster.versions import recompute, signed_content

INCLUDED, HELD, EXCLUDED, ALTERNATE = (
    RosterState.INCLUDED,
    RosterState.HELD,
    RosterState.EXCLUDED,
    RosterState.ALTERNATE,
)
RECEIPTS = ("TJ-41-001", "TJ-61-001")


def refused(work, *arguments, **more) -> list[str]:
    """The codes with which it is refused."""
    with pytest.raises(RequestError) as error:
        work(*arguments, **more)
    return [problem.code for problem in error.value.problems]


@pytest.fixture
def closed(final):
    """A final roster."""
    final.publish(*RECEIPTS)
    final.freeze()
    final.finalise()
    return final


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


def test_decisions_are_taken_all_or_none(final) -> None:
    codes = refused(final.say, RosterAct.EXCLUDE, "41:1", "41:99")
    assert (codes, final.states()["41:1"], final.number()) == (["ENTRY_NOT_LISTED"], INCLUDED, 1)


def test_decisions_of_one_set_that_contradict_each_other_are_refused(final) -> None:
    words = [Decision("41:1", act, "x") for act in (RosterAct.EXCLUDE, RosterAct.HOLD)]
    assert refused(decisions.decide, final.database, words, final.author()) == ["DECISIONS_CONTRADICT"]


def test_cases_decided_in_a_circle_are_refused_and_nothing_of_the_second_stays(final) -> None:
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


def test_what_if_refuses_to_keep_and_exclude_one_entry(final) -> None:
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


def test_an_objection_is_decided_once(final) -> None:
    final.lay_open(RECEIPTS[0])
    objection = final.object("GS-41-001", 1)
    objections.decide(final.database, objection, ObjectionStatus.REJECTED, final.author())
    assert refused(objections.decide, final.database, objection, ObjectionStatus.UPHELD, final.author()) == [
        "OBJECTION_DECIDED"
    ]


def test_a_list_is_laid_open_once(final) -> None:
    final.publish(RECEIPTS[0])
    assert refused(final.publish, RECEIPTS[0]) == ["ACT_IMPOSSIBLE"]


def test_freezing_needs_publicity_of_every_list(final) -> None:
    assert refused(final.freeze) == ["PUBLICITY_MISSING", "PUBLICITY_MISSING"]


def test_freezing_waits_for_the_last_day_and_for_every_objection(final) -> None:
    final.publish(RECEIPTS[1])
    final.lay_open(RECEIPTS[0])
    final.object("GS-41-001", 1)
    assert refused(final.freeze) == ["PUBLICITY_RUNNING", "OBJECTIONS_WAIT"]


def test_freezing_needs_every_held_item_settled(final) -> None:
    final.case("41:1", "61:1")
    final.renew()
    final.publish(*RECEIPTS)
    assert refused(final.freeze) == ["ITEM_HELD", "ITEM_HELD"]


def test_a_roster_that_moved_since_it_was_looked_at_is_not_frozen(final) -> None:
    final.publish(*RECEIPTS)
    final.entry("41:1", "WITHDRAWN")
    assert (refused(final.freeze), final.number()) == (["ROSTER_MOVED"], 1)


def test_two_organisers_who_freeze_at_once_freeze_it_once(final) -> None:
    final.publish(*RECEIPTS)
    outcomes, start = [], threading.Barrier(2)

    def work(name: str) -> None:
        start.wait()
        try:
            outcomes.append(closing.freeze(final.database, 1, final.author(name)).stage)
        except RequestError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("甲", "乙")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (sorted(outcomes), len(final.on_record("ROSTER_FROZEN")), final.sound()) == (
        ["FROZEN", "ROSTER_MOVED"],
        1,
        [],
    )


def test_a_frozen_roster_takes_no_decision(final) -> None:
    final.publish(*RECEIPTS)
    final.freeze()
    assert refused(final.say, RosterAct.EXCLUDE, "41:1") == ["ROSTER_FROZEN"]


def test_what_is_pulled_or_pushed_after_freezing_does_not_move_the_roster(final) -> None:
    final.publish(*RECEIPTS)
    final.freeze()
    before = final.states()
    final.entry("41:1", "WITHDRAWN")
    final.push("61", ["61:3"], version=2)
    assert (final.renew(), final.states()) == (None, before)


def test_a_list_that_gives_way_after_freezing_keeps_the_roster_from_becoming_final(final) -> None:
    final.publish(*RECEIPTS)
    final.freeze()
    final.push("61", ["61:1"], version=2)
    assert refused(final.finalise) == ["ROSTER_FROZEN"]


def test_a_reopened_roster_follows_again(final) -> None:
    final.publish(*RECEIPTS)
    final.freeze()
    final.entry("41:1", "WITHDRAWN")
    closing.reopen(final.database, final.number(), final.author())
    assert (final.renew(), final.states()["41:3"], final.sound()) == (4, INCLUDED, [])


def test_a_final_roster_takes_no_decision_and_is_not_reopened(closed) -> None:
    assert (refused(closed.say, RosterAct.EXCLUDE, "41:1"), refused(closing.reopen, closed.database, closed.number(), closed.author())) == (
        ["ROSTER_FINAL"], ["ROSTER_MOVED"],
    )  # fmt: skip


def test_confirming_a_duplicate_of_two_included_entries_is_refused_once_the_roster_is_final(closed) -> None:
    case = closed.case("41:1", "61:1")
    assert (refused(closed.settle, case, "61:1"), closed.on_record("CASE_DECIDED")) == (["ROSTER_FINAL"], [])


def test_an_erratum_takes_one_out_moves_the_next_up_and_lets_the_case_be_decided(closed) -> None:
    case = closed.case("41:1", "61:1")
    closed.erratum("41:1")
    closed.settle(case, "61:1")
    assert (closed.states()["41:1"], closed.states()["41:3"], closed.sound()) == (EXCLUDED, INCLUDED, [])


def test_an_erratum_is_signed_over_what_it_says(closed) -> None:
    closed.erratum("41:1")
    with closed.database.read() as session:
        row = RosterStore(session).newest()
    signer = Signer(b"k" * 32, "k1")
    assert (
        signer.made(signed_content(row), row.signature, row.key_id),
        signer.made(signed_content(row) + b" ", row.signature, row.key_id),
    ) == (True, False)


def test_an_erratum_without_a_key_is_refused(closed) -> None:
    words = [Decision("41:1", RosterAct.EXCLUDE, "x")]
    assert refused(closing.issue_erratum, closed.database, closed.number(), words, closed.author(), None) == [
        "SIGNING_KEY_MISSING"
    ]


def test_an_erratum_that_changes_nothing_is_refused(closed) -> None:
    words = [Decision("41:1", RosterAct.CLEAR, "x")]
    assert refused(
        closing.issue_erratum, closed.database, closed.number(), words, closed.author(), Signer(b"k" * 32, "k1")
    ) == ["ERRATUM_EMPTY"]


def test_an_erratum_does_not_move_up_who_has_withdrawn_since(closed) -> None:
    closed.entry("41:3", "WITHDRAWN")
    assert refused(closed.erratum, "41:1") == ["PROMOTED_UNFIT"]


def test_naming_who_has_withdrawn_in_the_same_erratum_moves_up_the_one_after(closed) -> None:
    closed.entry("41:3", "WITHDRAWN")
    closed.erratum("41:1", "41:3")
    assert closed.states()["41:4"] is INCLUDED


def test_every_version_is_the_same_byte_for_byte_when_computed_again(closed) -> None:
    closed.erratum("41:1")
    with closed.database.read() as session:
        rows = RosterStore(session).versions(100)
    assert ([row.number for row in rows], [recompute(row) for row in rows]) == ([4, 3, 2, 1], [[]] * 4)


def test_two_hubs_in_which_the_same_arrived_in_another_order_have_the_same_bytes(final, desk, backend) -> None:
    other = type(final)(Database(backend.new("empty")))
    for code, size in (("61", 3), ("41", 4)):
        entries = [f"{code}:{number}" for number in range(size, 0, -1)]
        for each in entries:
            other.entry(each)
        other.push(code, entries[::-1])
    other.renew()
    rows = []
    for each in (final, other):
        with each.database.read() as session:
            row = RosterStore(session).newest()
            rows.append((row.digest, row.inputs_digest, row.content))
    other.database.close()
    assert rows[0] == rows[1]


def test_the_database_itself_refuses_to_change_a_version(final) -> None:
    with pytest.raises(DBAPIError, match="is only ever added to"), final.database.engine.begin() as connection:
        connection.execute(text("UPDATE roster_version SET stage = 'FINAL'"))


def test_a_clock_that_was_set_back_is_not_believed_until_somebody_says_so(final) -> None:
    final.publish(*RECEIPTS)
    final.say(RosterAct.EXCLUDE, "41:1")
    final.now -= timedelta(days=12)
    codes = refused(final.say, RosterAct.CLEAR, "41:1")
    punctuality.accept(final.database, author="甲", reason="时钟已校正", now=final.now)
    final.say(RosterAct.CLEAR, "41:1")
    assert (codes, final.states()["41:1"]) == (["CLOCK_BEHIND"], INCLUDED)


def test_a_clock_set_back_does_not_reopen_a_window(final) -> None:
    final.lay_open(RECEIPTS[0])
    final.now += timedelta(days=12)
    final.say(RosterAct.EXCLUDE, "41:4")
    final.now -= timedelta(days=11)
    assert refused(final.object, "GS-41-001", 1) == ["CLOCK_BEHIND"]
