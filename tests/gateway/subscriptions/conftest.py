"""Connections that follow what happens, and something to happen."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from gateway.auth import create_key
from schema.vocabulary import PullStatus, Role
from sync.database import Database
from sync.repository.pulls import PullStore
from sync.tables import PullRow

PROTOCOL = "graphql-transport-ws"


class Socket:
    """One connection that has been let in."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def subscribe(self, document: str, name: str = "1", **variables: Any) -> None:
        payload = {"query": document, "variables": variables}
        self.connection.send(json.dumps({"id": name, "type": "subscribe", "payload": payload}))

    def message(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.connection.recv(timeout=60))
        return found

    def next(self) -> Any:
        """The only field of the next message's data."""
        message = self.message()
        assert message["type"] == "next", message
        (value,) = message["payload"]["data"].values()
        return value

    def code(self) -> str:
        """The code of the error that comes next."""
        message = self.message()
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        found: str = errors[0]["extensions"]["code"]
        return found


@contextmanager
def open_socket(
    url: str, key: str | None = None, payload: Any = None, *, begun: bool = True
) -> Iterator[ClientConnection]:
    """A connection, the key in its header or in its first message, which is sent unless told otherwise."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    address = url.replace("http", "ws") + "/graphql"
    with connect(address, subprotocols=[PROTOCOL], additional_headers=headers, proxy=None) as connection:  # type: ignore[list-item]
        if begun:
            connection.send(json.dumps({"type": "connection_init", **({"payload": payload} if payload else {})}))
        yield connection


@contextmanager
def admitted(url: str, key: str) -> Iterator[Socket]:
    """A connection with a key that is let in."""
    with open_socket(url, key) as connection:
        assert json.loads(connection.recv(timeout=60)) == {"type": "connection_ack"}
        yield Socket(connection)


def closed_with(connection: ClientConnection) -> int:
    """The code with which the hub closes it."""
    try:
        while True:
            connection.recv(timeout=60)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 0


def cursor(hub: Any) -> str:
    """Where the changes stand."""
    found: str = hub.national.ask("{ changeCursor }")["changeCursor"]
    return found


def some_pull(database: Database, region: str, number: int = 0) -> str:
    """A run as a scheduler of another process would write it down."""
    row = PullRow(
        id=f"{region}{number:030d}", region=region, status=PullStatus.SUCCEEDED, started_by="test",
        started_at=datetime.now(UTC), problems=[], drift=[],
    )  # fmt: skip
    with database.write() as session:
        PullStore(session).save(row)
    return row.id


@pytest.fixture
def hub(serve, filled):
    """To write to, over either database."""
    return serve(filled)


@pytest.fixture
def key(hub) -> str:
    return create_key(hub.hub.database, "follower", Role.NATIONAL)


@pytest.fixture(name="open_socket")
def open_socket_() -> Callable[..., Any]:
    return open_socket


@pytest.fixture(name="admitted")
def admitted_() -> Callable[..., Any]:
    return admitted


@pytest.fixture(name="closed_with")
def closed_with_() -> Callable[..., Any]:
    return closed_with


@pytest.fixture(name="cursor")
def cursor_() -> Callable[..., Any]:
    return cursor


@pytest.fixture(name="some_pull")
def some_pull_() -> Callable[..., Any]:
    return some_pull
