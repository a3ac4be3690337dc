"""What the tests of compiled operations share."""

import asyncio
import importlib.util
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, nullcontext
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
import pytest
import pytest_asyncio
import strawberry
from starlette.types import Receive, Scope, Send

from gateway import schema as schemas
from gateway.app import create_app
from gateway.auth import KeyWish, make_key
from gateway.compiled.asked import Asked as Request
from gateway.compiled.extension import CompiledOperations
from gateway.compiled.operation import compiled
from gateway.compiled.path import CompiledPath
from gateway.compiled.turns import Turns
from gateway.hub import Hub
from gateway.schema import graphql_schema
from gateway.trusted_documents import TrustedDocuments
from schema.vocabulary import Role
from sync.database import Database
from sync.settings import LimitSettings, Settings

# For operations of any size, of which many are asked for at once.
LIMITS: Final = LimitSettings(aliases=100, cost=10**6, cost_per_minute=10**12, seconds=60)
MANY: Final = int(os.environ.get("COMPILED_OPERATIONS", "280"))  # over both databases and with all viewers


@pytest.fixture(scope="session")
def many() -> int:
    """How many operations are compared in all."""
    return MANY


@pytest.fixture(scope="session")
def queries() -> type[Any]:
    """The class that makes random operations; tests are no package that it could be imported from."""
    path = Path(__file__).parent / "generated_queries.py"
    spec = importlib.util.spec_from_file_location("generated_queries", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: type[Any] = module.Queries
    return made


@pytest.fixture(scope="session")
def plain_schema() -> strawberry.Schema:
    """The embedded schema as it would be without compiled operations."""
    with pytest.MonkeyPatch.context() as patch:
        others = tuple(each for each in schemas._EXTENSIONS if each is not CompiledOperations)
        patch.setattr(schemas, "_EXTENSIONS", others)
        return schemas.graphql_schema.__wrapped__()


class Asked:
    """An application that is asked in this process, each request noted: whether a plan answered it before the pipeline."""

    def __init__(self, hub: Hub, schema: strawberry.Schema, stack: AsyncExitStack) -> None:
        self.hub = hub
        self.by_plan: list[bool] = []
        self._app = create_app(hub, schema)
        transport = httpx.ASGITransport(self._noting, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://hub", trust_env=False)
        stack.push_async_callback(self.http.aclose)
        self._keys: dict[KeyWish, str] = {}
        self._stack, self._is_served = stack, False

    async def _noting(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        self.by_plan.append(isinstance(scope.get("route"), CompiledPath))

    def key(self, wish: KeyWish) -> str:
        """A key that was made for this."""
        if wish not in self._keys:
            self._keys[wish] = make_key(self.hub.database, wish)
        return self._keys[wish]

    async def answer(self, wish: KeyWish, body: dict[str, Any], **headers: str) -> tuple[Any, ...]:
        """Status, headers, content and what it cost."""
        if not self._is_served:
            self._is_served = True
            await self._stack.enter_async_context(self._app.state.turns.line.standing())
        before = self.spent
        sent = {"Authorization": f"Bearer {self.key(wish)}", **headers}
        found = await self.http.post("/graphql", json=body, headers=sent)
        told = {name: value for name, value in found.headers.items() if name != "x-request-id"}
        content = found.json() if "json" in found.headers["content-type"] else found.text
        return found.status_code, told, content, self.spent - before

    @property
    def spent(self) -> float:
        """Units of cost that were charged so far."""
        return self.hub.figures.cost._value.get()


@pytest_asyncio.fixture
async def asked(filled: Database) -> AsyncIterator[Callable[[strawberry.Schema], Asked]]:
    """Applications over one filled database, with different schemas."""
    async with AsyncExitStack() as stack:
        hubs: list[Hub] = []

        def get(schema: strawberry.Schema, **more: Any) -> Asked:
            hubs.append(Hub(Settings(limits=LIMITS, token_key="t" * 64, **more), filled))
            return Asked(hubs[-1], schema, stack)

        yield get
    for hub in hubs:
        hub.stop()


_TITLE: Final = "query T($id: ID!) { entry(id: $id) { id title } }"
_PAGE: Final = "{ entries(first: 5) { totalCount nodes { id } } }"


class Waiting(Request):
    """Of which the outcome is waited for."""

    __slots__ = ("outcome",)

    def __init__(self, key: str, query: str, **variables: object) -> None:
        body = orjson.dumps({"query": query, "variables": variables})
        headers = [(b"authorization", f"Bearer {key}".encode()), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "client": ("127.0.0.1", 1)}
        super().__init__({**scope, "state": {}}, body)
        self.outcome = asyncio.get_running_loop().create_future()

    def then(self, outcome) -> None:
        self.outcome.set_result(outcome)

    async def data(self):
        """What was answered."""
        found = await self.outcome
        return orjson.loads(found.body)["data"]


class Asking:
    """Turns over a database that know the documents, and a key to ask with."""

    def __init__(self, database, **limits: float) -> None:
        settings = Settings(limits=LimitSettings(**{"seconds": 60, **limits}), token_key="t" * 64, kept_answers=0)
        self.hub = Hub(settings, database)
        self.turns = Turns(self.hub, graphql_schema(), TrustedDocuments())
        self.key = make_key(database, KeyWish("asker", Role.NATIONAL))
        for query in (_TITLE, _PAGE):
            compiled(graphql_schema(), query, None)

    def ask(self, query: str, **variables: object) -> Waiting:
        asked = Waiting(self.key, query, **variables)
        self.turns.ask(asked)
        return asked


@pytest_asyncio.fixture(params=["in threads", "over a line"])
async def asking(request, filled):
    """Turns over either database that know the key too; served, when they have a line to PostgreSQL, or not."""
    made = Asking(filled)
    async with made.turns.line.standing() if request.param == "over a line" else nullcontext():
        await made.ask(_PAGE).outcome
        yield made
    made.hub.stop()


@pytest.fixture
def new_asking() -> type[Asking]:
    """Makes turns over a database, in other bounds."""
    return Asking
