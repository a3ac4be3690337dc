"""Records and seals: what is on record, in which order, and that nothing can be bent unseen."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from schema.audit import AuditAction, Seal, Signer
from schema.errors import RequestError
from sync.audit import record, seal, seals_in
from sync.audit_verification import verify
from sync.database import Database
from sync.repository.audit import AuditStore

NOW = datetime(2025, 9, 1, 8, tzinfo=UTC)
SIGNER = Signer(b"k" * 32, "k1")
# What somebody does who can write to the database as its owner: triggers stop nobody who may drop them.
UNLOCKED = {
    "sqlite": [f"DROP TRIGGER {table}_no_{act}" for table in ("audit_record", "audit_seal") for act in ("update", "delete")],
    "postgresql": [f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in ("audit_record", "audit_seal")],
}  # fmt: skip


def act(database: Database, *subjects: str) -> None:
    """One transaction with a record for each."""
    with database.write() as session:
        for each in subjects:
            record(session, actor="甲", action=AuditAction.WAIVER_GRANTED, subject=each, reason="原则上", at=NOW)


def by_hand(database: Database, *statements: str) -> None:
    with database.engine.begin() as connection:
        for each in (*UNLOCKED[database.name], *statements):
            connection.execute(text(each))


def wrong(
    database: Database, signer: Signer | None = SIGNER, outside: list[Seal] | None = None
) -> list[tuple[str, str | None]]:
    with database.read() as session:
        return [(each.code, each.value) for each in verify(session, signer, outside or ()).problems]


def rewritten(database: Database, number: int) -> None:
    """Change a record and give it and all after it digests that fit, as somebody would who has read our code."""
    by_hand(database)
    from schema.audit import record_digest  # noqa: PLC0415  used by nobody but the forger

    with database.write() as session:
        kept = list(AuditStore(session).walk())
    with database.engine.begin() as connection:
        digest = ""
        for made, previous, own in kept:
            if made.sequence == number:
                made = made._replace(reason="另有原因")  # noqa: PLW2901  that is what the forger does
            if made.sequence >= number:
                before = digest or previous
                digest = record_digest(before, made)
                connection.execute(
                    text("UPDATE audit_record SET reason=:r, previous=:p, digest=:d WHERE sequence=:n"),
                    {"r": made.reason, "p": before, "d": digest, "n": made.sequence},
                )
            else:
                digest = own
        connection.execute(text("UPDATE audit_head SET digest=:d"), {"d": digest})


@pytest.fixture
def ten(database: Database) -> Database:
    """Ten records in ten transactions, sealed after the fourth and the eighth."""
    for number in range(1, 11):
        act(database, f"W{number}")
        if number in (4, 8):
            seal(database, SIGNER, None, NOW)
    return database


def test_a_record_says_who_when_what_and_why(database) -> None:
    with database.write() as session:
        record(
            session,
            actor="甲",
            action=AuditAction.KEY_REVOKED,
            subject="k",
            reason=" 遗失 ",
            change={"b": 1, "a": [None]},
            at=NOW,
        )
    with database.read() as session:
        ((made, previous, _),) = AuditStore(session).walk()
    assert (*made, previous) == (1, NOW, "甲", "KEY_REVOKED", "k", "遗失", '{"a":[null],"b":1}', "0" * 64)


def test_what_was_rolled_back_is_not_on_record(database) -> None:
    def failing() -> None:
        with database.write() as session:
            record(session, actor="甲", action=AuditAction.KEY_REVOKED, subject="k")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    with database.read() as session:
        assert AuditStore(session).head()[0] == 0


def test_an_honest_chain_has_no_problem(ten) -> None:
    assert wrong(ten) == []


def test_an_empty_record_is_honest(database) -> None:
    assert wrong(database) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_record SET reason = 'x'",
        "DELETE FROM audit_record",
        "DELETE FROM audit_seal",
        "UPDATE audit_seal SET count = 1",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_what_is_on_record(ten, statement) -> None:
    with pytest.raises(DBAPIError, match="is only ever added to"), ten.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("column", ["at", "actor", "action", "subject", "reason", "change", "previous", "digest"])
@pytest.mark.parametrize("number", [1, 5, 10])
def test_a_change_by_hand_to_any_part_of_any_record_is_found_and_named(ten, number, column) -> None:
    value = "'2025-09-01 08:00:00.000001+00'" if column == "at" else "'x'"
    if column == "at" and ten.is_sqlite:
        value = "'2025-09-01 08:00:00.000001'"
    by_hand(ten, f"UPDATE audit_record SET {column} = {value} WHERE sequence = {number}")
    assert wrong(ten)[0] == ("RECORD_CHANGED", str(number))


@pytest.mark.parametrize("number", range(1, 11))
def test_a_record_that_is_taken_out_is_found_and_named(ten, number) -> None:
    by_hand(ten, f"DELETE FROM audit_record WHERE sequence = {number}")
    assert wrong(ten)[0] == ("RECORD_MISSING", str(number))


@pytest.mark.parametrize("number", [1, 3, 9, 10])
def test_records_that_are_cut_off_are_found_and_the_first_is_named(ten, number) -> None:
    by_hand(ten, f"DELETE FROM audit_record WHERE sequence >= {number}")
    assert wrong(ten)[0] == ("RECORD_MISSING", str(number))


def test_records_cut_off_together_with_their_head_are_found_by_a_seal(ten) -> None:
    with ten.read() as session:
        digest = [own for _, _, own in AuditStore(session).walk()][5]
    by_hand(
        ten,
        "DELETE FROM audit_record WHERE sequence > 6",
        f"UPDATE audit_head SET count = 6, digest = '{digest}'",
    )
    assert wrong(ten) == [("RECORD_MISSING", "7")]


def test_records_cut_off_with_head_and_seals_are_found_by_a_seal_kept_outside(ten) -> None:
    with ten.read() as session:
        kept, digest = AuditStore(session).seals(), [own for _, _, own in AuditStore(session).walk()][5]
    by_hand(
        ten,
        "DELETE FROM audit_record WHERE sequence > 6",
        "DELETE FROM audit_seal WHERE count > 6",
        f"UPDATE audit_head SET count = 6, digest = '{digest}'",
    )
    assert (wrong(ten), wrong(ten, outside=kept)) == ([], [("RECORD_MISSING", "7")])


@pytest.mark.parametrize(("number", "named"), [(2, "1"), (6, "5"), (8, "5")])
def test_a_chain_rewritten_with_all_its_digests_is_found_by_the_seal_over_it(ten, number, named) -> None:
    rewritten(ten, number)
    assert wrong(ten) == [("RECORD_CHANGED", named)]


def test_a_seal_made_by_another_key_is_found(ten) -> None:
    seal(ten, Signer(b"x" * 32, "k1"), None, NOW)
    assert wrong(ten) == [("SEAL_FORGED", "10")]


def test_a_seal_reads_back_from_what_is_printed(ten) -> None:
    made = seal(ten, SIGNER, None, NOW)
    assert Seal.parse(str(made)) == made


def test_what_is_no_seal_is_refused() -> None:
    with pytest.raises(RequestError) as refused:
        Seal.parse("DEXHUB-SEAL:1:x")
    assert refused.value.code == "SEAL_INVALID"


def test_sealing_twice_without_a_change_gives_the_same_seal(ten) -> None:
    assert seal(ten, SIGNER, None, NOW) == seal(ten, None, None, datetime.now(UTC))


def test_nothing_on_record_is_not_sealed(database) -> None:
    assert seal(database, SIGNER, None, NOW) is None


def test_a_file_of_seals_gets_also_those_that_an_earlier_crash_kept_out(ten, tmp_path) -> None:
    file = tmp_path / "seals" / "hub.txt"
    seal(ten, SIGNER, file, NOW)
    act(ten, "W11")
    seal(ten, SIGNER, file, NOW)
    assert [each.count for each in seals_in(file)] == [4, 8, 10, 11]


def test_writers_at_once_stand_one_after_the_other(database) -> None:
    def work(name: str) -> None:
        for number in range(20):
            act(database, f"{name}{number}", f"{name}{number} too")

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with database.read() as session:
        found = verify(session, None)
    assert (found.records, found.problems) == (160, ())


def test_a_reader_does_not_wait_for_whoever_appends(ten) -> None:
    with ten.write() as session:
        AuditStore(session).lock()
        with ten.read() as reading:
            assert verify(reading, SIGNER).records == 10
