"""Who may connect over graphql-transport-ws, how often, and what ends a connection."""

import json

import pytest

from gateway import graphql_router, sockets
from gateway.auth import create_key
from schema.vocabulary import Role


def test_a_key_has_only_so_many_connections(service, monkeypatch, open_socket, admitted, closed_with) -> None:
    monkeypatch.setattr(sockets, "MOST_CONNECTIONS", 1)
    key = create_key(service.hub.database, "the only one", Role.REGION, "13")
    with admitted(service.url, key), open_socket(service.url, key) as second:
        assert closed_with(second) == 4429


def test_a_place_is_given_back_when_a_connection_ends(service, until, admitted) -> None:
    key = create_key(service.hub.database, "comes and goes", Role.REGION, "14")
    for _ in range(3):
        with admitted(service.url, key):
            pass
    until(lambda: not [viewer for _, viewer in sockets._open if viewer.name == "comes and goes"])


@pytest.mark.parametrize("payload", [None, {}, {"Authorization": "Bearer dexhub_x_y"}, {"Authorization": 3}])
def test_a_connection_without_a_key_is_closed(service, payload, open_socket, closed_with) -> None:
    with open_socket(service.url, payload=payload) as connection:
        assert closed_with(connection) == 4403


def test_a_key_may_come_in_the_first_message(service, open_socket) -> None:
    key = create_key(service.hub.database, "browser", Role.NATIONAL)
    with open_socket(service.url, payload={"Authorization": f"Bearer {key}"}) as connection:
        assert json.loads(connection.recv(timeout=60))["type"] == "connection_ack"


def test_a_connection_that_says_nothing_is_closed(serve, filled_sqlite, monkeypatch, open_socket, closed_with) -> None:
    monkeypatch.setattr(graphql_router, "SECONDS_TO_BEGIN", 0.1)
    service = serve(filled_sqlite)
    with open_socket(service.url, begun=False) as connection:
        assert closed_with(connection) == 4408


def test_a_subscription_before_the_first_message_is_refused(service, open_socket, closed_with) -> None:
    asked = {"query": "subscription { pullProgress { cursor } }"}
    with open_socket(service.url, begun=False) as connection:
        connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": asked}))
        assert closed_with(connection) == 4401


@pytest.mark.parametrize("text", ["{", "[]x", '{"type": "subscribe", "id": "\\u0000"}', '{"type": "nonsense"}'])
def test_a_message_that_is_none_closes_the_connection(service, text, admitted, closed_with) -> None:
    with admitted(service.url, create_key(service.hub.database, "mumbler", Role.NATIONAL)) as socket:
        socket.connection.send(text)
        assert closed_with(socket.connection) == 4400


def test_queries_over_a_socket_are_answered_each_anew(hub, key, admitted) -> None:
    entries = "{ entries(first: 1) { totalCount } }"
    with admitted(hub.url, key) as socket:
        socket.subscribe(entries, "a")
        before = socket.next()["totalCount"]
        assert socket.message() == {"id": "a", "type": "complete"}
    assert before == hub.national.ask(entries)["entries"]["totalCount"]
