"""Fixtures for all tests: a corpus, and real databases, empty or filled by a real pull over real HTTP.

Storage tests ask for `database` or `filled` and run over SQLite and PostgreSQL. A PostgreSQL cluster is started for the
run (for each worker), in a temporary folder, on a socket there; databases are cloned from templates, so a test costs
milliseconds and never meets another's rows.
"""

import asyncio
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import inspect, text

from adapters.registry import regions
from adapters.sandbox.platform import Platform
from adapters.sandbox.registrations import Corpus, Registration
from adapters.sandbox.serve import corpus as make_corpus
from adapters.sandbox.serve import even_sizes, platforms, serving
from adapters.transport import Endpoint
from sync import migrate
from sync.database import Database
from sync.detector import detect
from sync.eligibility import evaluate
from sync.pull import Puller
from sync.settings import PlatformSettings, Settings

Template = Literal["empty", "filled"]
_ENTITLED: Final = {"61": ("AWARDED",)}  # whose notice asks for publicity to be over
_numbers = itertools.count()


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


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """60 entries a region, with everything planted that the generator can plant."""
    return make_corpus(even_sizes(60 * len(regions())), seed=11)


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


class Cluster:
    """A PostgreSQL cluster in a temporary folder, reached over a socket in it; root hands it to the user postgres."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="dexhub-pg-"))
        self._data = self._folder / "data"
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self._bin = f"{found[-1]}/" if found else ""
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        self._user = "postgres" if self._as else pwd.getpwuid(os.getuid()).pw_name
        if self._as:
            shutil.chown(self._folder, "postgres")
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-k {self._folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", f"{self._folder}/log", "-o", options, "start")

    def create(self, name: str, template: str) -> str:
        """A new database made from `template`; its URL."""
        with psycopg.connect(host=str(self._folder), user=self._user, dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy'.encode())
        return f"postgresql+psycopg://{self._user}@/{name}?host={self._folder}"

    def stop(self) -> None:
        """Stop the server and remove the folder."""
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([*self._as, self._bin + program, *arguments], check=True, capture_output=True, cwd="/")


@pytest.fixture(scope="session")
def sqlite_backend(tmp_path_factory: pytest.TempPathFactory, corpus: Corpus) -> SqliteBackend:
    return SqliteBackend(tmp_path_factory.mktemp("sqlite"), corpus)


@pytest.fixture(scope="session")
def postgres_backend(corpus: Corpus) -> Iterator[PostgresBackend]:
    cluster = Cluster()
    yield PostgresBackend(cluster, corpus)
    cluster.stop()


@pytest.fixture(params=["sqlite", "postgres"])
def backend(request: pytest.FixtureRequest) -> SqliteBackend | PostgresBackend:
    """Both databases, one after the other."""
    return request.getfixturevalue(f"{request.param}_backend")


@pytest.fixture
def database(backend: SqliteBackend | PostgresBackend) -> Iterator[Database]:
    """A migrated database with no rows."""
    made = Database(backend.new("empty"))
    yield made
    made.close()


@pytest.fixture
def filled(backend: SqliteBackend | PostgresBackend) -> Iterator[Database]:
    """A database that has pulled `corpus` and compared it."""
    made = Database(backend.new("filled"))
    yield made
    made.close()


@pytest.fixture
def filled_sqlite(sqlite_backend: SqliteBackend) -> Iterator[Database]:
    """As `filled`, where the kind of database makes no difference."""
    made = Database(sqlite_backend.new("filled"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def expected(corpus: Corpus) -> dict[str, Registration]:
    """What the hub must know, by its id: the registrations without a flaw, times as their province prints them."""
    made = [one for part in corpus.registrations.values() for one in part if one.flaw is None]
    return {one.entry_id: _to_the_minute(one) if one.region == "61" else one for one in made}


def _to_the_minute(made: Registration) -> Registration:
    submitted, updated = (moment.replace(second=0) for moment in (made.submitted_at, made.updated_at))
    return replace(made, submitted_at=submitted, updated_at=updated)


@contextmanager
def _served(corpus: Corpus) -> Iterator[tuple[dict[str, Platform], dict[str, Endpoint]]]:
    sites = platforms(corpus)
    ready, stop, endpoints = threading.Event(), threading.Event(), {}

    async def run() -> None:
        async with serving(sites) as found:
            endpoints.update(found)
            ready.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="platforms")
    thread.start()
    try:
        assert ready.wait(60)
        yield {site.adapter.manifest.slug: site for site in sites}, endpoints
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def sandbox(corpus: Corpus) -> Iterator[tuple[dict[str, Platform], dict[str, Endpoint]]]:
    """Five real platforms on a loop of their own: the platforms, and where they are."""
    with _served(corpus) as found:
        yield found


@pytest.fixture(scope="session")
def served_platforms(corpus: Corpus) -> Iterator[tuple[dict[str, Platform], dict[str, Endpoint]]]:
    """As `sandbox`, for the whole run; whoever breaks one mends it."""
    with _served(corpus) as found:
        yield found


@pytest.fixture(scope="session")
def proposal() -> Callable[[Registration], str | None]:
    """The national track that the crosswalk proposes for a registration."""
    topics = {topic.id: topic for adapter in regions().values() for _, topic in adapter.catalogue.topics()}
    return lambda made: topics[made.topic.topic_id].proposal


@pytest.fixture(scope="session")
def items(corpus: Corpus, expected: dict[str, Registration], proposal: Callable[..., str | None]) -> Callable[..., Any]:
    """A sound recommended list of a region, entries of planted duplicates first: all its winners, or so many. With
    `finished`, everybody who takes part has won.
    """
    planted = {entry for label in corpus.duplicates for entry in label.entries}
    broken = {entry for label in corpus.rule_breaks for entry in label.entries}

    def get(region: str, count: int | None = None, *, finished: bool = False) -> list[dict[str, Any]]:
        fit = [
            made
            for made in expected.values()
            if made.region == region
            and made.status == "ACTIVE"
            and (finished or made.stage in _ENTITLED.get(region, ("PUBLICITY", "AWARDED")))
            and made.entry_id not in broken
        ]
        fit.sort(key=lambda made: (made.entry_id not in planted, made.entry_id))
        return [
            {"rank": rank, "entryId": made.entry_id, "nationalTrack": None if proposal(made) else made.topic.national}
            for rank, made in enumerate(fit[:count], start=1)
        ]

    return get


@pytest.fixture
def dump() -> Callable[[Database], str]:
    """All that stands in a database: every column of every table, and a file's raw bytes."""

    def read(database: Database) -> str:
        with database.engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            rows = [str(tuple(row)) for table in tables for row in connection.execute(text(f'SELECT * FROM "{table}"'))]
        path = Path(database.url.database or "")
        files = path.parent.glob(f"{path.name}*") if database.is_sqlite else ()
        return "\n".join([*rows, *(file.read_bytes().decode("latin-1") for file in files)])

    return read
