"""Backups: the whole database in one file that only the holder of an age identity can read, and the drill that proves it.

SQLite is copied by its own backup interface, PostgreSQL by pg_dump; both while the hub runs. The file is encrypted as it is
written (https://age-encryption.org), for recipients whose identities are best kept on another machine.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyrage
from sqlalchemy import URL

from schema.audit import AuditAction, Signer
from schema.errors import Problem, RequestError
from sync import revision
from sync.audit import record
from sync.database import Database
from sync.doctor import examine
from sync.repository.inspection import make_beside, remove_beside, row_counts

_SCRATCH: Final = "dexhub_drill"
_OURS: Final = 0o600


@dataclass(frozen=True, slots=True)
class Drill:
    """What a restored backup was found to be: its revision, rows by table, and everything that is wrong with it."""

    revision: str | None
    rows: Mapping[str, int]
    problems: Sequence[Problem]


def make(database: Database, file: Path, recipients: Sequence[str], author: str) -> int:
    """Write an encrypted backup and put it on record; its size in bytes. RequestError where nobody could read it."""
    keys = [_recipient(each) for each in recipients]
    if not keys:
        raise _refused("BACKUP_WITHOUT_RECIPIENT", "recipient", "未指定收件公钥", "no recipient is given")
    with database.write() as session:
        names = {"file": file.name, "recipients": list(recipients)}
        record(session, actor=author, action=AuditAction.BACKUP_MADE, subject=file.name, change=names)
    with _folder() as folder:
        plain = folder / "plain"
        _sqlite_copy(database.url, plain) if database.is_sqlite else _dump(database.url, plain)
        part = file.with_suffix(file.suffix + ".part")
        file.parent.mkdir(parents=True, exist_ok=True)
        part.touch(_OURS)
        pyrage.encrypt_file(str(plain), str(part), keys)
        part.replace(file)
    file.chmod(_OURS)
    return file.stat().st_size


def drill(database: Database, file: Path, identity: Path, signer: Signer | None) -> Drill:
    """Restore a backup beside the database, look at it as `dexhub doctor` does, and remove it again. Nothing of the
    database itself is touched; on PostgreSQL a database of its own is made for it.
    """
    with _folder() as folder:
        plain = folder / "plain"
        _decrypt(file, identity, plain)
        with _sqlite_scratch(plain) if database.is_sqlite else _postgres_scratch(database.url, plain) as url:
            restored = Database(url)
            try:
                return _looked_at(restored, signer)
            finally:
                restored.close()


def restore(file: Path, identity: Path, target: Database) -> None:
    """Put a backup in the place of an empty database; RequestError where it is not empty."""
    if not target.is_empty():
        raise _refused(
            "RESTORE_NOT_EMPTY", target.url.render_as_string(), "目标数据库不为空", "the database is not empty"
        )
    with _folder() as folder:
        plain = folder / "plain"
        _decrypt(file, identity, plain)
        if target.is_sqlite:
            with closing(sqlite3.connect(plain)) as source, closing(sqlite3.connect(target.url.database or "")) as into:
                source.backup(into)
        else:
            _run("pg_restore", target.url, "--no-owner", "--exit-on-error", str(plain))


def _looked_at(restored: Database, signer: Signer | None) -> Drill:
    found = revision.stored(restored)
    problems = [] if found == revision.needed() else [
        Problem(
            "BACKUP_OUTDATED", "alembic_version", "备份的版本不是当前版本", "not of the newest revision", found,
            "还原后运行 dexhub db upgrade，再另作备份", "restore it, run dexhub db upgrade, back up anew",
        )
    ]  # fmt: skip
    with restored.read() as session:
        rows = row_counts(session)
    return Drill(found, rows, [*problems, *(examine(restored, signer) if not problems else ())])


def _sqlite_copy(url: URL, into: Path) -> None:
    with closing(sqlite3.connect(url.database or "")) as source, closing(sqlite3.connect(into)) as target:
        source.backup(target)


def _dump(url: URL, into: Path) -> None:
    _run("pg_dump", url, "--format=custom", "--no-owner", f"--file={into}")


@contextmanager
def _sqlite_scratch(plain: Path) -> Iterator[str]:
    yield f"sqlite:///{plain}"


@contextmanager
def _postgres_scratch(url: URL, plain: Path) -> Iterator[str]:
    name = f"{_SCRATCH}_{datetime.now(UTC):%Y%m%d%H%M%S}_{os.getpid()}"
    server = Database(url.render_as_string(hide_password=False))

    make_beside(server.engine, name)
    scratch = url.set(database=name)
    try:
        _run("pg_restore", scratch, "--no-owner", "--exit-on-error", str(plain))
        yield scratch.render_as_string(hide_password=False)
    finally:
        remove_beside(server.engine, name)
        server.close()


def _run(program: str, url: URL, *arguments: str) -> None:
    """One of PostgreSQL's programs; the password goes by the environment, where no list of processes shows it."""
    found = shutil.which(program) or next(
        iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))[::-1]), None
    )
    if found is None:
        raise _refused("PROGRAM_MISSING", program, f"缺少 {program}", f"{program} is missing")
    host = url.query.get("host", url.host or "")
    given = {"PGHOST": str(host), "PGPORT": str(url.port or ""), "PGUSER": url.username or "", "PGDATABASE": url.database or "",
             "PGPASSWORD": url.password or ""}  # fmt: skip
    environment = os.environ | {name: value for name, value in given.items() if value}
    words = [*arguments[:-1], f"--dbname={url.database}", arguments[-1]] if program == "pg_restore" else list(arguments)
    done = subprocess.run([str(found), *words], env=environment, capture_output=True, check=False)  # noqa: S603  our own words
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise _refused("PROGRAM_FAILED", program, f"{program} 失败", f"{program} failed", " ".join(said)[:200])


def _decrypt(file: Path, identity: Path, into: Path) -> None:
    try:
        lines = [line.strip() for line in identity.read_text("utf-8").splitlines()]
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
        pyrage.decrypt_file(str(file), str(into), keys)
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError, OSError):
        raise _refused(
            "BACKUP_UNREADABLE", file.name, "无法以该密钥解开", "it cannot be read with that identity"
        ) from None


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except (pyrage.RecipientError, ValueError):
        raise _refused("RECIPIENT_INVALID", "recipient", "不是 age 公钥", "not an age recipient", text[:80]) from None


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that nobody else may look into, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="dexhub-backup-") as name:
        yield Path(name)


def _refused(code: str, place: str, zh: str, en: str, value: str | None = None) -> RequestError:
    return RequestError(
        Problem(code, place, zh, en, value, "见 docs/security.md 的备份一节", "see docs/security.md on backups")
    )
