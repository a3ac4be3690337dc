"""`dexhub audit` as an operator types it."""

import orjson
from sqlalchemy import text

from gateway.auth import create_key, revoke_key
from schema.vocabulary import Role


def acts(database) -> None:
    """Two changes on record."""
    key = create_key(database, "省组委会", Role.JOB)
    revoke_key(database, key.split("_")[1], "operator", "遗失")


def test_an_honest_record_is_said_to_be_intact(dexhub, at) -> None:
    acts(at)
    assert (dexhub("audit", "verify").code, dexhub("audit", "verify", "--json").json["records"]) == (0, 2)


def test_a_seal_that_was_printed_finds_what_was_cut_off_with_everything_beside_it(dexhub, at) -> None:
    acts(at)
    printed = dexhub("audit", "seal").out.strip()
    with at.engine.begin() as connection:
        for table in ("audit_record", "audit_seal"):
            connection.execute(text(f"DROP TRIGGER {table}_no_delete"))
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("DELETE FROM audit_head"))
    runs = [dexhub("audit", "verify"), dexhub("audit", "verify", "--seal", printed)]
    assert [(run.code, run.problems) for run in runs] == [(0, []), (1, ["RECORD_MISSING"])]


def test_the_configured_file_of_seals_is_read_without_being_named(dexhub, at, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("DEXHUB_SEALS_FILE", str(tmp_path / "seals.txt"))
    acts(at)
    dexhub("audit", "seal")
    with at.engine.begin() as connection:
        for table in ("audit_record", "audit_seal"):
            connection.execute(text(f"DROP TRIGGER {table}_no_delete"))
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("DELETE FROM audit_head"))
    assert dexhub("audit", "verify").problems == ["RECORD_MISSING"]


def test_a_seal_of_a_hundred_records_is_printed_as_it_is(dexhub, at) -> None:
    for number in range(50):
        revoke_key(at, create_key(at, f"{number}", Role.JOB).split("_")[1], "operator", "遗失")
    assert dexhub("audit", "seal").out.startswith("DEXHUB-SEAL:100:")


def test_a_seal_that_is_none_is_refused(dexhub, at) -> None:
    run = dexhub("audit", "verify", "--seal", "x")
    assert (run.code, run.problems) == (2, ["SEAL_INVALID"])


def test_the_list_says_who_did_what_and_why_newest_first(dexhub, at) -> None:
    acts(at)
    found = [
        (row["sequence"], row["actor"], row["action"], row["reason"]) for row in dexhub("audit", "list", "--json").json
    ]
    assert found == [(2, "operator", "KEY_REVOKED", "遗失"), (1, "operator", "KEY_CREATED", "")]


def test_the_export_holds_every_record_with_its_digests_and_every_seal(dexhub, at, tmp_path) -> None:
    acts(at)
    printed = dexhub("audit", "seal").out.strip()
    dexhub("audit", "export", tmp_path / "audit.jsonl")
    lines = [orjson.loads(line) for line in (tmp_path / "audit.jsonl").read_bytes().splitlines()]
    assert ([line.get("sequence") for line in lines], lines[1]["previous"], lines[2]) == (
        [1, 2, None],
        lines[0]["digest"],
        {"seal": printed},
    )
