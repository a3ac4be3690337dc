"""What is found of personal numbers, what is removed in time, and how secrets are kept."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from schema.audit import Seal, Signer
from sync import personal_traces
from sync.repository.audit import AuditStore
from sync.repository.inspection import row_counts
from sync.retention import Removed, apply, forget_people
from sync.secrets_check import examine_secrets
from sync.settings import Settings

PHONE, NUMBER = "13912345678", "110101199003074514"
NOW = datetime.now(UTC)


def test_a_filled_database_holds_no_personal_number(filled) -> None:
    assert list(personal_traces.in_database(filled)) == []


@pytest.mark.parametrize("planted", [PHONE, NUMBER, f"联系人{PHONE}，请回电", "１３９１２３４５６７８"])
def test_a_number_that_was_planted_is_found_where_it_is_and_not_said(filled, planted) -> None:
    with filled.write() as session:
        session.execute(text("UPDATE region_state SET cursor = :said WHERE region = '41'"), {"said": planted})
    (found,) = personal_traces.in_database(filled)
    assert (found.place, PHONE in str(found), NUMBER in str(found)) == ("region_state.cursor", False, False)


def test_a_number_in_a_log_is_found(tmp_path) -> None:
    (tmp_path / "a.log").write_text(f'{{"event": "x {PHONE}"}}', "utf-8")
    (found,) = personal_traces.in_files([tmp_path])
    assert (found.code, found.place) == ("PERSONAL_NUMBER", str(tmp_path / "a.log"))


def test_an_amount_is_no_personal_number(tmp_path) -> None:
    (tmp_path / "a.log").write_text("共 12345678901 元，信用代码 91410100MA3X0Y0Z0A", "utf-8")
    assert list(personal_traces.in_files([tmp_path])) == []


def test_nothing_is_removed_before_its_time(filled) -> None:
    assert apply(filled, 30, NOW, "test") == Removed()


def test_what_is_older_than_it_may_be_is_emptied_and_on_record(filled) -> None:
    removed = apply(filled, 30, NOW + timedelta(days=31), "test")
    with filled.read() as session:
        record = AuditStore(session).page(1, "retention")[0]
    assert (removed.quarantined > 0, record.action) == (True, "RETENTION_APPLIED")


def test_a_dry_run_says_the_same_and_removes_nothing(filled) -> None:
    later = NOW + timedelta(days=31)
    with filled.read() as session:
        before = row_counts(session)
    dry = apply(filled, 30, later, "test", dry_run=True)
    with filled.read() as session:
        unchanged = row_counts(session) == before
    assert (unchanged, apply(filled, 30, later, "test")) == (True, dry)


def test_after_an_edition_no_token_is_left(filled) -> None:
    forget_people(filled, "test", "本届已结束")
    with filled.read() as session:
        rows = row_counts(session)
    assert [rows[name] for name in ("entry_representative", "payload", "entry_change")] == [0, 0, 0]


@pytest.fixture
def kept(tmp_path):
    """Settings as they should be, and the file of the key."""
    file = tmp_path / "token.key"
    file.write_text("0123456789abcdef" * 4, "utf-8")
    file.chmod(0o600)
    return Settings(
        token_key_file=file, public_url="https://hub.example.org", database_url="postgresql+psycopg://x@/x"
    ), file


def codes(settings, database) -> list[str]:
    return [each.code for each in examine_secrets(settings, database)]


def test_secrets_that_are_well_kept_are_not_spoken_of(kept, database) -> None:
    assert codes(kept[0], database) == []


def test_a_file_that_others_may_read_is_told(kept, database) -> None:
    kept[1].chmod(0o644)
    assert codes(kept[0], database) == ["FILE_MODE_WIDE"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"public_url": None}, ["TLS_MISSING"]),
        ({"public_url": "http://hub.example.org"}, ["TLS_MISSING"]),
        ({"token_key": SecretStr("t" * 64)}, ["SECRET_NOT_IN_A_FILE", "SECRET_WEAK"]),
        ({"database_url": "postgresql+psycopg://x@db.example.org/x"}, ["DATABASE_WITHOUT_TLS"]),
        ({"platforms": {"henan": {"url": "http://henan.example.org"}}}, ["PLATFORM_WITHOUT_TLS"]),
    ],
)
def test_what_is_not_as_it_should_be_is_told(kept, database, change, expected) -> None:
    settings = Settings(**{**kept[0].model_dump(exclude_defaults=True), **change})
    assert codes(settings, database) == expected


def test_tokens_of_another_key_are_told_since_they_match_nobody(kept, filled_sqlite) -> None:
    assert codes(kept[0].model_copy(update={"token_key_id": "k2"}), filled_sqlite) == ["TOKEN_KEY_MIXED"]


def test_what_a_former_key_signed_is_still_known_after_a_rotation() -> None:
    old, new = Signer(b"a" * 32, "s1"), Signer(b"b" * 32, "s2", {"s1": b"a" * 32})
    seal = Seal.make(1, NOW, "0" * 64, old)
    assert (
        new.knows("s1"),
        new.made(seal.content, seal.signature, "s1"),
        new.made(seal.content, seal.signature, "s2"),
    ) == (True, True, False)


def test_the_key_of_signatures_is_rotated_without_touching_that_of_tokens(kept, tmp_path) -> None:
    file = tmp_path / "signing.key"
    file.write_text("fedcba9876543210" * 4, "utf-8")
    before = kept[0].signer_if_any()
    after = kept[0].model_copy(update={"signing_key_file": file, "signing_key_id": "s1"}).signer_if_any()
    seal = Seal.make(1, NOW, "0" * 64, before)
    assert (after.key_id, after.made(seal.content, seal.signature, seal.key_id)) == ("s1", True)
