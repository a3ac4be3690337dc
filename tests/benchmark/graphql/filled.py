"""A PostgreSQL database of entries to measure against: one that is there, or a cluster of our own that lasts as long as it is used."""

from collections.abc import Iterator
from contextlib import contextmanager

from larger import multiply

from sync.database import Database
from tests.benchmark.browse import corpus, fill
from tests.databases import Cluster


@contextmanager
def filled(given: str | None, entries: int, times: int = 1) -> Iterator[str]:
    """The URL of `given`, or of a new one with so many entries, `times` of each."""
    if given is not None:
        yield given
        return
    cluster = Cluster()
    try:
        url = cluster.create("bench", "template0")
        database = Database(url)
        fill(database, corpus(entries))
        if times > 1:
            multiply(database, times)
        database.close()
        yield url
    finally:
        cluster.stop()
