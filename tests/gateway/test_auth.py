"""Keys: who is let in, what is said to those who are not, and what is kept of a key."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from gateway.auth import create_key
from schema.errors import RequestError
from schema.vocabulary import Role
from sync.repository.keys import KeyStore

QUESTION = {"query": "{ nationalTracks { id } }"}
HEADERS: Mapping[str, str | None] = {
    "no header": None,
    "an empty header": "",
    "a scheme alone": "Bearer",
    "another scheme": "Basic {key}",
    "a key without its scheme": "{key}",
    "a word": "Bearer word",
    "two parts": "Bearer dexhub_{prefix}",
    "an unknown prefix": "Bearer dexhub_00000000_{secret}",
    "a wrong secret": "Bearer dexhub_{prefix}_{secret}x",
    "no secret": "Bearer dexhub_{prefix}_",
    "another key's secret": "Bearer dexhub_{prefix}_{other}",
    "another first word": "Bearer hubdex_{prefix}_{secret}",
    "two keys": "Bearer {key} {key}",
}


def parts(key: str) -> dict[str, str]:
    _, prefix, secret = key.split("_", 2)
    return {"key": key, "prefix": prefix, "secret": secret}


@pytest.fixture
def refused(service):
    """The answer to a header."""
    key, other = (create_key(service.hub.database, name, Role.NATIONAL) for name in ("a", "b"))

    def ask(header: str | None):
        words = {**parts(key), "other": parts(other)["secret"]}
        headers = {} if header is None else {"Authorization": header.format(**words)}
        return service.client().http.post("/graphql", json=QUESTION, headers=headers)

    return ask


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_whoever_has_no_valid_key_is_told_to_authenticate(refused, header) -> None:
    answer = refused(header)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, answer.headers["WWW-Authenticate"], error["extensions"]["code"]) == (
        401,
        "Bearer",
        "UNAUTHENTICATED",
    )


def test_every_failure_to_authenticate_gets_the_same_answer(refused) -> None:
    assert len({refused(header).text for header in HEADERS.values()}) == 1


def test_a_revoked_key_is_refused_like_an_unknown_one(own, refused) -> None:
    key = create_key(own.hub.database, "gone", Role.NATIONAL)
    with own.hub.database.write() as session:
        KeyStore(session).revoke(parts(key)["prefix"], datetime.now(UTC))
    answer = own.client(key).http.post("/graphql", json=QUESTION)
    assert (answer.status_code, answer.text) == (401, refused(None).text)


def test_a_malformed_body_without_a_key_is_told_to_authenticate_first(service) -> None:
    answer = service.client().http.post("/graphql", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 401


@pytest.mark.parametrize("header", ["Bearer {key}", "bearer {key}", "Bearer   {key}"])
def test_a_valid_key_is_let_in(refused, header) -> None:
    assert refused(header).status_code == 200


def test_neither_a_key_nor_its_secret_stands_anywhere_in_the_database(own, dump) -> None:
    key = create_key(own.hub.database, "a", Role.NATIONAL)
    own.client(key).ask("{ nationalTracks { id } }")
    content = dump(own.hub.database)
    words = parts(key)
    assert {name: word in content for name, word in words.items()} == {"key": False, "prefix": True, "secret": False}


def test_two_keys_for_one_name_differ(own) -> None:
    keys = {create_key(own.hub.database, "a", Role.JOB) for _ in range(2)}
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("role", "region"),
    [(Role.REGION, None), (Role.REGION, "99"), (Role.REGION, ""), (Role.NATIONAL, "41"), (Role.JOB, "41")],
)
def test_a_key_of_a_region_has_a_connected_region_and_others_have_none(own, role, region) -> None:
    with pytest.raises(RequestError) as refusal:
        create_key(own.hub.database, "a", role, region)
    assert refusal.value.code == "KEY_REGION_INVALID"


def test_a_refused_key_leaves_nothing_behind(own) -> None:
    with pytest.raises(RequestError):
        create_key(own.hub.database, "a", Role.REGION)
    with own.hub.database.read() as session:
        assert KeyStore(session).all() == []
