"""Freezing, opening again, making final, errata: each once, on record, and nothing in between."""

import threading

from schema.audit import Signer
from schema.errors import RequestError
from schema.roster import RosterAct
from schema.vocabulary import RosterState
from sync.repository.rosters import RosterStore
from sync.roster import closing
from sync.roster.inputs import Decision
from sync.roster.versions import signed_content

INCLUDED, EXCLUDED = RosterState.INCLUDED, RosterState.EXCLUDED
RECEIPTS = ("TJ-41-001", "TJ-61-001")


def test_freezing_needs_publicity_of_every_list(final, refused) -> None:
    assert refused(final.freeze) == ["PUBLICITY_MISSING", "PUBLICITY_MISSING"]


def test_freezing_waits_for_the_last_day_and_for_every_objection(final, refused) -> None:
    final.publish(RECEIPTS[1])
    final.lay_open(RECEIPTS[0])
    final.object("GS-41-001", 1)
    assert refused(final.freeze) == ["PUBLICITY_RUNNING", "OBJECTIONS_WAIT"]


def test_freezing_needs_every_held_item_settled(final, refused) -> None:
    final.case("41:1", "61:1")
    final.renew()
    final.publish(*RECEIPTS)
    assert refused(final.freeze) == ["ITEM_HELD", "ITEM_HELD"]


def test_a_roster_that_moved_since_it_was_looked_at_is_not_frozen(final, refused) -> None:
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


def test_a_frozen_roster_takes_no_decision(final, refused) -> None:
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


def test_a_list_that_gives_way_after_freezing_keeps_the_roster_from_becoming_final(final, refused) -> None:
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


def test_a_final_roster_takes_no_decision_and_is_not_reopened(closed, refused) -> None:
    assert (refused(closed.say, RosterAct.EXCLUDE, "41:1"), refused(closing.reopen, closed.database, closed.number(), closed.author())) == (
        ["ROSTER_FINAL"], ["ROSTER_MOVED"],
    )  # fmt: skip


def test_confirming_a_duplicate_of_two_included_entries_is_refused_once_the_roster_is_final(closed, refused) -> None:
    case = closed.case("41:1", "61:1")
    assert (refused(closed.settle, case, "61:1"), closed.on_record("CASE_DECIDED")) == (["ROSTER_FINAL"], [])


def test_nor_is_one_about_an_entry_that_was_withdrawn_since_and_is_in_it_all_the_same(closed, refused) -> None:
    case = closed.case("41:1", "61:1")
    closed.entry("41:1", "WITHDRAWN")
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


def test_an_erratum_without_a_key_is_refused(closed, refused) -> None:
    words = [Decision("41:1", RosterAct.EXCLUDE, "x")]
    assert refused(closing.issue_erratum, closed.database, closed.number(), words, closed.author(), None) == [
        "SIGNING_KEY_MISSING"
    ]


def test_an_erratum_that_changes_nothing_is_refused(closed, refused) -> None:
    words = [Decision("41:1", RosterAct.CLEAR, "x")]
    assert refused(
        closing.issue_erratum, closed.database, closed.number(), words, closed.author(), Signer(b"k" * 32, "k1")
    ) == ["ERRATUM_EMPTY"]


def test_an_erratum_does_not_move_up_who_has_withdrawn_since(closed, refused) -> None:
    closed.entry("41:3", "WITHDRAWN")
    assert refused(closed.erratum, "41:1") == ["PROMOTED_UNFIT"]


def test_naming_who_has_withdrawn_in_the_same_erratum_moves_up_the_one_after(closed) -> None:
    closed.entry("41:3", "WITHDRAWN")
    closed.erratum("41:1", "41:3")
    assert closed.states()["41:4"] is INCLUDED
