"""What an operator watches and steers over GraphQL: schedules, live runs, guard stops, drift."""

from datetime import UTC, datetime, timedelta

from schema.vocabulary import PullStatus
from sync.repository.guard_stops import GuardStopStore
from sync.repository.jobs import JobStore
from sync.repository.pulls import PullStore
from sync.scope import EVERYTHING
from sync.tables import GuardStopRow, PullRow


def run(region: str, token: int) -> PullRow:
    return PullRow(
        id=f"run{token}", region=region, status=PullStatus.RUNNING, started_by="test", started_at=datetime.now(UTC),
        token=token, problems=[], drift=[],
    )  # fmt: skip


def claim(hub, length: timedelta) -> int:
    with hub.database.write() as session:
        token = JobStore(session).claim("pull 41", "a", length, only_if_due=False)
    assert token is not None
    return token


def status_of(service, identifier: str) -> tuple[str, list[str]]:
    pulls = service.national.ask("{ pulls(first: 100) { nodes { id status problems { code } } } }")["pulls"]["nodes"]
    return next((p["status"], [q["code"] for q in p["problems"]]) for p in pulls if p["id"] == identifier)


def test_a_run_under_a_living_claim_shows_as_running(own) -> None:
    token = claim(own.hub, timedelta(minutes=1))
    with own.hub.database.write() as session:
        PullStore(session).save(run("41", token))
    assert status_of(own, f"run{token}") == ("RUNNING", [])


def test_a_run_whose_process_died_never_shows_as_running(own) -> None:
    token = claim(own.hub, timedelta(0))
    with own.hub.database.write() as session:
        PullStore(session).save(run("41", token))
    assert status_of(own, f"run{token}") == ("FAILED", ["RUN_DIED"])


def test_stopping_a_pull_takes_its_claim_away(own) -> None:
    token = claim(own.hub, timedelta(minutes=1))
    with own.hub.database.write() as session:
        PullStore(session).save(run("41", token))
    answer = own.national.ask('mutation { stopPull(regions: ["henan"]) { stopped { code } problems { code } } }')
    assert (answer["stopPull"], status_of(own, f"run{token}")) == (
        {"stopped": [{"code": "41"}], "problems": []},
        ("FAILED", ["RUN_DIED"]),
    )


def test_stopping_a_region_that_is_not_there_is_a_problem(own) -> None:
    answer = own.national.ask(
        'mutation { stopPull(regions: ["nowhere"]) { stopped { code } problems { code value } } }'
    )
    assert answer["stopPull"] == {"stopped": [], "problems": [{"code": "REGION_UNKNOWN", "value": "nowhere"}]}


def test_schedules_tell_how_each_job_last_went(settled) -> None:
    document = "{ schedules { name lastOutcome runningSince problems { code } } }"
    found = {each["name"]: each for each in settled.national.ask(document)["schedules"]}
    assert found["pull 41"] == {"name": "pull 41", "lastOutcome": "SUCCEEDED", "runningSince": None, "problems": []}


def test_a_pull_tells_what_its_platform_sent_in_an_unknown_form(settled) -> None:
    (pull,) = settled.national.ask('{ pulls(regions: ["41"]) { nodes { drift { kind place value rows } } } }')["pulls"][
        "nodes"
    ]
    assert sorted((each["kind"], each["place"], each["rows"]) for each in pull["drift"]) == [
        ("NEW_FIELD", "aiFlag", 1),
        ("NEW_LABEL", "stage", 1),
    ]


def test_a_guard_stop_is_overridden_with_a_reason_and_says_by_whom(own) -> None:
    stop = GuardStopRow(
        run_id="r",
        region="41",
        stopped_at=datetime.now(UTC),
        kind="deletions",
        number=9,
        bound=3,
        entries=30,
        difference=[],
    )
    with own.hub.database.write() as session:
        GuardStopStore(session, EVERYTHING).add(stop)
    document = (
        'mutation { overrideGuardStop(runId: "r", reason: "已核实") { stop { reason usedAt } problems { code } } }'
    )
    answer = own.national.ask(document)["overrideGuardStop"]
    assert answer == {"stop": {"reason": "已核实", "usedAt": None}, "problems": []}


def test_an_override_without_a_reason_is_refused(settled) -> None:
    document = 'mutation { overrideGuardStop(runId: "stop of 41", reason: " ") { stop { runId } problems { code } } }'
    assert settled.national.ask(document)["overrideGuardStop"] == {
        "stop": None,
        "problems": [{"code": "REASON_MISSING"}],
    }
