"""The fuzzers' zoo against the running hub: always an answer in the protocol, never a 500, never for long."""

import gzip
import json
import socket
from urllib.parse import urlsplit

import pytest
from graphql import get_introspection_query

from gateway.auth import KeyWish, make_key
from schema.vocabulary import Role

RESPONSE = "application/graphql-response+json"
JSON = {"Content-Type": "application/json"}
CYCLE = "duplicateCases { entries { entry { "


def cyclic(times: int) -> str:
    return "{ entries(first: 100) { edges { node { " + CYCLE * times + "id" + " } } }" * times + " } } } }"


def fragments(count: int) -> str:
    chain = " ".join(f"fragment f{n} on Region {{ ...f{n + 1} ...f{n + 1} }}" for n in range(count))
    return f"{{ regions {{ ...f0 }} }} {chain} fragment f{count} on Region {{ name }}"


# What is sent, and by which code it is refused.
DOCUMENTS = {
    "deep": ("{ regions " * 1 + "{ a " * 900 + "}" * 901, "LIMIT_DEPTH"),
    "deep in what is known": (cyclic(6), "LIMIT_DEPTH"),
    "cyclic and wide": ("{ entries(first: 1000) { edges { node { " + CYCLE * 2 + "duplicateCases { id }" + " } } }" * 2 + " } } } }", "LIMIT_COST"),
    "aliased": ("{ " + " ".join(f"a{n}: nationalTracks {{ id }}" for n in range(200)) + " }", "LIMIT_ALIASES"),
    "aliased below": ("{ nationalTracks { " + " ".join(f"a{n}: id" for n in range(200)) + " } }", "LIMIT_ALIASES"),
    "repeated": ("{ nationalTracks { " + "id " * 3000 + "} }", "LIMIT_REPEATS"),
    "repeated in a fragment that nothing spreads": ("{ regions { name } } fragment a on Region { " + "name " * 3000 + "}", "LIMIT_REPEATS"),
    "long": ("{ regions(codes: [" + '"41" ' * 5000 + "]) { code } }", "LIMIT_TOKENS"),
    "spreading itself": ("{ regions { ...a } } fragment a on Region { tracks { topics { track { ...b } } } } fragment b on Track { topics { track { ...b } } }", None),
    "unfolding": (fragments(200), None),
    "a list within a list within a list": ("{ regions(codes: " + "[" * 900 + "]" * 900 + ") { name } }", "LIMIT_DEPTH"),
    "an unknown field": ("{ nope }", None),
    "an unknown directive, often": ("{ regions " + "@x " * 1500 + "{ name } }", None),
    "half": ("{ regions { name ", None),
    "a subscription there is none of": ("subscription { x }", "EVENTS_NEEDED"),
    "half a character": ('{ entry(id: "\\uD800") { id } }', None),
    "a number without an end": ("{ entries(first: " + "9" * 5000 + ") { totalCount } }", "LIMIT_DIGITS"),
    "a literal of a megabyte": ('{ entry(id: "' + "x" * 1_000_000 + '") { id } }', None),
    "a cost through variables": ("query($n: Int = 1000) { entries(first: $n) { edges { node { " + CYCLE * 2 + "duplicateCases { id }" + " } } }" * 2 + " } } } }", "LIMIT_COST"),
}  # fmt: skip


@pytest.mark.parametrize(("document", "code"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_hostile_document_is_answered_in_the_protocol(service, document, code) -> None:
    answer = service.national.http.post("/graphql", json={"query": document}, headers={"Accept": RESPONSE})
    codes = {error.get("extensions", {}).get("code") for error in answer.json().get("errors", ())}
    assert (answer.status_code in (200, 400, 406), "INTERNAL" in codes, code is None or codes == {code}) == (
        True,
        False,
        True,
    )


@pytest.mark.parametrize("accept", [RESPONSE, "application/json", "*/*"])
@pytest.mark.parametrize(
    "body",
    [b"null", b"", b"[]", b'{"query": "{ __typena', b"\xff", b'{"query": "\\ud800"}', b"[" * 5000, b'{"query": 1e999}'],
)
def test_a_body_that_is_no_request_is_answered_with_400_and_a_code(service, body, accept) -> None:
    answer = service.national.http.post("/graphql", content=body, headers={**JSON, "Accept": accept})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"] in ("BODY_INVALID", "REQUEST_INVALID")) == (400, True)


def test_a_batch_is_refused(service) -> None:
    answer = service.national.http.post("/graphql", json=[{"query": "{ __typename }"}] * 100)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BODY_INVALID")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_what_a_form_of_another_site_can_send_is_not_read(service, kind) -> None:
    body = "query=mutation{startDetection{cases}}"
    answer = service.national.http.post("/graphql", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (415, "CONTENT_TYPE_REFUSED")


def test_an_answer_in_a_form_that_is_not_json_is_refused(service) -> None:
    answer = service.national.http.post("/graphql", json={"query": "{ __typename }"}, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (406, "NOT_ACCEPTABLE")


def test_a_compressed_body_is_not_unpacked(service) -> None:
    bomb = gzip.compress(b'{"query": "' + b" " * 50_000_000 + b'{ __typename }"}')
    answer = service.national.http.post("/graphql", content=bomb, headers={**JSON, "Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (415, "ENCODING_REFUSED")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_beyond_the_bound_is_refused(service, chunked) -> None:
    content = b'{"query": "' + b" " * (3 << 20) + b'{ __typename }"}'
    body = iter([content[: 1 << 20], content[1 << 20 :]]) if chunked else content
    answer = service.national.http.post("/graphql", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (413, "BODY_TOO_LARGE")


@pytest.fixture
def impatient(reading):
    def waiting_for_nobody(_):
        """The name tells this service from others."""

    limits = {"head_seconds": 0.3, "body_seconds": 0.3, "seconds": 0.000_001}
    return reading("sqlite", waiting_for_nobody, limits=limits, introspection=["JOB"])


def spoken(service, words: bytes) -> bytes:
    """What is answered to somebody who says so much and then nothing."""
    where = urlsplit(service.url)
    with socket.create_connection((where.hostname, where.port), timeout=30) as line:
        line.sendall(words)
        heard = b""
        while piece := line.recv(65536):
            heard += piece
    return heard


def test_a_head_that_does_not_end_is_given_up(impatient) -> None:
    assert spoken(impatient, b"POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: ").startswith(b"HTTP/1.1 408")


def test_a_head_that_grows_without_an_end_is_refused(service) -> None:
    assert spoken(service, b"POST /graphql HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * 80_000).startswith(
        b"HTTP/1.1 400"
    )


def test_one_connection_is_used_again_after_a_body_that_was_refused(service) -> None:
    large = b'{"query": "' + b" " * (3 << 20) + b'{ __typename }"}'
    answers = [
        service.national.http.post("/graphql", content=iter([large]), headers=JSON).status_code for _ in range(3)
    ]
    assert answers == [413, 413, 413]


def test_a_body_that_does_not_end_is_given_up(impatient) -> None:
    key = make_key(impatient.hub.database, KeyWish("slow", Role.JOB))
    head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{{"
    assert b"BODY_TOO_SLOW" in spoken(impatient, head.encode())


def test_a_client_that_leaves_before_its_body_is_whole_is_no_fault_of_ours(service, until, caplog) -> None:
    key = make_key(service.hub.database, KeyWish("hasty", Role.JOB))
    where = urlsplit(service.url)
    counted = service.hub.figures.refusals.labels("BODY_CUT_SHORT")._value
    before = counted.get()
    with socket.create_connection((where.hostname, where.port), timeout=30) as line:
        head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{{"
        line.sendall(head.encode())
    until(lambda: counted.get() == before + 1)
    assert [record for record in caplog.records if record.name == "dexhub.gateway"] == []


def test_a_connection_that_says_nothing_is_given_up(impatient) -> None:
    assert spoken(impatient, b"").startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(("accept", "status"), [("application/json", 503), (RESPONSE, 503), ("text/event-stream", 200)])
def test_a_query_that_takes_too_long_is_given_up_whatever_it_came_by(impatient, accept, status) -> None:
    client = impatient.client(make_key(impatient.hub.database, KeyWish("long", Role.JOB)))
    asked = {"query": "{ pulls { nodes { id } } }"}
    answer = client.http.post("/graphql", json=asked, headers={"Accept": accept})
    assert (answer.status_code, '"code":"OPERATION_TIMEOUT"' in answer.text.replace(": ", ":")) == (status, True)


def test_a_mutation_is_not_given_up_half_done(impatient) -> None:
    client = impatient.client(make_key(impatient.hub.database, KeyWish("clerk", Role.REGION, "41")))
    assert client.ask("mutation { markMessagesRead(ids: []) { problems { code } } }")["markMessagesRead"] == {
        "problems": []
    }


def test_whoever_asks_for_more_than_a_minutes_budget_is_told_to_wait(serve, filled_sqlite) -> None:
    client = serve(filled_sqlite, limits={"cost_per_minute": 1000}).national
    answers = [
        client.http.post("/graphql", json={"query": "{ statistics(groupBy: [REGION]) { entries } }"}) for _ in range(6)
    ]
    told = [(each.status_code, "Retry-After" in each.headers) for each in answers]
    assert (told[0], told[-1]) == ((200, False), (429, True))


def test_whoever_sends_nothing_but_refused_documents_is_soon_told_to_wait(serve, filled_sqlite) -> None:
    client = serve(filled_sqlite, limits={"cost_per_minute": 200_000}).national
    answers = [client.http.post("/graphql", json={"query": cyclic(6)}).status_code for _ in range(12)]
    assert (answers[0], 429 in answers) == (200, True)


def test_another_key_has_a_budget_of_its_own(serve, filled_sqlite) -> None:
    service = serve(filled_sqlite, limits={"cost_per_minute": 300})
    greedy, other = (service.client(make_key(service.hub.database, KeyWish(name, Role.JOB))) for name in "ab")
    document = "{ statistics(groupBy: [REGION]) { entries } }"
    assert [
        client.http.post("/graphql", json={"query": document}).status_code for client in (greedy, greedy, other)
    ] == [200, 429, 200]


@pytest.mark.parametrize("document", [get_introspection_query(), '{ __type(name: "Entry") { name } }'])
def test_the_schema_is_not_shown_to_a_role_that_may_not_ask(impatient, document) -> None:
    assert impatient.national.code(document) == "INTROSPECTION_REFUSED"


def test_the_schema_is_not_shown_to_the_public(service) -> None:
    assert service.client().code(get_introspection_query()) == "UNAUTHENTICATED"


def test_names_that_may_have_been_meant_are_not_told_to_a_role_that_may_not_ask(impatient) -> None:
    (error,) = impatient.national.answer("{ entrie { id } }")["errors"]
    assert error["message"] == "Cannot query field 'entrie' on type 'Query'."


def test_a_list_of_lists_of_lists_in_introspection_is_refused(service) -> None:
    document = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"
    assert "errors" in service.national.answer(document)


@pytest.mark.parametrize("origin", ["https://evil.example.org", "null", "https://console.example.org.evil.org"])
def test_no_origin_is_reflected(reading, origin) -> None:
    def with_a_console(_):
        """The name tells this service from others."""

    service = reading("sqlite", with_a_console, origins=["https://console.example.org"])
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    answers = [
        service.client().http.options("/graphql", headers=asked),
        service.national.http.post("/graphql", json={"query": "{ __typename }"}, headers={"Origin": origin}),
    ]
    assert [
        name
        for answer in answers
        for name in answer.headers
        if name in ("access-control-allow-origin", "access-control-allow-credentials")
    ] == []


def test_an_origin_of_the_list_may_ask_without_credentials(reading) -> None:
    def with_a_console(_):
        """As above."""

    service = reading("sqlite", with_a_console, origins=["https://console.example.org"])
    answer = service.national.http.post(
        "/graphql", json={"query": "{ __typename }"}, headers={"Origin": "https://console.example.org"}
    )
    assert (answer.headers["access-control-allow-origin"], "access-control-allow-credentials" in answer.headers) == (
        "https://console.example.org",
        False,
    )


def test_without_a_list_no_origin_may_ask(service) -> None:
    answer = service.client().http.options(
        "/graphql", headers={"Origin": "https://x.org", "Access-Control-Request-Method": "POST"}
    )
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/graphql", "/health/live", "/publicity.json", "/nowhere", "/export/entries.csv"])
def test_every_answer_has_the_headers_that_protect_it(service, path) -> None:
    headers = service.client().http.get(path).headers
    assert [headers.get(name) for name in ("x-content-type-options", "x-frame-options", "referrer-policy")] == [
        "nosniff",
        "DENY",
        "no-referrer",
    ]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("PUT", "/graphql", 405), ("DELETE", "/health/live", 405), ("GET", "/nowhere", 404)]
)
def test_what_the_framework_refuses_is_refused_in_our_words(service, method, path, status) -> None:
    answer = service.national.http.request(method, path)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, " / " in error["message"]) == (status, True)


def test_a_parameter_of_the_wrong_form_is_not_said_back(service) -> None:
    answer = service.national.http.get("/lists/41/template", params={"entries": "13912345678"})
    assert (answer.status_code, "139" in answer.text, json.loads(answer.text)["errors"][0]["extensions"]["code"]) == (
        422,
        False,
        "PARAMETER_INVALID",
    )
