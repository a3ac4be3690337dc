"""`dexhub roster` and `dexhub publicity` as the organiser types them."""

from datetime import datetime, timedelta

import orjson
import pytest
from sqlalchemy import text

from schema.provenance import CHINA


@pytest.fixture
def listed(dexhub, at, items, tmp_path) -> list[str]:
    """An accepted list of thirty from Henan, without the planted duplicates, and so the first version; its entries."""
    with at.write() as session:
        session.execute(text("UPDATE entry SET stage = 'AWARDED', award = 'THIRD' WHERE status = 'ACTIVE'"))
    rows = [{**row, "rank": rank} for rank, row in enumerate(items("41", finished=True)[6:36], start=1)]
    file = tmp_path / "list.json"
    file.write_bytes(orjson.dumps(rows))
    pushed = dexhub("lists", "push", file, "--region", "41", "--confirm", "已逐项核实", "--json").json
    for act in ("CHECK", "ACCEPT"):
        dexhub("lists", "act", pushed["receipt"], act)
    return [row["entryId"] for row in rows]


@pytest.fixture
def words(tmp_path):
    """A file of decisions."""

    def write(**said):
        file = tmp_path / "decisions.json"
        file.write_bytes(orjson.dumps(said))
        return file

    return write


def test_a_version_is_computed_again_byte_for_byte(dexhub, listed) -> None:
    run = dexhub("roster", "recompute", "--version", 1)
    assert (run.code, dexhub("roster", "show", "--version", 1, "--json").json["digest"] in run.out) == (0, True)


def test_nothing_new_makes_no_version(dexhub, listed) -> None:
    assert "没有变化" in dexhub("roster", "renew", "--reason", "x").out


def test_what_if_tells_who_would_move_up_and_changes_nothing(dexhub, listed, words) -> None:
    file = words(entries=[{"entry": listed[0], "act": "EXCLUDE", "reason": "x"}])
    found = [change["after"]["entry_id"] for change in dexhub("roster", "what-if", file, "--json").json]
    assert (found, len(dexhub("roster", "versions", "--json").json)) == ([listed[0], listed[28]], 1)


def test_a_decision_makes_a_version_that_can_be_compared(dexhub, listed, words) -> None:
    dexhub(
        "roster",
        "decide",
        words(entries=[{"entry": listed[0], "act": "EXCLUDE", "reason": "x"}]),
        "--reason",
        "审查未通过",
    )
    found = [change["after"]["state"] for change in dexhub("roster", "compare", 1, 2, "--json").json]
    assert found == ["EXCLUDED", "INCLUDED"]


def test_a_file_that_is_no_set_of_decisions_is_refused_with_its_places(dexhub, listed, words) -> None:
    run = dexhub("roster", "decide", words(entries=[{"entry": "x", "act": "KEEP"}]), "--reason", "x")
    assert (run.code, run.problems) == (2, ["DECISIONS_INVALID", "DECISIONS_INVALID"])


def test_cases_are_not_decided_with_the_roster(dexhub, listed, words) -> None:
    run = dexhub("roster", "decide", words(cases=[{"case": "C1", "decision": "DISMISSED"}]), "--reason", "x")
    assert (run.code, run.problems) == (2, ["DECISION_INVALID"])


def test_a_version_that_does_not_exist_is_refused(dexhub, listed) -> None:
    assert dexhub("roster", "show", "--version", 9).problems == ["VERSION_UNKNOWN"]


def test_freezing_before_publicity_is_refused(dexhub, listed) -> None:
    run = dexhub("roster", "freeze", "--version", 1, "--reason", "x")
    assert (run.code, run.problems) == (2, ["PUBLICITY_MISSING"])


def test_publicity_is_opened_until_the_end_that_is_given(dexhub, listed) -> None:
    receipt = dexhub("roster", "--json").json["items"][0]["receipt"]
    until = (datetime.now(CHINA) + timedelta(days=30)).replace(microsecond=0)
    dexhub("lists", "act", receipt, "PUBLISH", "--until", until.replace(tzinfo=None).isoformat())
    (row,) = dexhub("publicity", "list", "--json").json
    told = (row["id"], datetime.fromisoformat(row["closes_at"]), len(row["names"]))
    assert told == ("GS-41-001", until, 30)


def test_an_objection_that_does_not_exist_is_refused(dexhub, listed) -> None:
    assert dexhub("publicity", "decide", "Y0", "UPHELD", "--reason", "x").problems == ["OBJECTION_UNKNOWN"]


def test_a_clock_is_accepted_on_record(dexhub, listed) -> None:
    dexhub("audit", "clock", "--reason", "已校时")
    assert dexhub("audit", "list", "--json").json[0]["action"] == "CLOCK_ACCEPTED"
