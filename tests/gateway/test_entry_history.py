"""What of an entry changed, over GraphQL: which parts and when, and nothing of who anybody is."""

from datetime import UTC, datetime

import pytest

from schema.vocabulary import Role
from sync.tables import EntryChangeRow

ASKED = "query One($id: ID!) { entry(id: $id) { history { changedAt recordedAt runId parts { part before after } } } }"
SEEN = datetime(2025, 8, 2, tzinfo=UTC)
CHANGES = {
    "STAGE": ["REGISTERED", "FINAL"],
    "TOPIC": [["HA-T01", "HA-T01-01", None], ["HA-T01", "HA-T01-02", None]],
    "REPRESENTATIVES": [[["王*", "k1.abc", "k1.def"]], []],
    "ORGANISATIONS": [[["甲公司", None]], [["乙公司", None]]],
    "SCORE": [None, 88.5],
}


@pytest.fixture
def changed(own, expected):
    """A hub that noticed one change of one entry, and that entry's id."""
    entry = min(entry for entry in expected if entry.startswith("41"))
    with own.hub.database.write() as session:
        session.add(EntryChangeRow(entry_id=entry, changes=CHANGES, changed_at=SEEN, recorded_at=SEEN, run_id="R1"))
    return own, entry


def test_a_change_is_told_part_by_part_with_its_time_in_china(changed) -> None:
    service, entry = changed
    (told,) = service.of(Role.REGION, "41").ask(ASKED, id=entry)["entry"]["history"]
    assert told == {
        "changedAt": "2025-08-02T08:00:00+08:00",
        "recordedAt": "2025-08-02T08:00:00+08:00",
        "runId": "R1",
        "parts": [
            {"part": "TOPIC", "before": "HA-T01-01", "after": "HA-T01-02"},
            {"part": "REPRESENTATIVES", "before": None, "after": None},
            {"part": "ORGANISATIONS", "before": None, "after": None},
            {"part": "STAGE", "before": "REGISTERED", "after": "FINAL"},
            {"part": "SCORE", "before": None, "after": "88.5"},
        ],
    }


def test_an_entry_that_never_changed_has_an_empty_history(own, expected) -> None:
    assert own.national.ask(ASKED, id=min(expected))["entry"]["history"] == []
