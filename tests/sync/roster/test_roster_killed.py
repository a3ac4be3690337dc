"""kill -9 before every statement of decide, uphold, promote, freeze and seal: all of it is done or nothing, and all stays sound."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from schema.vocabulary import RosterState

ROOT = Path(__file__).parents[3]


@pytest.fixture
def deaths(final, tmp_path):
    """Has an act done by a process that dies at every place; yields after each death, ends once it was done."""

    def run(act: str):
        url = final.database.url.render_as_string(hide_password=False)
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "VERSION": str(final.number()),
            "OBJECTION": final.waiting,
            "SEALS": str(tmp_path / "seals"),
        }
        command = [sys.executable, Path(__file__).parent / "dying.py", url, act, final.now.isoformat()]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, env=environment, **pipes) as process:
            for line in process.stdout:
                if line == "done\n":
                    break
                yield int(line)
                process.stdin.write("\n")
                process.stdin.flush()
        assert process.returncode == 0

    return run


def left(final) -> tuple:
    """What stands, and what is on record of it."""
    return final.number(), final.states(), final.on_record()


def prepared(final, act: str) -> None:
    """Bring things to where the act can be done."""
    if act == "decide":
        final.case("41:1", "61:1")
        final.renew()
    elif act == "uphold":
        final.lay_open("TJ-41-001")
        final.waiting = final.object("GS-41-001", 2)
    elif act == "freeze":
        final.publish("TJ-41-001", "TJ-61-001")


@pytest.mark.parametrize("act", ["decide", "uphold", "promote", "freeze", "seal"])
def test_an_act_that_is_killed_anywhere_leaves_nothing_of_itself_and_is_done_once_in_the_end(
    final, deaths, act
) -> None:
    prepared(final, act)
    before = left(final)
    places = []
    for place in deaths(act):
        places.append(place)
        assert (left(final), final.sound()) == (before, []), f"killed before statement {place}"
    done = {
        "decide": lambda: (
            final.states()["41:3"] is RosterState.INCLUDED and len(final.on_record("ROSTER_PROMOTED")) == 1
        ),
        "uphold": lambda: (
            final.states()["41:3"] is RosterState.INCLUDED and len(final.on_record("OBJECTION_DECIDED")) == 1
        ),
        "promote": lambda: (
            final.states()["41:3"] is RosterState.INCLUDED and len(final.on_record("ROSTER_PROMOTED")) == 1
        ),
        "freeze": lambda: final.on_record("ROSTER_FROZEN") == [("ROSTER_FROZEN", f"roster {final.number()}")],
        "seal": lambda: left(final) == before,
    }[act]
    assert (len(places) >= 4, done(), final.sound()) == (True, True, [])
