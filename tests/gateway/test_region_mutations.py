"""What keys of each role may change: a region its own list and nothing else, a job no judgement."""

import pytest

from adapters.registry import regions
from schema.vocabulary import Role
from sync.detector import detect

CODES = tuple(regions())
FORBIDDEN = {
    "decideCase": 'mutation { decideCase(input: {caseId: "C", decision: DISMISSED, reason: "x"}) { problems { code } } }',
    "startPull": "mutation { startPull { started { code } } }",
    "stopPull": 'mutation { stopPull(regions: ["41"]) { stopped { code } } }',
    "overrideGuardStop": 'mutation { overrideGuardStop(runId: "R", reason: "x") { problems { code } } }',
    "startDetection": "mutation { startDetection { cases } }",
    "submitRecommendations": 'mutation { submitRecommendations(input: {region: "41", items: []}) { accepted } }',
}
EVIDENCE = "{ duplicateCases(kinds: [SAME_PROJECT]) { nodes { entries { region { code } } pairs { score } } } }"
ONE_PROJECT = (
    "青石坡村智慧茶园溯源平台",
    "针对青石坡村茶园信息分散的现状，布设感知终端457台，回传土壤墒情，准确率达94.5%，服务茶农2128户，累计入库4067万条。",
)


def test_a_region_cannot_push_another_regions_list(settled, items, code) -> None:
    other = next(each for each in CODES if each != code)
    told = settled.submit(settled.of(Role.REGION, code), other, items(other, 3))
    assert ([problem["code"] for problem in told["problems"]], told["accepted"]) == (["REGION_UNKNOWN"], False)


def test_a_region_is_told_of_another_one_what_it_is_told_of_one_that_does_not_exist(settled, items) -> None:
    client = settled.of(Role.REGION, "41")
    assert settled.submit(client, "61", items("61", 3)) == settled.submit(client, "99", items("61", 3))


def test_what_a_region_pushed_for_another_is_stored_nowhere(own, items) -> None:
    own.submit(own.of(Role.REGION, "41"), "61", items("61", 3))
    assert own.national.ask("{ recommendationLists { receipt } }") == {"recommendationLists": []}


@pytest.mark.parametrize("code", CODES)
def test_another_regions_entry_on_a_list_is_answered_like_one_that_does_not_exist(settled, items, code) -> None:
    other = next(each for each in CODES if each != code)
    client, entry = settled.of(Role.REGION, code), items(other, 1)[0]["entryId"]
    answers = [
        settled.submit(client, code, [{"rank": 1, "entryId": wanted, "nationalTrack": "N01"}], dry_run=True)
        for wanted in (entry, f"{other}:none")
    ]
    for answer, wanted in zip(answers, (entry, f"{other}:none"), strict=True):
        assert [answer[kind][0].pop("value") for kind in ("problems", "findings")] == [wanted, wanted]
    assert (answers[0], answers[0]["problems"][0]["code"]) == (answers[1], "ENTRY_FOREIGN")


@pytest.mark.parametrize("name", ["decideCase", "startPull", "stopPull", "startDetection", "overrideGuardStop"])
def test_a_region_neither_decides_nor_starts_anything(settled, name) -> None:
    assert settled.of(Role.REGION, "41").code(FORBIDDEN[name]) == "FORBIDDEN"


@pytest.mark.parametrize("name", ["decideCase", "submitRecommendations", "overrideGuardStop"])
def test_a_job_decides_nothing_and_submits_nothing(settled, name) -> None:
    assert settled.of(Role.JOB).code(FORBIDDEN[name]) == "FORBIDDEN"


def test_a_job_may_start_a_detection(own, corpus) -> None:
    told = own.of(Role.JOB).ask(FORBIDDEN["startDetection"])["startDetection"]
    assert told["cases"] == len(corpus.duplicates)


def test_a_job_may_start_a_pull(own) -> None:
    started = own.of(Role.JOB).ask(FORBIDDEN["startPull"])["startPull"]["started"]
    assert [region["code"] for region in started] == list(CODES)


def test_a_refusal_names_the_roles_that_may(settled) -> None:
    (error,) = settled.of(Role.JOB).answer(FORBIDDEN["decideCase"])["errors"]
    assert error["extensions"]["problems"][0]["remedy_en"] == "a key of role NATIONAL is needed"


def test_of_a_case_over_three_regions_each_sees_only_evidence_that_its_own_entry_takes_part_in(own, items) -> None:
    """One project entered in three regions: three pairs, of which each region is in two."""
    ids = [items(code, 1)[0]["entryId"] for code in ("13", "14", "43")]
    database = own.hub.database
    with database.engine.begin() as connection:
        for entry in ids:
            connection.exec_driver_sql("UPDATE entry SET title = ?, summary = ? WHERE id = ?", (*ONE_PROJECT, entry))
            connection.exec_driver_sql(
                "UPDATE entry_organisation SET name = '青石云帆科技有限公司' WHERE entry_id = ? AND position = 0",
                (entry,),
            )
    detect(database)
    lines = {
        code: [
            len(case["pairs"])
            for case in client.ask(EVIDENCE)["duplicateCases"]["nodes"]
            if {"13", "14", "43"} <= {side["region"]["code"] for side in case["entries"]}
        ]
        for code, client in {"all": own.national, **{c: own.of(Role.REGION, c) for c in ("13", "14", "43")}}.items()
    }
    assert lines == {"all": [3], "13": [2], "14": [2], "43": [2]}


@pytest.mark.parametrize(
    "document",
    [
        'mutation { changeRegister(register: TAX_OFFENDERS, lines: [], reason: "x") { added } }',
        'mutation { removeRegisterLines(ids: ["x"], reason: "x") { removed } }',
        'mutation { waive(clause: "x", entry: "x", reason: "x", expires: "2030-01-01T00:00:00Z") { problems { code } } }',
        'mutation { revokeWaiver(id: "x", reason: "x") { problems { code } } }',
    ],
)
def test_a_region_may_neither_keep_registers_nor_waive(viewer, document) -> None:
    assert viewer.code(document) == "FORBIDDEN"


@pytest.mark.parametrize(
    "document",
    [
        'mutation { renewRoster(reason: "x") { problems { code } } }',
        'mutation { decideRoster(decisions: [], reason: "x") { problems { code } } }',
        'mutation { freezeRoster(version: 1, reason: "x") { problems { code } } }',
        'mutation { reopenRoster(version: 1, reason: "x") { problems { code } } }',
        'mutation { finaliseRoster(version: 1, reason: "x") { problems { code } } }',
        'mutation { issueErratum(version: 1, decisions: [], reason: "x") { problems { code } } }',
        'mutation { fileObjection(input: {window: "x", rank: 1, objector: "x", contact: "x", grounds: "x", evidence: []}) { problems { code } } }',
        'mutation { decideObjection(id: "x", decision: UPHELD, reason: "x") { problems { code } } }',
    ],
)
@pytest.mark.parametrize("role", [Role.REGION, Role.JOB])
def test_nobody_but_the_organiser_acts_on_roster_publicity_and_objections(service, role, document) -> None:
    assert service.of(role, "41" if role is Role.REGION else None).code(document) == "FORBIDDEN"
