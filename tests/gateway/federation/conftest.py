"""Both deployments over one database and five real platforms: the embedded service, and six subgraph processes behind two
real routers. Made once for the run.
"""

import asyncio
import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from adapters.registry import regions
from adapters.sandbox.platform import Platform
from adapters.transport import Endpoint
from gateway import composition
from gateway.auth import create_key
from schema.vocabulary import Role
from sync.database import Database

HERE: Final = Path(__file__).parent
NAMES: Final = ("registry", *(adapter.manifest.slug for adapter in regions().values()))
COMPOSERS: Final = ("@theguild/federation-composition", "@apollo/composition")
_STARTING: Final = 90  # seconds; nine processes on a busy machine with two cores


@dataclass
class Deployment:
    """Where everybody is; `logs` are the subgraphs' access logs."""

    embedded: str
    routers: dict[str, str]
    subgraphs: dict[str, str]
    headers: dict[str, str]
    sites: dict[str, Platform]
    processes: dict[str, subprocess.Popen[bytes]]
    logs: dict[str, Path]
    ids: dict[str, list[str]]
    start: Callable[[str], subprocess.Popen[bytes]]
    fresh: Callable[[], Any]

    def kill(self, name: str) -> None:
        """End a subgraph's process at once."""
        self.processes[name].kill()
        self.processes[name].wait()

    def restart(self, name: str) -> None:
        """A new process in place of a subgraph's, which has forgotten what it saw."""
        self.kill(name)
        self.processes[name] = self.start(name)
        until(lambda: _alive(self.subgraphs[name]))

    def requests(self) -> dict[str, int]:
        """How many GraphQL requests each subgraph has answered so far."""
        return {name: path.read_text("utf-8").count('"POST /graphql') for name, path in self.logs.items()}

    def answers(self, url: str, documents: list[str]) -> list[dict[str, Any]]:
        """The whole answer to each document, a few asked for at a time."""
        return asyncio.run(self._answers(url, documents))

    async def _answers(self, url: str, documents: list[str]) -> list[dict[str, Any]]:
        gate = asyncio.Semaphore(4)
        async with httpx.AsyncClient(headers=self.headers, timeout=120, trust_env=False) as client:

            async def one(document: str) -> dict[str, Any]:
                async with gate:
                    answer: dict[str, Any] = (await client.post(url, json={"query": document})).json()
                    return answer

            return list(await asyncio.gather(*map(one, documents)))


@pytest.fixture(scope="session")
def generator() -> type[Any]:
    """The maker of operations by chance: a module of this folder, which is no package."""
    spec = importlib.util.spec_from_file_location("generated_operations", HERE / "generated.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: type[Any] = module.Generator
    return made


@pytest.fixture(scope="session")
def packages() -> Path:
    """Where the npm packages are; without them nothing here can be shown."""
    found = composition.packages()
    assert (found / "node").exists(), "run sh scripts/node.sh"
    return found


@pytest.fixture(scope="session")
def deployment(
    sqlite_backend: Any,
    served_platforms: tuple[dict[str, Platform], dict[str, Endpoint]],
    packages: Path,
    tmp_path_factory: pytest.TempPathFactory,
    items: Callable[..., Any],
    running: Callable[..., Any],
) -> Iterator[Deployment]:
    """Everything started, every region's list pushed, so that lists and roster hold something."""
    folder = tmp_path_factory.mktemp("federation")
    sites, endpoints = served_platforms
    url = sqlite_backend.new("filled")
    database = Database(url)
    headers = {"Authorization": f"Bearer {create_key(database, 'federation', Role.NATIONAL)}"}
    with ExitStack() as stack:
        service = stack.enter_context(running(database, endpoints))
        for code in regions():
            assert service.submit(service.national, code, items(code, 12))["problems"] == []
        ports = _free_ports(len(NAMES))
        subgraphs = {name: f"http://127.0.0.1:{port}" for name, port in zip(NAMES, ports, strict=True)}
        logs = {name: folder / f"{name}.log" for name in NAMES}
        places = dict(zip(NAMES, ports, strict=True))

        def start(name: str) -> subprocess.Popen[bytes]:
            settings = _settings(name, url, endpoints)
            return stack.enter_context(started(_subgraph(name, places[name]), settings, logs[name]))

        processes = {name: start(name) for name in NAMES}
        routers = {}
        for router, composer, script, seconds in (
            ("hive", COMPOSERS[0], composition.NODE / "hive.mjs", 60),
            ("impatient", COMPOSERS[0], composition.NODE / "hive.mjs", 10),
            ("apollo", COMPOSERS[1], HERE / "apollo.mjs", 60),
        ):
            made = composition.compose({name: f"{base}/graphql" for name, base in subgraphs.items()}, composer)
            file, log = folder / f"{router}.graphql", folder / f"{router}.log"
            file.write_text(made.supergraph or "", "utf-8")
            command = [str(packages / "node"), str(script), str(packages), str(file), "127.0.0.1", "0"]
            stack.enter_context(started(command, {"DEXHUB_SUBGRAPH_SECONDS": str(seconds)}, log))
            until(lambda log=log: "http" in log.read_text("utf-8"))
            routers[router] = next(line for line in log.read_text("utf-8").splitlines() if line.startswith("http"))
        for base in subgraphs.values():
            until(lambda base=base: _alive(base))
        yield Deployment(
            f"{service.url}/graphql",
            routers,
            subgraphs,
            headers,
            sites,
            processes,
            logs,
            _known_ids(service),
            start,
            lambda: running(Database(url), endpoints),
        )


@contextmanager
def started(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process with its output in `log`, ended at the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(holds: Callable[[], bool], seconds: float = _STARTING) -> None:
    """Wait for what another process brings about."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def _known_ids(service: Any) -> dict[str, list[str]]:
    """Values for arguments by their names."""
    found = service.national.ask("{ entries(first: 20) { edges { node { id track { id } topic { id } } } } }")
    nodes = [edge["node"] for edge in found["entries"]["edges"]]
    codes = list(regions())
    return {
        "id": [node["id"] for node in nodes],
        "codes": codes,
        "regions": codes,
        "nationalTracks": ["N01", "N02", "N14"],
        "tracks": [node["track"]["id"] for node in nodes],
        "topics": [node["topic"]["id"] for node in nodes],
        "submittedFrom": ["2025-06-20T00:00:00+08:00"],
        "updatedBefore": ["2025-08-01T00:00:00+08:00"],
    }


def _alive(base: str) -> bool:
    try:
        return httpx.get(f"{base}/health/live", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _subgraph(name: str, port: int) -> list[str]:
    return [sys.executable, "-c", "from gateway.cli import main; main()", "subgraph", name, "--port", str(port)]


def _settings(name: str, url: str, endpoints: dict[str, Endpoint]) -> dict[str, str]:
    """The registry is told of the database, a region of its platform, and neither of anything else."""
    if name == "registry":
        return {"DEXHUB_DATABASE_URL": url}
    front = f"DEXHUB_PLATFORMS__{name.upper()}__"
    endpoint = endpoints[name]
    return {
        "DEXHUB_DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3",
        "DEXHUB_NATIVE_KEEP_SECONDS": "0",
        "DEXHUB_NATIVE_SECONDS": "60",
        f"{front}URL": endpoint.url,
        f"{front}KEY_ID": endpoint.key_id,
        f"{front}SECRET": endpoint.secret,
    }


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
