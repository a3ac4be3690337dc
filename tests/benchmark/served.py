"""A filled hub as a process of its own, for benchmarks that knock at its door from outside."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from adapters.registry import regions
from adapters.sandbox.serve import corpus, even_sizes, platforms, serving
from gateway.auth import create_key
from schema.vocabulary import Role
from sync import migrate
from sync.database import Database
from sync.pull import Puller
from sync.settings import PlatformSettings, Settings


@dataclass
class Served:
    """Where it is, its keys and its process."""

    url: str
    national: str
    region: str
    spare: list[str]
    process: subprocess.Popen[bytes]
    folder: str  # for whatever whoever knocks wants to write

    def megabytes(self) -> float:
        """Memory that is really used."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


@contextmanager
def served(entries: int, spare: int = 0, **environment: str) -> Iterator[Served]:
    """A hub over SQLite with so many entries, ended at the end; `spare` are more keys of a machine."""
    with tempfile.TemporaryDirectory(prefix="dexhub-served-") as folder:
        url = f"sqlite:///{folder}/hub.sqlite3"
        database = Database(url)
        migrate.upgrade(database)
        asyncio.run(_fill(database, url, entries))
        national, region, *more = (
            create_key(database, "n", Role.NATIONAL),
            create_key(database, "r", Role.REGION, "41"),
            *(create_key(database, str(number), Role.JOB) for number in range(spare)),
        )
        database.close()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        given = {
            "DEXHUB_DATABASE_URL": url,
            "DEXHUB_TOKEN_KEY": "t" * 64,
            "DEXHUB_LOG": "WARNING",
            "DEXHUB_CONFIG": "none",
        }
        command = [sys.executable, "-m", "gateway.cli", "serve", "--port", str(port)]
        process = subprocess.Popen(command, env={**os.environ, **given, **environment})
        try:
            _wait(f"http://127.0.0.1:{port}/health/live")
            yield Served(f"http://127.0.0.1:{port}", national, region, more, process, folder)
        finally:
            process.terminate()
            process.wait(30)


async def _fill(database: Database, url: str, entries: int) -> None:
    async with serving(platforms(corpus(even_sizes(entries), seed=11))) as endpoints:
        known = {
            slug: PlatformSettings(url=each.url, key_id=each.key_id, secret=SecretStr(each.secret))
            for slug, each in endpoints.items()
        }
        settings = Settings(database_url=url, token_key=SecretStr("t" * 64), platforms=known)
        await Puller(database, settings, settings.tokeniser()).pull_all(list(regions().values()), "benchmark")


def _wait(url: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
        else:
            return
    raise SystemExit("it does not answer")
