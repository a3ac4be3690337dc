"""The real application under a real server on loopback, over a copy of a filled database, and clients that ask it.

Services that a test only reads from live as long as the run; a test that writes gets one of its own.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from pydantic import SecretStr

from adapters.registry import regions
from adapters.sandbox.platform import Platform
from adapters.sandbox.registrations import Corpus, Registration
from adapters.sandbox.serve import platforms, serving
from adapters.transport import Endpoint
from gateway.app import create_app
from gateway.auth import create_key
from gateway.hub import Hub
from schema.vocabulary import Role
from sync.database import Database
from sync.settings import PlatformSettings, Settings


class Client:
    """Someone who asks over HTTP, with a key or without."""

    def __init__(self, url: str, key: str | None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False)

    def answer(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The whole JSON answer."""
        response = self.http.post("/graphql", json={"query": document, "variables": variables})
        found: dict[str, Any] = response.json()
        return found

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer that has no errors."""
        answer = self.answer(document, variables)
        assert answer.get("errors") is None
        data: dict[str, Any] = answer["data"]
        return data

    def code(self, document: str, **variables: Any) -> str:
        """The code of the only error of an answer."""
        (error,) = self.answer(document, variables)["errors"]
        code: str = error["extensions"]["code"]
        return code


class Service:
    """A hub being served."""

    def __init__(self, hub: Hub, url: str, stack: ExitStack) -> None:
        self.hub, self.url = hub, url
        self._stack = stack
        self._clients: dict[tuple[Role, str | None], Client] = {}

    def client(self, key: str | None = None) -> Client:
        """A client with this key."""
        made = Client(self.url, key)
        self._stack.callback(made.http.close)
        return made

    def of(self, role: Role, region: str | None = None) -> Client:
        """A client with a key of this role."""
        if (role, region) not in self._clients:
            name = f"{role} {region or ''}".strip()
            self._clients[role, region] = self.client(create_key(self.hub.database, name, role, region))
        return self._clients[role, region]

    @property
    def national(self) -> Client:
        return self.of(Role.NATIONAL)


@contextmanager
def running(database: Database, endpoints: dict[str, Endpoint] | None = None) -> Iterator[Service]:
    """Serve a hub over `database` that knows the platforms at `endpoints`; stopped, and the database closed, at the end."""
    settings = Settings(
        token_key=SecretStr("t" * 64),
        platforms={
            slug: PlatformSettings(url=each.url, key_id=each.key_id, secret=SecretStr(each.secret))
            for slug, each in (endpoints or {}).items()
        },
    )
    hub = Hub(settings, database)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(hub), log_config=None, access_log=False))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), name="server")
    thread.start()
    with ExitStack() as stack:
        stack.callback(listening.close)
        stack.callback(thread.join)
        stack.callback(setattr, server, "should_exit", True)  # noqa: FBT003  runs before the join above
        until(lambda: server.started)
        yield Service(hub, f"http://127.0.0.1:{listening.getsockname()[1]}", stack)


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something that another thread brings about."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@pytest.fixture(name="until")
def until_() -> Callable[..., None]:
    return until


@pytest.fixture
def serve() -> Iterator[Callable[..., Service]]:
    """Serve a database for the length of a test."""
    with ExitStack() as stack:
        yield lambda *arguments: stack.enter_context(running(*arguments))


@pytest.fixture(scope="session")
def _services() -> Iterator[tuple[ExitStack, dict[str, Service]]]:
    with ExitStack() as stack:
        yield stack, {}


@pytest.fixture
def reading(request: pytest.FixtureRequest, _services: tuple[ExitStack, dict[str, Service]]) -> Callable[[str], Service]:
    """The service over a filled database of this kind, for tests that change nothing in it."""
    stack, made = _services

    def get(kind: str) -> Service:
        if kind not in made:
            database = Database(request.getfixturevalue(f"{kind}_backend").new("filled"))
            made[kind] = stack.enter_context(running(database))
        return made[kind]

    return get


@pytest.fixture(params=["sqlite", "postgres"])
def both(request: pytest.FixtureRequest, reading: Callable[[str], Service]) -> Service:
    """To read from, over either database."""
    return reading(request.param)


@pytest.fixture
def service(reading: Callable[[str], Service]) -> Service:
    """To read from, where the kind of database makes no difference."""
    return reading("sqlite")


@pytest.fixture
def own(serve: Callable[..., Service], filled_sqlite: Database) -> Service:
    """To write to."""
    return serve(filled_sqlite)


@pytest.fixture(scope="session")
def expected(corpus: Corpus) -> dict[str, Registration]:
    """Every registration that the hub must have understood, by the hub's id."""
    return {made.entry_id: made for part in corpus.registrations.values() for made in part if made.flaw is None}


@pytest.fixture
def sandbox(corpus: Corpus) -> Iterator[tuple[dict[str, Platform], dict[str, Endpoint]]]:
    """Five real platforms on a loop of their own: the platforms, and where they are."""
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
        assert ready.wait(30)
        yield {site.adapter.manifest.slug: site for site in sites}, endpoints
    finally:
        stop.set()
        thread.join()


@pytest.fixture(scope="session")
def codes() -> tuple[str, ...]:
    """The connected regions."""
    return tuple(regions())
