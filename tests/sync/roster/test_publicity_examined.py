"""What the doctor finds in windows and objections that were bent by hand."""

import pytest
from sqlalchemy import text

from schema.publicity import ObjectionStatus
from sync import objections
from sync.publicity_examining import examine_publicity


@pytest.fixture
def settled(final):
    """A window with one objection upheld, one rejected and one that waits."""
    final.lay_open("TJ-41-001")
    upheld, rejected = final.object("GS-41-001", 1), final.object("GS-41-001", 2)
    objections.decide(final.database, upheld, ObjectionStatus.UPHELD, final.author())
    objections.decide(final.database, rejected, ObjectionStatus.REJECTED, final.author())
    final.object("GS-41-001", 3)
    return final


def found_in(final) -> set[str]:
    with final.database.read() as session:
        return {problem.code for problem in examine_publicity(session)}


def test_nothing_is_wrong_with_what_was_done_by_acts(settled) -> None:
    assert found_in(settled) == set()


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ("UPDATE publicity_window SET digest = 'x'", {"NAMES_CHANGED"}),
        ("UPDATE recommendation_list SET state = 'FINAL' WHERE region = '61'", {"WINDOW_MISSING"}),
        ("UPDATE objection SET contact = 'a@example.org' WHERE status = 'REJECTED'", {"OBJECTION_TORN"}),
        ("UPDATE objection SET decided_at = NULL WHERE status = 'UPHELD'", {"OBJECTION_TORN"}),
        ("UPDATE objection SET status = 'UPHELD' WHERE status = 'REJECTED'", {"WORD_MISSING"}),
        ("UPDATE objection SET status = 'REJECTED' WHERE status = 'UPHELD'", {"WORD_MISSING"}),
        ("DELETE FROM objection WHERE status = 'RECEIVED'", {"NOT_ON_RECORD"}),
    ],
)
def test_what_was_bent_by_hand_is_found(settled, change, codes) -> None:
    with settled.database.engine.begin() as connection:
        connection.execute(text(change))
    assert found_in(settled) == codes
