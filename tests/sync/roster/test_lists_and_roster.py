"""What an act on a list does to the roster, and what a roster that is closed forbids; and what doctor finds in it."""

import pytest
from sqlalchemy import text

from schema.audit import Signer
from schema.list_life import ListAct
from schema.publicity import ObjectionStatus
from schema.vocabulary import RosterState
from sync import objections
from sync.database import Database
from sync.lists.setting import set_rules
from sync.repository.rosters import RosterStore
from sync.roster import gathering
from sync.roster.examining import examine_roster
from sync.tables import SelectionSettingRow

HENAN, SHAANXI = "TJ-41-001", "TJ-61-001"
SIGNER = Signer(b"k" * 32, "k1")


@pytest.fixture
def frozen(final):
    final.publish(HENAN, SHAANXI)
    final.freeze()
    return final


def test_a_list_that_is_withdrawn_leaves_the_roster_in_the_same_transaction(final) -> None:
    final.act(SHAANXI, ListAct.WITHDRAW)
    assert (final.number(), {entry[:2] for entry in final.states()}, final.sound()) == (2, {"41"}, [])


def test_every_act_on_a_list_is_on_record(final) -> None:
    final.act(HENAN, ListAct.PUBLISH)
    assert final.on_record("LIST_CHANGED", "PUBLICITY_OPENED") == [
        ("PUBLICITY_OPENED", "GS-41-001"),
        ("LIST_CHANGED", HENAN),
    ]


@pytest.mark.parametrize("act", [ListAct.WITHDRAW, ListAct.RETURN])
def test_no_list_is_taken_from_under_a_frozen_roster(frozen, act, refused) -> None:
    assert (refused(frozen.act, HENAN, act), len(frozen.states())) == (["ROSTER_FROZEN"], 7)


def test_a_list_is_confirmed_and_made_final_beside_a_frozen_roster(frozen) -> None:
    number = frozen.number()
    for act in (ListAct.CONFIRM, ListAct.FINALISE):
        frozen.act(HENAN, act)
    assert frozen.number() == number


def test_no_list_is_taken_from_under_a_final_roster(frozen, refused) -> None:
    frozen.finalise()
    assert refused(frozen.act, SHAANXI, ListAct.WITHDRAW) == ["ROSTER_FINAL"]


def test_a_list_is_confirmed_only_when_its_days_are_over_and_its_objections_decided(final, refused) -> None:
    final.lay_open(HENAN)
    objection = final.object("GS-41-001", 1)
    early = refused(final.act, HENAN, ListAct.CONFIRM)
    objections.decide(final.database, objection, ObjectionStatus.REJECTED, final.author())
    waiting = refused(final.act, HENAN, ListAct.CONFIRM)
    assert (early, waiting) == (["PUBLICITY_RUNNING", "OBJECTIONS_WAIT"], ["PUBLICITY_RUNNING"])


def test_an_objection_to_a_list_that_was_returned_since_holds_for_what_comes_in_its_place(final) -> None:
    final.lay_open(HENAN)
    objection = final.object("GS-41-001", 1)
    final.act(HENAN, ListAct.RETURN)
    objections.decide(final.database, objection, ObjectionStatus.UPHELD, final.author())
    final.push("41", ["41:1", "41:2", "41:3"], version=2)
    assert final.states()["41:1"] is RosterState.EXCLUDED


def test_a_new_version_is_not_confirmed_while_an_objection_to_the_one_before_waits(final, refused) -> None:
    final.lay_open(HENAN)
    objection = final.object("GS-41-001", 1)
    final.act(HENAN, ListAct.RETURN)
    later = final.push("41", ["41:1", "41:2"], version=2)
    final.publish(later)
    waiting = refused(final.act, later, ListAct.CONFIRM)
    objections.decide(final.database, objection, ObjectionStatus.REJECTED, final.author())
    final.act(later, ListAct.CONFIRM)
    assert waiting == ["OBJECTIONS_WAIT"]


def test_the_roster_is_not_frozen_while_an_objection_to_a_list_from_below_waits(final, refused) -> None:
    final.entry("43:1")
    below, above = final.push("4309", ["43:1"]), final.push("43", ["43:1"])
    final.renew()
    final.lay_open(below)
    final.object("GS-4309-001", 1)
    final.publish(HENAN, SHAANXI, above)
    assert refused(final.freeze) == ["OBJECTIONS_WAIT"]


def test_a_quota_that_is_set_moves_the_roster_in_the_same_transaction(final, monkeypatch) -> None:
    monkeypatch.undo()  # the real quotas, of which one is set here
    set_rules(final.database, SelectionSettingRow(issuer="41", total=3, reason="纪要", author="甲", set_at=final.now))
    with final.database.read() as session:
        (found,) = [each.quota.total for each in gathering.gather(session, final.now).lists if each.region == "41"]
    assert (found, final.number(), final.states()["41:3"]) == (3, 2, RosterState.INCLUDED)


def found_in(database: Database) -> set[str]:
    with database.read() as session:
        return {problem.code for problem in examine_roster(session, None)}


def test_doctor_finds_nothing_in_a_sound_roster(frozen) -> None:
    assert found_in(frozen.database) == set()


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ("UPDATE roster_version SET stage = 'FINAL' WHERE number = 1", {"STEP_IMPOSSIBLE"}),
        ("UPDATE roster_version SET digest = 'x' WHERE number = 1", {"ROSTER_DIFFERS"}),
        ("UPDATE roster_version SET inputs_digest = 'x' WHERE number = 1", {"INPUTS_CHANGED"}),
        ("DELETE FROM roster_version WHERE number = 1", {"VERSION_MISSING", "NOT_ON_RECORD"}),
        ("UPDATE audit_record SET action = 'KEY_CREATED' WHERE action = 'ROSTER_FROZEN'", {"NOT_ON_RECORD"}),
    ],
)
def test_doctor_finds_what_was_bent(frozen, change, codes) -> None:
    with frozen.database.engine.begin() as connection:
        for table in ("roster_version", "audit_record"):
            if frozen.database.is_sqlite:
                for act in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_no_{act}"))
            else:
                connection.execute(text(f"DROP TRIGGER {table}_kept ON {table}"))
        connection.execute(text(change))
    assert found_in(frozen.database) == codes


def test_a_signature_of_an_erratum_is_checked_where_there_is_the_key(frozen) -> None:
    frozen.finalise()
    frozen.erratum("41:1")
    with frozen.database.read() as session:
        assert (RosterStore(session).newest().signature != "", list(examine_roster(session, SIGNER))) == (True, [])
