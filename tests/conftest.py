"""Fixtures for all tests: a corpus, and real databases, empty or filled by a real pull over real HTTP.

Storage tests ask for `database` or `filled` and run over SQLite and PostgreSQL. A PostgreSQL cluster is started for the
run (for each worker), in a temporary folder, on a socket there; databases are cloned from templates, so a test costs
milliseconds and never meets another's rows. All of them are kept in memory where there is room: a clone is a thousand
files, which on a disk takes twenty times as long to make and minutes to remove in the end.
"""

import asyncio
import gc
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import inspect, text

from adapters.registry import regions
from adapters.sandbox.platform import Platform
from adapters.sandbox.registrations import Corpus, Registration
from adapters.sandbox.serve import corpus as make_corpus
from adapters.sandbox.serve import even_sizes, platforms, serving
from adapters.transport import Endpoint
from sync.database import Database
from tests.databases import Cluster, PostgresBackend, SqliteBackend, new_folder

_ENTITLED: Final = {"61": ("AWARDED",)}  # whose notice asks for publicity to be over


def pytest_configure() -> None:
    """As the command line does: what is loaded is not looked through again, and young objects less often."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """60 entries a region, with everything planted that the generator can plant."""
    return make_corpus(even_sizes(60 * len(regions())), seed=11)


@pytest.fixture(scope="session")
def sqlite_backend(corpus: Corpus) -> Iterator[SqliteBackend]:
    folder = new_folder("dexhub-sqlite-")
    yield SqliteBackend(folder, corpus)
    shutil.rmtree(folder)


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
    url = backend.new("empty")
    made = Database(url)
    yield made
    made.close()
    backend.drop(url)


@pytest.fixture
def filled(backend: SqliteBackend | PostgresBackend) -> Iterator[Database]:
    """A database that has pulled `corpus` and compared it."""
    url = backend.new("filled")
    made = Database(url)
    yield made
    made.close()
    backend.drop(url)


@pytest.fixture
def filled_sqlite(sqlite_backend: SqliteBackend) -> Iterator[Database]:
    """As `filled`, where the kind of database makes no difference."""
    url = sqlite_backend.new("filled")
    made = Database(url)
    yield made
    made.close()
    sqlite_backend.drop(url)


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
