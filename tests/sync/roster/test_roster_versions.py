"""Versions: the same bytes whenever and wherever they are computed; nothing changes one; no clock brings one back."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from schema.roster import RosterAct
from schema.vocabulary import RosterState
from sync import punctuality
from sync.database import Database
from sync.repository.rosters import RosterStore
from sync.roster.versions import recompute

INCLUDED = RosterState.INCLUDED
RECEIPTS = ("TJ-41-001", "TJ-61-001")


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


def test_a_clock_that_was_set_back_is_not_believed_until_somebody_says_so(final, refused) -> None:
    final.publish(*RECEIPTS)
    final.say(RosterAct.EXCLUDE, "41:1")
    final.now -= timedelta(days=12)
    codes = refused(final.say, RosterAct.CLEAR, "41:1")
    punctuality.accept(final.database, author="甲", reason="时钟已校正", now=final.now)
    final.say(RosterAct.CLEAR, "41:1")
    assert (codes, final.states()["41:1"]) == (["CLOCK_BEHIND"], INCLUDED)


def test_a_clock_set_back_does_not_reopen_a_window(final, refused) -> None:
    final.lay_open(RECEIPTS[0])
    final.now += timedelta(days=12)
    final.say(RosterAct.EXCLUDE, "41:4")
    final.now -= timedelta(days=11)
    assert refused(final.object, "GS-41-001", 1) == ["CLOCK_BEHIND"]
