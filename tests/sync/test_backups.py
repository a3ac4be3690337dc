"""Backups that only their recipient can read, and the drill that restores and examines them, over both databases."""

import pyrage
import pytest
from sqlalchemy import text

from schema.errors import RequestError
from sync.backup_files import drill, make, restore
from sync.database import Database
from sync.repository.inspection import row_counts

IDENTITY = pyrage.x25519.Identity.generate()


@pytest.fixture
def identity(tmp_path):
    path = tmp_path / "identity.txt"
    path.write_text(f"# of the test\n{IDENTITY}\n", "utf-8")
    return path


@pytest.fixture
def backed_up(filled, tmp_path):
    file = tmp_path / "b.age"
    make(filled, file, [str(IDENTITY.to_public())], "test")
    return file


def test_a_backup_is_restored_and_found_to_be_what_was_backed_up(filled, backed_up, identity) -> None:
    with filled.read() as session:
        rows = row_counts(session)
    found = drill(filled, backed_up, identity, None)
    assert (dict(found.rows), list(found.problems)) == (rows, [])


def test_a_drill_leaves_nothing_behind(filled, backed_up, identity) -> None:
    drill(filled, backed_up, identity, None)
    with filled.read() as session:
        left = (
            []
            if filled.is_sqlite
            else session.execute(text("SELECT datname FROM pg_database WHERE datname LIKE 'dexhub_drill%'")).all()
        )
    assert left == []


def test_a_drill_finds_a_record_that_was_changed(filled, tmp_path, identity) -> None:
    make(filled, tmp_path / "a.age", [str(IDENTITY.to_public())], "test")
    with filled.write() as session:
        for trigger in ("audit_record_no_update", "audit_record_kept"):
            words = f"DROP TRIGGER IF EXISTS {trigger}" + ("" if filled.is_sqlite else " ON audit_record")
            session.execute(text(words))
        session.execute(text("UPDATE audit_record SET actor = 'nobody'"))
    make(filled, tmp_path / "b.age", [str(IDENTITY.to_public())], "test")
    assert drill(filled, tmp_path / "b.age", identity, None).problems != ()


@pytest.mark.parametrize(
    "content",
    [str(pyrage.x25519.Identity.generate()).encode(), b"age", b"\xff\xfe"],
    ids=["another", "none", "no text"],
)
def test_nothing_of_a_backup_can_be_read_without_the_identity(filled, backed_up, tmp_path, content) -> None:
    other = tmp_path / "other.txt"
    other.write_bytes(content)
    with pytest.raises(RequestError) as refusal:
        drill(filled, backed_up, other, None)
    assert refusal.value.code == "BACKUP_UNREADABLE"


def test_a_backup_is_for_its_owner_alone_and_holds_no_plain_text(backed_up) -> None:
    content = backed_up.read_bytes()
    assert (oct(backed_up.stat().st_mode & 0o777), content[:3], b"entry" in content) == ("0o600", b"age", False)


@pytest.mark.parametrize(("recipients", "code"), [([], "BACKUP_WITHOUT_RECIPIENT"), (["age1x"], "RECIPIENT_INVALID")])
def test_a_backup_without_a_reader_is_not_made(filled_sqlite, tmp_path, recipients, code) -> None:
    with pytest.raises(RequestError) as refusal:
        make(filled_sqlite, tmp_path / "b.age", recipients, "test")
    assert (refusal.value.code, (tmp_path / "b.age").exists()) == (code, False)


def test_a_backup_cut_short_is_not_restored(filled_sqlite, tmp_path, identity) -> None:
    file = tmp_path / "b.age"
    make(filled_sqlite, file, [str(IDENTITY.to_public())], "test")
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(RequestError) as refusal:
        drill(filled_sqlite, file, identity, None)
    assert refusal.value.code == "BACKUP_UNREADABLE"


def test_a_backup_is_restored_into_an_empty_database_alone(filled_sqlite, tmp_path, identity) -> None:
    file = tmp_path / "b.age"
    make(filled_sqlite, file, [str(IDENTITY.to_public())], "test")
    target = Database(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    restore(file, identity, target)
    with pytest.raises(RequestError) as refusal:
        restore(file, identity, target)
    with filled_sqlite.read() as one, target.read() as other:
        same = row_counts(one) == row_counts(other)
    target.close()
    assert (refusal.value.code, same) == ("RESTORE_NOT_EMPTY", True)
