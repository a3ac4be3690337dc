"""Pulls started over HTTP, against real platforms; and what becomes of them when the hub stops."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from adapters.registry import regions
from adapters.sandbox.platform import Fault
from gateway.auth import Viewer
from gateway.hub import Hub
from schema.errors import RequestError
from schema.vocabulary import PullStatus, Role
from sync.database import Database
from sync.pull import job_name
from sync.repository.pulls import PullStore
from sync.scope import EVERYTHING
from sync.settings import Settings
from sync.tables import PullRow

CODES = list(regions())
START = """mutation Start($regions: [ID!], $full: Boolean! = false) {
  startPull(regions: $regions, full: $full) { started { code } alreadyRunning { code } problems { code place value } } }"""
PULLS = """{ pulls { nodes { region { code } status startedBy startedAt finishedAt created changed unchanged withdrawn quarantined
  problems { code zh en } } } }"""
PHASES = "{ pulls { nodes { phase toJudge } } }"
FRESHNESS = """{ regions { code freshness {
  isFresh ageMinutes targetMinutes succeededAt lastStatus causeZh causeEn } } }"""


@pytest.fixture
def empty(sqlite_backend) -> Database:
    return Database(sqlite_backend.new("empty"))


@pytest.fixture
def hub(serve, empty, sandbox):
    """An empty hub that knows five platforms."""
    return serve(empty, sandbox[1])


def start(client, **wanted) -> dict:
    return client.ask(START, **wanted)["startPull"]


def codes(listed) -> list[str]:
    return [region["code"] for region in listed]


def pulls(client) -> list[dict]:
    return client.ask(PULLS)["pulls"]["nodes"]


@pytest.fixture
def ended(until):
    """All pulls when none runs any more."""

    def wait(client, number: int) -> list[dict]:
        until(lambda: len([p for p in pulls(client) if p["status"] != "RUNNING"]) == number)
        return pulls(client)

    return wait


def test_all_regions_are_started_and_end_with_all_that_their_platforms_gave(hub, ended, corpus, expected) -> None:
    told = start(hub.national)
    found = {pull["region"]["code"]: (pull["status"], pull["created"]) for pull in ended(hub.national, 5)}
    entries = hub.national.ask("{ entries { totalCount } }")["entries"]["totalCount"]
    number = {code: sum(entry.startswith(code) for entry in expected) for code in CODES}
    assert (codes(told["started"]), found, entries) == (
        CODES,
        {code: ("SUCCEEDED", number[code]) for code in CODES},
        len(expected),
    )


def test_a_pull_that_ended_well_makes_its_region_fresh(hub, ended) -> None:
    start(hub.national, regions=["41"])
    ended(hub.national, 1)
    told = {r["code"]: r["freshness"] for r in hub.national.ask(FRESHNESS)["regions"]}
    assert (told["41"]["isFresh"], told["41"]["ageMinutes"], told["41"]["causeZh"]) == (True, 0, None)


def test_a_region_that_was_never_pulled_says_so(hub) -> None:
    told = {r["code"]: r["freshness"] for r in hub.national.ask(FRESHNESS)["regions"]}
    assert (told["41"]["isFresh"], told["41"]["succeededAt"], told["41"]["causeEn"]) == (False, None, "never pulled")


def test_a_pull_names_who_started_it(hub, ended) -> None:
    start(hub.of(Role.JOB), regions=["13"])
    assert [pull["startedBy"] for pull in ended(hub.national, 1)] == ["JOB"]


def test_a_full_pull_over_stored_rows_changes_nothing(hub, ended, until) -> None:
    start(hub.national, regions=["61"])
    first = ended(hub.national, 1)[0]
    until(
        lambda: start(hub.national, regions=["61"], full=True)["started"]
    )  # what the first brought is still being judged
    second = ended(hub.national, 2)[0]
    assert (second["created"], second["changed"], second["unchanged"]) == (0, 0, first["created"])


@pytest.mark.parametrize("name", ["41", "henan", "河南"])
def test_a_region_is_named_by_code_slug_or_chinese_name(hub, ended, name) -> None:
    told = start(hub.national, regions=[name])
    ended(hub.national, 1)
    assert codes(told["started"]) == ["41"]


def test_a_region_whose_pull_runs_is_not_started_twice(hub, sandbox, ended) -> None:
    sandbox[0]["hebei"].fault = Fault("delay", 1)
    start(hub.national, regions=["13"])
    told = start(hub.national, regions=["13", "61"])
    ended(hub.national, 2)
    assert (codes(told["started"]), codes(told["alreadyRunning"])) == (["61"], ["13"])


def test_a_region_can_be_started_again_when_its_pull_has_ended(hub, ended, until) -> None:
    start(hub.national, regions=["13"])
    ended(hub.national, 1)
    until(lambda: codes(start(hub.national, regions=["13"])["started"]) == ["13"])
    assert [pull["status"] for pull in ended(hub.national, 2)] == ["SUCCEEDED", "SUCCEEDED"]


def test_unknown_regions_are_told_and_nothing_is_started(hub) -> None:
    told = start(hub.national, regions=["41", "atlantis", "99"])
    problems = [(problem["code"], problem["value"]) for problem in told["problems"]]
    assert (problems, told["started"], pulls(hub.national)) == (
        [("REGION_UNKNOWN", "atlantis"), ("REGION_UNKNOWN", "99")],
        [],
        [],
    )


def test_a_platform_that_fails_costs_its_own_pull_and_the_cause_is_told(hub, sandbox, ended) -> None:
    sandbox[0]["hunan"].fault = Fault("html", times=100)
    start(hub.national)
    status = {pull["region"]["code"]: pull["status"] for pull in ended(hub.national, 5)}
    cause = {r["code"]: r["freshness"]["causeZh"] for r in hub.national.ask(FRESHNESS)["regions"]}
    failed = {pull["region"]["code"]: pull["problems"] for pull in pulls(hub.national)}["43"]
    assert (status, cause["43"]) == ({**dict.fromkeys(CODES, "SUCCEEDED"), "43": "FAILED"}, failed[0]["zh"])


def test_a_platform_without_an_address_fails_with_what_is_missing(serve, empty, ended) -> None:
    service = serve(empty)
    start(service.national, regions=["41"])
    (pull,) = ended(service.national, 1)
    assert (pull["status"], [problem["code"] for problem in pull["problems"]]) == (
        "FAILED",
        ["PLATFORM_NOT_CONFIGURED"],
    )


def test_without_a_token_key_nothing_is_started(serve, filled_sqlite) -> None:
    service = serve(filled_sqlite)
    service.hub.settings = service.hub.settings.model_copy(update={"token_key": None})
    assert service.national.code(START) == "TOKEN_KEY_MISSING"


def test_a_hub_that_stops_lets_its_pulls_write_down_that_they_were_stopped(hub, sandbox, until) -> None:
    sandbox[0]["shanxi"].fault = Fault("delay", 1)
    start(hub.national, regions=["14"])
    until(lambda: pulls(hub.national) != [])
    hub.hub.stop()
    with hub.hub.database.read() as session:
        (row,) = PullStore(session).runs(EVERYTHING, (), 10)
    assert (row.status, [problem["code"] for problem in row.problems]) == (PullStatus.FAILED, ["PULL_STOPPED"])


def test_a_hub_may_be_stopped_twice(filled_sqlite) -> None:
    hub = Hub(Settings(), filled_sqlite)
    assert [hub.stop(), hub.stop()] == [None, None]


def test_a_server_that_ends_stops_its_hub_without_a_complaint(running, filled_sqlite, caplog) -> None:
    with running(filled_sqlite) as service:
        service.national.ask("{ nationalTracks { id } }")
    assert [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


def test_a_viewer_of_the_wrong_role_is_refused() -> None:
    with pytest.raises(RequestError) as refusal:
        Viewer("a", Role.REGION, "41").require(Role.JOB)
    assert (refusal.value.code, refusal.value.status) == ("FORBIDDEN", 403)


@pytest.mark.parametrize(
    ("rows_read", "phase"), [(0, "FETCHING"), (40, "STORING")], ids=["nothing is stored yet", "pages are stored"]
)
def test_a_pull_under_way_says_how_far_it_has_come(hub, rows_read, phase) -> None:
    claim = hub.hub.puller.leases.claim(job_name(CODES[0]))
    with hub.hub.database.write() as session:
        row = PullRow(id="x", region=CODES[0], status="RUNNING", started_by="test", token=claim.token, problems=[])
        row.started_at, row.rows_read = datetime.now(UTC), rows_read
        PullStore(session).save(row)
    assert hub.national.ask(PHASES)["pulls"]["nodes"] == [{"phase": phase, "toJudge": 0}]


@pytest.fixture
def judged(hub, until):
    """One pull, and all its entries judged."""
    start(hub.national, regions=CODES[:1])
    until(lambda: hub.national.ask(PHASES)["pulls"]["nodes"] == [{"phase": "ENDED", "toJudge": 0}])
    return hub


def test_a_pull_whose_entries_wait_to_be_judged_says_how_many(judged) -> None:
    with judged.hub.database.write() as session:
        session.execute(text("DELETE FROM eligibility"))
    created = pulls(judged.national)[0]["created"]
    assert judged.national.ask(PHASES)["pulls"]["nodes"] == [{"phase": "JUDGING", "toJudge": created}]


def test_what_waits_to_be_judged_is_told_of_the_newest_pull_alone(judged, ended) -> None:
    start(judged.national, regions=CODES[:1])
    ended(judged.national, 2)
    with judged.hub.database.write() as session:
        session.execute(text("DELETE FROM eligibility"))
    assert [pull["phase"] for pull in judged.national.ask(PHASES)["pulls"]["nodes"]] == ["JUDGING", "ENDED"]
