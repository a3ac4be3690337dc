"""What a key is for, how long, who replaced it and when it was used; and tokens of an identity provider, by its real keys."""

import http.server
import threading
import time
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from gateway.auth import KeyWish, make_key, rotate_key
from schema.errors import RequestError
from schema.key_scope import KeyScope
from schema.vocabulary import Role
from sync.repository.keys import KeyStore
from sync.settings import OidcSettings

TRACKS = "{ nationalTracks { id } }"
ISSUER, AUDIENCE = "https://id.example.org", "dexhub"
NAMED = RSAKey.generate_key(2048, {"kid": "a", "use": "sig"})
STRANGE = RSAKey.generate_key(2048, {"kid": "a", "use": "sig"})
LATER = ECKey.generate_key("P-256", {"kid": "b", "use": "sig"})


def row(service, key):
    with service.hub.database.read() as session:
        return KeyStore(session).get(key.split("_")[1])


def wish(**more):
    return KeyWish(**{"name": "a", "role": Role.NATIONAL, **more})


def test_a_key_is_refused_once_it_has_expired(own) -> None:
    key = make_key(own.hub.database, wish(expires_at=datetime.now(UTC) + timedelta(hours=1)))
    with own.hub.database.write() as session:
        store = KeyStore(session)
        store.expire(store.get(key.split("_")[1]), datetime.now(UTC))
    assert own.client(key).code(TRACKS) == "UNAUTHENTICATED"


def test_a_key_cannot_be_made_for_the_past_and_without_a_scope_all_of_which_is_said_at_once(own) -> None:
    made = wish(region="41", scopes=frozenset(), expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(RequestError) as refusal:
        make_key(own.hub.database, made)
    assert [each.code for each in refusal.value.problems] == ["KEY_REGION_INVALID", "KEY_SCOPES_EMPTY", "KEY_EXPIRED"]


@pytest.mark.parametrize(
    ("scope", "answered"), [(KeyScope.READ, True), (KeyScope.WRITE, False), (KeyScope.METRICS, False)]
)
def test_a_query_wants_the_scope_of_reading(own, scope, answered) -> None:
    client = own.client(make_key(own.hub.database, wish(scopes=frozenset({scope}))))
    assert ("errors" not in client.answer(TRACKS)) == answered


def test_a_mutation_wants_the_scope_of_writing(own) -> None:
    client = own.client(make_key(own.hub.database, wish(scopes=frozenset({KeyScope.READ}))))
    assert client.code('mutation { renewRoster(reason: "x") { problems { code } } }') == "FORBIDDEN"


@pytest.mark.parametrize("path", ["/files/41?name=a.csv", "/lists/41"])
def test_an_upload_wants_the_scope_of_writing(own, path) -> None:
    client = own.client(make_key(own.hub.database, wish(scopes=frozenset({KeyScope.READ}))))
    assert client.http.post(path, content=b"x").status_code == 403


def test_a_rotated_key_goes_on_until_its_holder_has_changed_over(own) -> None:
    old = make_key(own.hub.database, wish())
    new = rotate_key(own.hub.database, old.split("_")[1], timedelta(hours=1))
    assert [own.client(key).ask(TRACKS)["nationalTracks"][0]["id"] for key in (old, new)] == ["N01"] * 2


def test_a_key_rotated_without_an_overlap_is_refused_at_once(own) -> None:
    old = make_key(own.hub.database, wish())
    rotate_key(own.hub.database, old.split("_")[1], timedelta(0))
    assert own.client(old).code(TRACKS) == "UNAUTHENTICATED"


def test_a_successor_has_what_its_predecessor_had(own) -> None:
    old = make_key(own.hub.database, KeyWish("省", Role.REGION, "41", frozenset({KeyScope.READ})))
    new = row(own, rotate_key(own.hub.database, old.split("_")[1], timedelta(0)))
    assert (new.name, new.role, new.region, new.scopes, new.replaces) == (
        "省",
        "REGION",
        "41",
        ["read"],
        old.split("_")[1],
    )


def test_what_is_no_valid_key_cannot_be_rotated(own) -> None:
    assert rotate_key(own.hub.database, "00000000", timedelta(0)) is None


def test_a_rotation_is_on_record(own) -> None:
    old = make_key(own.hub.database, wish())
    new = rotate_key(own.hub.database, old.split("_")[1], timedelta(0))
    asked = "query($key: String) { auditRecords(subject: $key) { nodes { action subject change } } }"
    (found,) = own.national.ask(asked, key=new.split("_")[1])["auditRecords"]["nodes"]
    assert (found["action"], found["subject"], found["change"]["replaces"]) == (
        "KEY_ROTATED", new.split("_")[1], old.split("_")[1],
    )  # fmt: skip


def test_the_last_use_of_a_key_is_written_down(own) -> None:
    key = make_key(own.hub.database, wish())
    own.client(key).ask(TRACKS)
    own.hub.uses.write(own.hub.database)
    assert datetime.now(UTC) - row(own, key).last_used_at < timedelta(minutes=1)


def test_whoever_shows_wrong_keys_too_often_is_told_to_wait(serve, filled_sqlite) -> None:
    service = serve(filled_sqlite, limits={"refusals_per_minute": 3})
    answers = [service.client("dexhub_x_y").http.post("/graphql", json={"query": TRACKS}) for _ in range(4)]
    assert [each.status_code for each in answers] == [401, 401, 401, 429]


@pytest.fixture(scope="session")
def provider():
    """An identity provider's keys, served as it would."""
    shown = {"keys": [NAMED.as_dict(private=False)]}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            content = orjson.dumps(shown)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/jwks.json", shown
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def trusting(reading, provider):
    def believing(_):
        """Nothing is to be made ready; the name tells this service from others."""

    oidc = {"issuer": ISSUER, "audience": AUDIENCE, "jwks_url": provider[0], "algorithms": ["RS256", "ES256"]}
    return reading("sqlite", believing, oidc=oidc)


def token(key=NAMED, header=None, **claims) -> str:
    now = int(time.time())
    content = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "u1",
        "iat": now,
        "exp": now + 60,
        "dexhub_role": "NATIONAL",
        **claims,
    }
    said = {"alg": "RS256", "kid": "a", **(header or {})}
    content = {name: value for name, value in content.items() if value is not None}
    return jwt.encode(said, content, key, algorithms=[said["alg"]])


def test_a_token_of_the_provider_is_believed(trusting) -> None:
    assert trusting.client(token()).ask(TRACKS)["nationalTracks"][0]["id"] == "N01"


def test_a_token_of_a_region_sees_that_region(trusting) -> None:
    client = trusting.client(token(dexhub_role="REGION", dexhub_region="41"))
    assert client.ask("{ statistics(groupBy: [REGION]) { keys { value } } }")["statistics"] == [
        {"keys": [{"value": "41"}]}
    ]


def test_a_scope_that_a_token_does_not_give_is_refused(trusting) -> None:
    client = trusting.client(token(scope="openid read"))
    assert client.code('mutation { renewRoster(reason: "x") { problems { code } } }') == "FORBIDDEN"


BAD = {
    "of another issuer": lambda: token(iss="https://other.example.org"),
    "for somebody else": lambda: token(aud="other"),
    "expired longer ago than clocks differ": lambda: token(exp=int(time.time()) - 60),
    "without an end": lambda: token(exp=None),
    "without a subject": lambda: token(sub=None),
    "not valid yet": lambda: token(nbf=int(time.time()) + 600),
    "signed by a stranger": lambda: token(STRANGE),
    "without a role": lambda: token(dexhub_role=None),
    "with a role that is none": lambda: token(dexhub_role="ADMIN"),
    "with several roles": lambda: token(dexhub_role=["NATIONAL"]),
    "of several regions": lambda: token(dexhub_role="REGION", dexhub_region=["41"]),
    "of a region without one": lambda: token(dexhub_role="REGION"),
    "of a region that is not connected": lambda: token(dexhub_role="REGION", dexhub_region="99"),
    "of all regions with one": lambda: token(dexhub_region="41"),
    "by an algorithm that is not allowed": lambda: token(header={"alg": "RS512"}),
    "changed": lambda: token()[:-4] + "AAAA",
    "of three words": lambda: "a.b.c",
}


@pytest.mark.parametrize("made", BAD.values(), ids=BAD)
def test_a_token_is_not_believed_that_is(trusting, made) -> None:
    assert trusting.client(made()).code(TRACKS) == "UNAUTHENTICATED"


def test_a_token_without_a_signature_is_not_believed(trusting) -> None:
    parts = token().split(".")
    parts[0] = "eyJhbGciOiJub25lIn0"
    assert trusting.client(f"{parts[0]}.{parts[1]}.").code(TRACKS) == "UNAUTHENTICATED"


def test_clocks_may_differ_a_little(trusting) -> None:
    assert "errors" not in trusting.client(token(exp=int(time.time()) - 5)).answer(TRACKS)


def test_a_key_that_the_provider_added_is_fetched_when_a_token_names_it(serve, filled_sqlite, provider) -> None:
    oidc = {"issuer": ISSUER, "audience": AUDIENCE, "jwks_url": provider[0]}
    trusting = serve(filled_sqlite, oidc=oidc)
    provider[1]["keys"].append(LATER.as_dict(private=False))
    made = token(LATER, {"alg": "ES256", "kid": "b"})
    answer = trusting.client(made).answer(TRACKS)
    provider[1]["keys"].pop()
    assert "errors" not in answer


def test_without_a_provider_no_token_is_believed(service) -> None:
    assert service.client(token()).code(TRACKS) == "UNAUTHENTICATED"


def test_keys_come_from_a_file_as_well(serve, filled_sqlite, tmp_path) -> None:
    path = tmp_path / "jwks.json"
    path.write_bytes(orjson.dumps(KeySet([NAMED]).as_dict(private=False)))
    service = serve(filled_sqlite, oidc={"issuer": ISSUER, "audience": AUDIENCE, "jwks_file": path})
    assert "errors" not in service.client(token()).answer(TRACKS)


def test_a_provider_is_named_by_an_address_or_a_file_and_not_by_both(tmp_path) -> None:
    with pytest.raises(ValueError, match="either jwks_url or jwks_file"):
        OidcSettings(issuer="x", audience="x", jwks_url="https://x", jwks_file=tmp_path)


def test_a_provider_is_asked_over_tls_or_on_this_machine() -> None:
    with pytest.raises(ValueError, match="jwks_url is an https address"):
        OidcSettings(issuer="x", audience="x", jwks_url="http://id.example.org/jwks.json")


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"keys": 3}', b'{"keys": [{}]}', b"<html>"])
def test_a_provider_that_gives_no_keys_makes_no_token_believed(serve, filled_sqlite, tmp_path, content) -> None:
    path = tmp_path / "jwks.json"
    path.write_bytes(content)
    service = serve(filled_sqlite, oidc={"issuer": ISSUER, "audience": AUDIENCE, "jwks_file": path})
    assert service.client(token()).code(TRACKS) == "UNAUTHENTICATED"
