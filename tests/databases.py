"""Real databases, empty or filled by a real pull over real HTTP, each made in milliseconds from a template."""

import asyncio
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import psycopg
from pydantic import SecretStr
from sqlalchemy import make_url

from adapters.registry import regions
from adapters.sandbox.registrations import Corpus
from adapters.sandbox.serve import platforms, serving
from adapters.transport import Endpoint
from sync import migrate
from sync.database import Database
from sync.detector import detect
from sync.eligibility import evaluate
from sync.pull import Puller
from sync.settings import PlatformSettings, Settings

Template = Literal["empty", "filled"]
_MEMORY = Path("/dev/shm")
_ROOM = 4 * 2**30  # bytes that must be free there; a whole run takes a quarter
_numbers = itertools.count()


def new_folder(prefix: str) -> Path:
    """A folder of our own, in memory where there is room."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if roomy else None))


def settings_for(url: str, endpoints: dict[str, Endpoint] | None = None) -> Settings:
    """Settings of a hub over `url` that knows `endpoints`."""
    return Settings(
        database_url=url,
        token_key=SecretStr("t" * 64),
        platforms={
            slug: PlatformSettings(url=each.url, key_id=each.key_id, secret=SecretStr(each.secret))
            for slug, each in (endpoints or {}).items()
        },
    )


def fill(url: str, content: Corpus) -> None:
    """Pull `content` from real servers into the migrated database at `url`, detect duplicates and judge what they mean."""

    async def run() -> None:
        async with serving(platforms(content)) as endpoints:
            settings = settings_for(url, endpoints)
            rows = await Puller(database, settings, settings.tokeniser()).pull_all(list(regions().values()), "test")
            assert [problem for row in rows for problem in row.problems] == []

    database = Database(url)
    asyncio.run(run())
    report = detect(database)
    evaluate(database, report.touched, datetime.now(UTC))
    database.close()


class SqliteBackend:
    """Databases are files, templates are copied."""

    def __init__(self, folder: Path, content: Corpus) -> None:
        self._folder = folder
        self._corpus = content

    def new(self, template: Template) -> str:
        """The URL of a fresh database."""
        path = self._folder / f"{next(_numbers)}.sqlite3"
        shutil.copy(self._template(template), path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Remove a database that nobody uses any more."""
        for path in self._folder.glob(f"{Path(url).name}*"):
            path.unlink()

    def _template(self, template: Template) -> Path:
        path = self._folder / f"{template}.sqlite3"
        if not path.exists():
            url = f"sqlite:///{path}"
            database = Database(url)
            migrate.upgrade(database)
            database.close()
            if template == "filled":
                fill(url, self._corpus)
            with Database(url).engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return path


class PostgresBackend:
    """Databases of a cluster of our own."""

    def __init__(self, cluster: "Cluster", content: Corpus) -> None:
        self._cluster = cluster
        self._corpus = content
        self._templates: set[Template] = set()

    def new(self, template: Template) -> str:
        """The URL of a fresh database."""
        if template not in self._templates:
            url = self._cluster.create(f"t_{template}", "template0")
            database = Database(url)
            migrate.upgrade(database)
            database.close()
            if template == "filled":
                fill(url, self._corpus)
            self._templates.add(template)
        return self._cluster.create(f"d_{next(_numbers)}", f"t_{template}")

    def drop(self, url: str) -> None:
        """Remove a database that nobody uses any more."""
        self._cluster.drop(make_url(url).database or "")


class Cluster:
    """A PostgreSQL cluster in a temporary folder, reached over a socket in it; root hands it to the user postgres."""

    def __init__(self) -> None:
        self._folder = new_folder("dexhub-pg-")
        self._data = self._folder / "data"
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self._bin = f"{found[-1]}/" if found else ""
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        self._user = "postgres" if self._as else pwd.getpwuid(os.getuid()).pw_name
        if self._as:
            shutil.chown(self._folder, "postgres")
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = (
            f"-k {self._folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c autovacuum=off"
            " -c wal_level=minimal -c max_wal_senders=0"
        )
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", f"{self._folder}/log", "-o", options, "start")

    def create(self, name: str, template: str) -> str:
        """A new database made from `template`; its URL."""
        self._order(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return f"postgresql+psycopg://{self._user}@/{name}?host={self._folder}"

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._order(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _order(self, statement: str) -> None:
        with psycopg.connect(host=str(self._folder), user=self._user, dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """Stop the server and remove the folder."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([*self._as, self._bin + program, *arguments], check=True, capture_output=True, cwd="/")
