"""Subscriptions over both databases: all that happens, once, in order, and nothing that is not the
viewer's, whoever commits it.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from adapters.registry import regions
from gateway import feed
from gateway.auth import create_key, revoke_key
from schema.errors import RequestError
from schema.vocabulary import CaseStatus, Role
from sync import decisions
from sync.database import Database
from sync.repository.cases import CaseStore
from sync.repository.changes import ChangeStore
from sync.scope import EVERYTHING
from sync.tables import ChangeRow

PULLS = "subscription($after: String, $regions: [RegionCode!]) { pullProgress(after: $after, regions: $regions) { cursor pull { id region { code } status rowsRead } } }"
CASES = "subscription($after: String) { caseChanged(after: $after) { cursor change case { id status decisions { author reason } entries { entryId } } } }"
LISTS = (
    "subscription($after: String) { listChanged(after: $after) { cursor act list { receipt region { code } state } } }"
)
ROSTERS = "subscription($after: String) { rosterChanged(after: $after) { cursor version { number cause actor } } }"


def open_cases(database: Database) -> list[str]:
    with database.read() as session:
        return [case.id for case in CaseStore(session, EVERYTHING).standing([CaseStatus.OPEN])]


def dismiss(database: Database, case: str) -> None:
    decisions.decide(
        database, EVERYTHING, case=case, status=CaseStatus.DISMISSED, reason="已核实", author="clerk", kept_entry=None
    )  # fmt: skip


def command(database: Database, *arguments: str) -> None:
    """What somebody types on the hub's machine: a process of its own."""
    url = database.url.render_as_string(hide_password=False)
    environment = {**os.environ, "DEXHUB_DATABASE_URL": url, "DEXHUB_TOKEN_KEY": "t" * 64}
    subprocess.run(
        [str(Path(sys.executable).with_name("dexhub")), *arguments], check=True, capture_output=True, env=environment,
        cwd=Path(feed.__file__).parents[1],
    )  # fmt: skip


def test_a_decision_of_another_process_is_told(hub, key, admitted, cursor) -> None:
    case = open_cases(hub.hub.database)[0]
    with admitted(hub.url, key) as socket:
        socket.subscribe(CASES, after=cursor(hub))
        command(hub.hub.database, "cases", "decide", case, "--decision", "DISMISSED", "--reason", "已核实")
        told = socket.next()
    assert (told["change"], told["case"]["id"], told["case"]["status"]) == ("DECIDED", case, "DISMISSED")


def test_a_pull_is_told_from_its_beginning_to_its_end(serve, database, sandbox, until, admitted, cursor) -> None:
    service = serve(database, sandbox[1])
    key = create_key(database, "follower", Role.NATIONAL)
    with admitted(service.url, key) as socket:
        socket.subscribe(PULLS, after=cursor(service), regions=["41"])
        service.national.ask('mutation { startPull(regions: ["41", "43"]) { problems { code } } }')
        until(
            lambda: service.national.ask("{ pulls { nodes { phase } } }")["pulls"]["nodes"] == [{"phase": "ENDED"}] * 2
        )
        (stored,) = service.national.ask('{ pulls(regions: ["41"]) { nodes { id rowsRead } } }')["pulls"]["nodes"]
        with database.read() as session:
            rows = [row for row in ChangeStore(session).after(0, "PULL", 1000) if row.subject == stored["id"]]
        told = [socket.next() for _ in rows]
    assert (
        [message["cursor"] for message in told],
        {(message["pull"]["id"], message["pull"]["region"]["code"]) for message in told},
        (told[-1]["pull"]["status"], told[-1]["pull"]["rowsRead"]),
        [row.what for row in rows][:: len(rows) - 1],
    ) == (
        [str(row.sequence) for row in rows],
        {(stored["id"], "41")},
        ("SUCCEEDED", stored["rowsRead"]),
        ["RUNNING", "SUCCEEDED"],
    )


def test_what_is_done_to_lists_and_to_the_roster_is_told(hub, key, items, admitted, cursor) -> None:
    start = cursor(hub)
    receipt = hub.accepted(hub.national, "41", items("41"))
    with admitted(hub.url, key) as socket:
        socket.subscribe(LISTS, "lists", after=start)
        acts = [socket.next()["act"] for _ in range(4)]
    with admitted(hub.url, key) as socket:
        socket.subscribe(ROSTERS, "roster", after=start)
        version = socket.next()["version"]
    newest = hub.national.ask("{ rosterVersions(first: 100) { nodes { number cause actor } } }")["rosterVersions"][
        "nodes"
    ][-1]
    states = hub.national.ask("{ recommendationLists { receipt events { act } } }")["recommendationLists"]
    (told,) = [[event["act"] for event in made["events"]] for made in states if made["receipt"] == receipt]
    assert (acts, version) == (told[:4], newest)


@pytest.mark.parametrize("region", ["41", "43"])
def test_a_region_is_told_of_its_own_alone(hub, items, region, admitted, cursor, some_pull) -> None:
    database, start = hub.hub.database, cursor(hub)
    for number, code in enumerate(regions()):
        some_pull(database, code, number)
        hub.submit(hub.national, code, items(code))
    for case in open_cases(database):
        dismiss(database, case)
    last = some_pull(database, region, 99)
    hub.move(hub.national, hub.submit(hub.national, region, items(region, 1))["list"]["receipt"], "CHECK")
    mine = create_key(database, f"province {region}", Role.REGION, region)
    with admitted(hub.url, mine) as socket:
        socket.subscribe(PULLS, "pulls", after=start)
        pulls = [socket.next()["pull"]]
        while pulls[-1]["id"] != last:
            pulls.append(socket.next()["pull"])
    with admitted(hub.url, mine) as socket:
        socket.subscribe(LISTS, "lists", after=start)
        made = [socket.next()]
        while made[-1]["act"] != "CHECK":
            made.append(socket.next())
    own = hub.of(Role.REGION, region).ask("{ duplicateCases(first: 1000) { nodes { id } } }")["duplicateCases"]["nodes"]
    with admitted(hub.url, mine) as socket:
        socket.subscribe(CASES, "cases", after=start)
        cases = [socket.next()["case"] for _ in own]
    ids = {side["entryId"] for case in cases for side in case["entries"]} - {None}
    assert (
        {pull["region"]["code"] for pull in pulls} | {each["list"]["region"]["code"] for each in made},
        {case["id"] for case in cases},
        {identifier[:2] for identifier in ids},
    ) == ({region}, {case["id"] for case in own}, {region} if own else set())


def test_a_region_is_not_told_who_made_a_version_of_the_roster_and_why(hub, items, admitted, cursor) -> None:
    start = cursor(hub)
    hub.accepted(hub.national, "43", items("43"))
    mine = create_key(hub.hub.database, "province", Role.REGION, "41")
    with admitted(hub.url, mine) as socket:
        socket.subscribe(ROSTERS, after=start)
        assert socket.next()["version"]["actor"] is None


def test_many_writers_at_once_are_told_without_a_loss_a_repetition_or_disorder(
    hub, key, admitted, cursor, some_pull
) -> None:
    database, start = hub.hub.database, cursor(hub)
    writers = [
        threading.Thread(target=lambda part=part: [some_pull(database, "41", part * 100 + n) for n in range(10)])
        for part in range(6)
    ]
    with admitted(hub.url, key) as socket:
        socket.subscribe(PULLS, after=start)
        for writer in writers:
            writer.start()
        told = [socket.next() for _ in range(60)]
        for writer in writers:
            writer.join()
    with database.read() as session:
        stored = [(row.sequence, row.subject) for row in ChangeStore(session).after(int(start), "PULL", 1000)]
    assert [(int(each["cursor"]), each["pull"]["id"]) for each in told] == stored


def test_whoever_comes_back_after_its_last_cursor_has_missed_nothing(hub, key, admitted, cursor, some_pull) -> None:
    database, start = hub.hub.database, cursor(hub)
    ids = [some_pull(database, "41", 0)]
    with admitted(hub.url, key) as socket:
        socket.subscribe(PULLS, after=start)
        first = socket.next()
    ids += [some_pull(database, "43", 1), some_pull(database, "41", 2)]
    with admitted(hub.url, key) as socket:
        socket.subscribe(PULLS, after=first["cursor"])
        again = [socket.next(), socket.next()]
    assert [each["pull"]["id"] for each in (first, *again)] == ids


def test_without_a_cursor_only_what_happens_from_now_on_is_told(hub, key, until, admitted, some_pull) -> None:
    some_pull(hub.hub.database, "41", 0)
    with admitted(hub.url, key) as socket:
        socket.subscribe(PULLS)
        until(lambda: hub.hub.feed._followers)
        until(lambda: hub.hub.feed._newest)
        later = some_pull(hub.hub.database, "41", 1)
        assert socket.next()["pull"]["id"] == later


@pytest.mark.parametrize("after", ["999999", "-1", "x", "１", "", "9" * 40])
def test_a_cursor_that_is_none_is_refused_in_words(service, after, admitted) -> None:
    with admitted(service.url, create_key(service.hub.database, "follower", Role.NATIONAL)) as socket:
        socket.subscribe(PULLS, after=after)
        assert socket.code() == "CURSOR_INVALID"


def test_a_cursor_from_before_what_is_kept_is_refused_in_words(hub, key, admitted) -> None:
    with hub.hub.database.write() as session:
        session.query(ChangeRow).delete()
        session.add(ChangeRow(sequence=500, topic="PULL", subject="none", what="SUCCEEDED"))
    with admitted(hub.url, key) as socket:
        socket.subscribe(PULLS, after="7")
        assert socket.code() == "CURSOR_EXPIRED"


async def test_whoever_falls_too_far_behind_is_ended_with_the_cursor_to_come_back_with(
    database, monkeypatch, until, some_pull
) -> None:
    monkeypatch.setattr(feed, "MOST_BEHIND", 3)
    monkeypatch.setattr(feed, "_BATCH", 2)
    following = feed.Feed(database)
    changes = following.follow("viewer", "PULL", "0")
    first = asyncio.ensure_future(anext(changes))
    await asyncio.to_thread(some_pull, database, "41", 0)
    assert (await first).sequence == 1
    second = asyncio.ensure_future(anext(changes))
    await asyncio.to_thread(until, lambda: following._news._waiters)  # it has caught up, and only then falls behind
    await asyncio.to_thread(some_pull, database, "41", 1)
    await second
    for number in range(2, 12):
        await asyncio.to_thread(some_pull, database, "41", number)
    await asyncio.to_thread(until, lambda: following._newest == 12)
    with pytest.raises(RequestError) as ended:
        [change async for change in changes]
    assert (ended.value.code, following._followers) == ("SUBSCRIBER_TOO_SLOW", {})


async def test_nobody_looks_at_the_database_while_nobody_follows(database, some_pull) -> None:
    following = feed.Feed(database)
    changes = following.follow("viewer", "PULL", "0")
    await asyncio.to_thread(some_pull, database, "41", 0)
    await anext(changes)
    watched = following._watcher is not None
    await changes.aclose()
    assert (watched, following._watcher) == (True, None)


def test_a_key_has_only_so_many_subscriptions(hub, key, monkeypatch, admitted, cursor, some_pull) -> None:
    monkeypatch.setattr(feed, "MOST_SUBSCRIPTIONS", 1)
    start = cursor(hub)
    some_pull(hub.hub.database, "41")
    with admitted(hub.url, key) as socket:
        socket.subscribe(PULLS, "first", after=start)
        socket.next()
        socket.subscribe(PULLS, "second", after=start)
        assert socket.code() == "SUBSCRIPTIONS_EXCEEDED"


def test_a_key_that_is_revoked_is_told_no_more(hub, key, admitted, cursor, some_pull) -> None:
    start = cursor(hub)
    with admitted(hub.url, key) as socket:
        socket.subscribe(PULLS, after=start)
        some_pull(hub.hub.database, "41", 0)
        socket.next()
        revoke_key(hub.hub.database, key.split("_")[1], "test")
        some_pull(hub.hub.database, "41", 1)
        assert socket.code() == "UNAUTHENTICATED"


def test_an_unexpected_error_of_a_subscription_is_masked(own, admitted, cursor) -> None:
    key, start = create_key(own.hub.database, "follower", Role.NATIONAL), cursor(own)
    case = open_cases(own.hub.database)[0]
    dismiss(own.hub.database, case)
    with own.hub.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE entry_organisation")
    with admitted(own.url, key) as socket:
        socket.subscribe(CASES, after=start)
        message = socket.message()
    assert ("entry_organisation" in json.dumps(message), "INTERNAL" in json.dumps(message)) == (False, True)
