"""The command line through its own entry point: answers, exit codes, and nothing but the answer on standard output."""

import pytest

from adapters.registry import regions
from gateway.auth import authenticate
from sync import revision
from sync.database import Database

COMMANDS = ("demo", "serve", "scheduler", "pull", "detect", "roster", "query", "keys", "lists", "schema", "db")
COUNT = "query Count($regions: [ID!]! = []) { entries(filter: {regions: $regions}) { totalCount } }"


@pytest.fixture
def token_key(monkeypatch) -> None:
    monkeypatch.setenv("DEXHUB_TOKEN_KEY", "k" * 64)


def test_help_lists_all_commands(dexhub) -> None:
    run = dexhub("--help")
    assert (run.code, [name for name in COMMANDS if f" {name} " not in run.out]) == (0, [])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(dexhub, name) -> None:
    run = dexhub(name, "--help")
    assert (run.code, "Usage: dexhub " in run.out) == (0, True)


@pytest.mark.parametrize("words", [["none"], ["query"], ["--none"], ["keys", "create", "a"], ["demo", "--size", "1"]])
def test_what_cannot_be_understood_is_refused(dexhub, words) -> None:
    assert dexhub(*words).code == 2


def test_a_query_prints_its_answer_as_json(dexhub, at, expected) -> None:
    run = dexhub("query", COUNT)
    assert (run.code, run.json) == (0, {"data": {"entries": {"totalCount": len(expected)}}})


def test_a_query_may_stand_in_a_file(dexhub, at, tmp_path) -> None:
    (tmp_path / "count.graphql").write_text(COUNT, "utf-8")
    assert dexhub("query", "count.graphql").json == dexhub("query", COUNT).json


def test_a_query_takes_variables(dexhub, at, expected) -> None:
    run = dexhub("query", COUNT, "--variables", '{"regions": ["43"]}')
    assert run.json["data"]["entries"]["totalCount"] == sum(entry.startswith("43") for entry in expected)


@pytest.mark.parametrize("document", ["{ nope }", "{", "{ entries(first: -1) { totalCount } }", "none.graphql"])
def test_a_query_with_errors_prints_them_and_says_so(dexhub, at, document) -> None:
    run = dexhub("query", document)
    assert (run.code, len(run.json["errors"])) == (1, 1)


def test_a_subscription_is_refused_in_words(dexhub, at) -> None:
    run = dexhub("query", "subscription { rosterChanged { cursor } }")
    assert (run.code, run.problems, run.out) == (2, ["EVENTS_NEEDED"], "")


@pytest.mark.parametrize("variables", ["{", "[]", "3", "null", ""])
def test_variables_that_are_no_json_object_are_refused(dexhub, at, variables) -> None:
    run = dexhub("query", COUNT, "--variables", variables)
    assert (run.code, run.problems, run.out) == (2, ["VARIABLES_INVALID"], "")


def test_a_query_may_change_things(dexhub, at, corpus) -> None:
    run = dexhub("query", "mutation { startDetection { cases } }")
    assert run.json == {"data": {"startDetection": {"cases": len(corpus.duplicates)}}}


def test_a_new_key_stands_alone_on_standard_output_and_opens_the_hub(dexhub, at) -> None:
    run = dexhub("keys", "create", "省办", "--role", "REGION", "--region", "河南")
    viewer = authenticate(at, run.out.rstrip())
    assert (run.code, run.out.count("\n"), viewer.name, viewer.role, viewer.region) == (0, 1, "省办", "REGION", "41")


@pytest.mark.parametrize(
    "words",
    [["REGION"], ["REGION", "--region", "atlantis"], ["NATIONAL", "--region", "henan"], ["JOB", "--region", "41"]],
)
def test_a_key_that_cannot_be_made_is_refused(dexhub, at, words) -> None:
    run = dexhub("keys", "create", "a", "--role", *words)
    assert (run.code, run.problems, run.out) == (2, ["KEY_REGION_INVALID"], "")


def test_keys_are_listed_without_what_would_open_the_hub(dexhub, at) -> None:
    key = dexhub("keys", "create", "a", "--role", "NATIONAL").out.rstrip()
    run = dexhub("keys", "list", "--json")
    (row,) = run.json
    told = {name: row[name] for name in ("prefix", "name", "role", "region", "revoked_at")}
    assert (told, "digest" in row, key in run.out) == (
        {"prefix": key.split("_")[1], "name": "a", "role": "NATIONAL", "region": None, "revoked_at": None},
        False,
        False,
    )


def test_the_table_of_keys_names_their_prefixes(dexhub, at) -> None:
    key = dexhub("keys", "create", "a", "--role", "JOB").out.rstrip()
    assert key.split("_")[1] in dexhub("keys", "list").out


def test_a_key_is_revoked_once(dexhub, at) -> None:
    prefix = dexhub("keys", "create", "a", "--role", "JOB").out.split("_")[1]
    assert [dexhub("keys", "revoke", prefix).code for _ in range(2)] == [0, 1]


def test_a_revoked_key_is_listed_as_such(dexhub, at) -> None:
    prefix = dexhub("keys", "create", "a", "--role", "JOB").out.split("_")[1]
    dexhub("keys", "revoke", prefix)
    assert dexhub("keys", "list", "--json").json[0]["revoked_at"] is not None


def test_a_key_that_does_not_exist_cannot_be_revoked(dexhub, at) -> None:
    assert dexhub("keys", "revoke", "00000000").code == 1


def test_detection_prints_its_report_as_json(dexhub, at, corpus, expected) -> None:
    run = dexhub("detect", "--json")
    report = {name: run.json[name] for name in ("entries", "cases", "opened")}
    assert (run.code, report) == (0, {"entries": len(expected), "cases": len(corpus.duplicates), "opened": 0})


def test_detection_prints_its_report_in_words(dexhub, at, corpus) -> None:
    assert f"{len(corpus.duplicates)} cases" in dexhub("detect").out


def test_platforms_that_are_not_configured_are_each_told(dexhub, at, token_key) -> None:
    run = dexhub("pull", "--json")
    told = [(row["region"], row["status"], [problem["code"] for problem in row["problems"]]) for row in run.json]
    assert (run.code, told) == (1, [(code, "FAILED", ["PLATFORM_NOT_CONFIGURED"]) for code in regions()])


def test_a_failed_pull_is_told_with_its_remedy(dexhub, at, token_key) -> None:
    run = dexhub("pull", "henan")
    assert (run.code, run.problems) == (1, ["PLATFORM_NOT_CONFIGURED"])


def test_only_named_regions_are_pulled(dexhub, at, token_key) -> None:
    assert [row["region"] for row in dexhub("pull", "河北", "61", "--json").json] == ["13", "61"]


def test_all_unknown_regions_are_refused_at_once(dexhub, at, token_key) -> None:
    run = dexhub("pull", "henan", "atlantis", "99")
    assert (run.code, run.problems) == (2, ["REGION_UNKNOWN", "REGION_UNKNOWN"])


def test_without_a_token_key_nothing_is_pulled(dexhub, at, monkeypatch) -> None:
    monkeypatch.delenv("DEXHUB_TOKEN_KEY", raising=False)
    run = dexhub("pull")
    assert (run.code, run.problems) == (2, ["TOKEN_KEY_MISSING"])


def test_a_platform_configured_in_the_environment_is_pulled(dexhub, monkeypatch, sandbox, token_key, expected) -> None:
    place = sandbox[1]["shanxi"]
    monkeypatch.setenv("DEXHUB_DATABASE_URL", "sqlite:///new.sqlite3")
    monkeypatch.setenv("DEXHUB_PLATFORMS__SHANXI__URL", place.url)
    monkeypatch.setenv("DEXHUB_PLATFORMS__SHANXI__SECRET", place.secret)
    (row,) = dexhub("pull", "shanxi", "--json").json
    assert (row["status"], row["created"]) == ("SUCCEEDED", sum(entry.startswith("14") for entry in expected))


def test_a_new_database_is_brought_to_the_newest_revision(dexhub, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("DEXHUB_DATABASE_URL", f"sqlite:///{tmp_path}/below/new.sqlite3")
    run = dexhub("db", "upgrade")
    database = Database(f"sqlite:///{tmp_path}/below/new.sqlite3")
    found = revision.stored(database)
    database.close()
    assert (run.code, found, revision.needed() in run.out) == (0, revision.needed(), True)


@pytest.mark.parametrize("words", [["detect"], ["roster"], ["keys", "list"], ["query", "{ nationalTracks { id } }"]])
def test_a_database_of_another_revision_is_refused(dexhub, at, words) -> None:
    with at.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    run = dexhub(*words)
    assert (run.code, run.problems) == (2, ["DATABASE_OUTDATED"])
