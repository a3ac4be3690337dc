"""The real application under a real server on loopback, over a copy of a filled database, and clients that ask it.

Services that a test only reads from live as long as the run; a test that writes gets one of its own.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from sqlalchemy import text

from adapters.registry import regions
from adapters.transport import Endpoint
from gateway.app import create_app
from gateway.auth import create_key
from gateway.hub import Hub
from gateway.serving import configured
from schema.vocabulary import Role
from sync.database import Database
from sync.objections import Filing, file
from sync.repository.guard_stops import GuardStopStore
from sync.scope import EVERYTHING
from sync.settings import LimitSettings, PlatformSettings, Settings
from sync.tables import GuardStopRow

NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # made once: a client would read all certificates of the system
SUBMIT: Final = """
mutation Submit($input: SubmitRecommendationsInput!, $dryRun: Boolean! = false) {
  submitRecommendations(input: $input, dryRun: $dryRun) {
    accepted dryRun repeated list { receipt version isCurrent digest content submittedBy items { rank entryId } }
    problems { code place value zh en remedyZh remedyEn } warnings { code place }
    findings { code severity item column value } auditSeal
  }
}"""
MOVE: Final = """
mutation Move($input: MoveListInput!) {
  moveList(input: $input) { list { receipt state counts publicityWindow events { act actor reason } } problems { code place value } }
}"""
OBJECTOR, CONTACT = "欧阳明德", "ouyang@example.org"
_ONE_FOR_ALL: Final = LimitSettings(cost_per_minute=10**12)  # all tests of a process share a key
# For those who ask for every field there is at once, which no client may.
UNBOUNDED: Final = LimitSettings(fields=10_000, cost=10**9, cost_per_minute=10**12)
CONFIRMED: Final = ({"reason": "已逐项核实"},)  # what every list of a test may say of what is to be confirmed
DECIDE: Final = """
mutation Decide($input: DecideCaseInput!) {
  decideCase(input: $input) {
    case { id status keptEntryId decisions { status keptEntryId reason author } } problems { code place value }
  }
}"""


class Client:
    """Someone who asks over HTTP, with a key or without."""

    def __init__(self, url: str, key: str | None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False, verify=NO_TLS)

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

    def submit(
        self, client: Client, region: str, rows: list[dict[str, Any]], *, dry_run: bool = False, **more: Any
    ) -> Any:
        """What comes of a list, with everything confirmed that can be unless told otherwise."""
        made = {"region": region, "items": rows, "confirmations": CONFIRMED, **more}
        return client.ask(SUBMIT, input=made, dryRun=dry_run)["submitRecommendations"]

    def move(self, client: Client, receipt: str, act: str, **more: Any) -> Any:
        """What comes of an act on a list."""
        return client.ask(MOVE, input={"receipt": receipt, "act": act, **more})["moveList"]

    def accepted(self, client: Client, region: str, rows: list[dict[str, Any]], **more: Any) -> str:
        """The receipt of a list that was pushed, checked and accepted."""
        told = self.submit(client, region, rows, **more)
        assert told["problems"] == []
        receipt: str = told["list"]["receipt"]
        for act in ("CHECK", "ACCEPT"):
            assert self.move(self.national, receipt, act)["problems"] == []
        return receipt

    def published(self, receipt: str, until: datetime | None = None) -> str:
        """The window of an accepted list that is laid open."""
        more = {"until": until.isoformat()} if until else {}
        told = self.move(self.national, receipt, "PUBLISH", **more)
        assert told["problems"] == []
        window: str = told["list"]["publicityWindow"]
        return window

    def decide(self, **verdict: Any) -> Any:
        """What comes of the national organiser's decision."""
        return self.national.ask(DECIDE, input=verdict)["decideCase"]


@contextmanager
def serving_hub(database: Database, endpoints: dict[str, Endpoint] | None = None, **more: Any) -> Iterator[Service]:
    """Serve a hub over `database` that knows the platforms at `endpoints`; stopped, and the database closed, at the end."""
    settings = Settings(
        **more,
        token_key=SecretStr("t" * 64),
        native_seconds=60,  # a busy machine is no province that is down
        platforms={
            slug: PlatformSettings(url=each.url, key_id=each.key_id, secret=SecretStr(each.secret))
            for slug, each in (endpoints or {}).items()
        },
    )
    hub = Hub(settings, database)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(configured(create_app(hub), settings.limits))
    thread = threading.Thread(target=lambda: server.run([listening]), name="server")
    thread.start()
    with ExitStack() as stack:
        stack.callback(listening.close)
        stack.callback(thread.join)
        stack.callback(setattr, server, "should_exit", True)  # noqa: FBT003  runs before the join above
        until(lambda: server.started)
        yield Service(hub, f"http://127.0.0.1:{listening.getsockname()[1]}", stack)


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that another thread brings about."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@pytest.fixture(name="until")
def until_() -> Callable[..., None]:
    return until


@pytest.fixture(scope="session", name="running")
def running_() -> Callable[..., Any]:
    """Serve a database for the length of a block."""
    return serving_hub


@pytest.fixture
def serve() -> Iterator[Callable[..., Service]]:
    """Serve a database for the length of a test."""
    with ExitStack() as stack:
        yield lambda *arguments, **more: stack.enter_context(serving_hub(*arguments, **more))


@pytest.fixture(scope="session")
def _services() -> Iterator[tuple[ExitStack, dict[str, Service]]]:
    with ExitStack() as stack:
        yield stack, {}


@pytest.fixture
def reading(request: pytest.FixtureRequest, _services: tuple[ExitStack, dict[str, Service]]) -> Callable[..., Service]:
    """The service over a filled database of this kind, for tests that change nothing in it."""
    stack, made = _services

    def get(kind: str, prepare: Callable[[Service], None] = lambda _: None, **more: Any) -> Service:
        name = f"{kind} {prepare.__name__}"
        if name not in made:
            database = Database(request.getfixturevalue(f"{kind}_backend").new("filled"))
            made[name] = stack.enter_context(serving_hub(database, **{"limits": _ONE_FOR_ALL, **more}))
            prepare(made[name])
        return made[name]

    return get


@pytest.fixture(params=["sqlite", "postgres"])
def both(request: pytest.FixtureRequest, reading: Callable[..., Service]) -> Service:
    """To read from, over either database."""
    return reading(request.param)


@pytest.fixture
def service(reading: Callable[..., Service]) -> Service:
    """To read from, where the kind of database makes no difference."""
    return reading("sqlite")


@pytest.fixture
def own(serve: Callable[..., Service], filled_sqlite: Database) -> Service:
    """To write to."""
    return serve(filled_sqlite)


@pytest.fixture(scope="session")
def asking(sqlite_backend: Any, served_platforms: tuple[Any, dict[str, Endpoint]]) -> Iterator[Service]:
    """To read from, native fields too: a service that knows the platforms."""
    with serving_hub(Database(sqlite_backend.new("filled")), served_platforms[1]) as service:
        yield service


@pytest.fixture
def finished(own: Service, items: Callable[..., Any]) -> Callable[..., list[dict[str, Any]]]:
    """A sound list of a region whose contest is over, with awards for everybody who took part in it."""
    with own.hub.database.write() as session:
        session.execute(text("UPDATE entry SET stage = 'AWARDED', award = 'THIRD' WHERE status = 'ACTIVE'"))
    return lambda region, count=None: items(region, count, finished=True)


@pytest.fixture(params=["sqlite", "postgres"])
def settled(request: pytest.FixtureRequest, reading: Callable[..., Service], items: Callable[..., Any]) -> Service:
    """To read from, over either database: every region has pushed a list, some cases are decided."""

    def settle(service: Service) -> None:
        receipts = [service.accepted(service.national, code, items(code)) for code in regions()]
        with service.hub.database.write() as session:
            for code in regions():
                GuardStopStore(session, EVERYTHING).add(_stop(code))
        cases = service.national.ask("{ duplicateCases { nodes { id entries { entryId } } } }")["duplicateCases"]
        by_entries = sorted(cases["nodes"], key=lambda case: [side["entryId"] for side in case["entries"]])
        within = [case for case in by_entries if len({side["entryId"][:2] for side in case["entries"]}) == 1]
        across = [case for case in by_entries if case not in within]
        for number, case in enumerate([*within[:2], *across[:2]]):
            keep = case["entries"][0]["entryId"] if number % 2 else None
            verdict = {"decision": "CONFIRMED" if keep else "DISMISSED", "keepEntryId": keep, "reason": "已电话核实"}
            assert service.national.ask(DECIDE, input={"caseId": case["id"], **verdict})["decideCase"]["problems"] == []
        for receipt in receipts:
            window = service.published(receipt, datetime.now(UTC) + timedelta(days=7))
            said = Filing(window, 1, OBJECTOR, CONTACT, "与已公开的项目雷同", ("https://example.org/evidence",))
            file(service.hub.database, said, filed_by="public", now=datetime.now(UTC))

    return reading(request.param, settle, limits=UNBOUNDED)


@pytest.fixture(params=list(regions()))
def code(request: pytest.FixtureRequest) -> str:
    """Each region in turn."""
    return str(request.param)


@pytest.fixture
def viewer(settled: Service, code: str) -> Client:
    """Who holds a key of the region."""
    return settled.of(Role.REGION, code)


def _stop(code: str) -> GuardStopRow:
    return GuardStopRow(
        run_id=f"stop of {code}",
        region=code,
        stopped_at=datetime.now(UTC),
        kind="deletions",
        number=9,
        bound=3,
        entries=30,
        difference=[{"entry": f"{code}:gone", "before": "名称", "after": None}],
    )
