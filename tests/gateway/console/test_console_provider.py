"""Signing in with an identity provider: a real one on loopback, which can be told to misbehave."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from sync.settings import SignInSettings

KEY, ANOTHER = (RSAKey.generate_key(2048, {"kid": name}) for name in ("one", "one"))


class Provider:
    """What it says of who signs in: `claims`, signed by `key`."""

    def __init__(self) -> None:
        self.key = KEY
        self.claims: dict[str, object] = {
            "sub": "u1",
            "preferred_username": "河南赛区办公室",
            "group": "region-clerk",
            "dexhub_region": "41",
        }
        self.asked: list[dict[str, list[str]]] = []
        provider = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                keys = {"keys": [KEY.as_dict(private=False)]}
                self.tell(keys if self.path == "/keys" else provider.about())

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                provider.asked.append(form)
                self.tell({"access_token": "a", "token_type": "Bearer", "id_token": provider.token()})

            def tell(self, content: object) -> None:
                body = json.dumps(content).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def about(self) -> dict[str, str]:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.url, **{name: f"{self.url}/{place}" for name, place in places.items()}}

    def token(self) -> str:
        claims = {"iss": self.url, "aud": "dexhub", "exp": int(time.time()) + 60, **self.claims}
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def signing_in(own, provider, **wrong):
    """What the browser gets when it comes back from the provider, and the client with its cookies."""
    own.hub.settings.sign_in = SignInSettings(
        issuer=provider.url, client_id="dexhub", role_claim="group", roles={"region-clerk": "REGION"}
    )
    browser = own.client().http
    sent = browser.get("/sign-in/provider", params={"next": "/entries"})
    asked = parse_qs(urlsplit(sent.headers["Location"]).query)
    provider.claims = {"nonce": asked["nonce"][0], **provider.claims}
    back = {"code": "c", "state": asked["state"][0], **wrong}
    return browser.get("/sign-in/back", params=back), browser


def test_who_has_a_role_comes_in_as_it_and_goes_where_they_wanted_to(own, provider) -> None:
    answer, browser = signing_in(own, provider)
    page = browser.get("/system")
    assert (answer.headers["Location"], page.status_code, "河南赛区办公室" in page.text) == ("/entries", 403, True)


def test_the_code_is_redeemed_with_the_verifier_of_this_browser(own, provider) -> None:
    signing_in(own, provider)
    assert len(provider.asked[0]["code_verifier"][0]) >= 43


@pytest.mark.parametrize(
    ("claims", "status", "code"),
    [
        ({"group": "nobody"}, 403, "ROLE_MISSING"),
        ({"dexhub_region": "99"}, 403, "ROLE_MISSING"),
        ({"nonce": "another"}, 401, "SIGN_IN_FAILED"),
        ({"aud": "another"}, 401, "SIGN_IN_FAILED"),
        ({"exp": 1}, 401, "SIGN_IN_FAILED"),
        ({"iss": "http://another"}, 401, "SIGN_IN_FAILED"),
    ],
)
def test_a_token_that_does_not_say_who_may_come_in_opens_nothing(own, provider, claims, status, code) -> None:
    provider.claims |= claims
    answer, browser = signing_in(own, provider)
    assert (answer.status_code, code in answer.text, browser.get("/").status_code) == (status, True, 303)


def test_a_token_signed_by_another_key_opens_nothing(own, provider) -> None:
    provider.key = ANOTHER
    answer, _ = signing_in(own, provider)
    assert (answer.status_code, "SIGN_IN_FAILED" in answer.text) == (401, True)


def test_an_answer_to_another_browsers_question_opens_nothing(own, provider) -> None:
    answer, _ = signing_in(own, provider, state="another")
    assert (answer.status_code, provider.asked) == (401, [])


def test_a_provider_that_is_down_is_told_as_such(own) -> None:
    own.hub.settings.sign_in = SignInSettings(issuer="http://127.0.0.1:9", client_id="dexhub")
    answer = own.client().http.get("/sign-in/provider")
    assert (answer.status_code, "统一认证没有回答" in answer.text) == (401, True)
