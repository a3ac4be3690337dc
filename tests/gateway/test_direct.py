"""Requests that are answered straight from the connection: by the same words as in the ordinary way, whatever form they come in."""

import contextlib
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlsplit

import orjson
import pytest

from gateway import serving
from gateway.auth import KeyWish, make_key
from gateway.direct import DirectProtocol
from schema.vocabulary import Role
from sync.settings import LimitSettings

PAGE = "{ entries(first: 3) { totalCount nodes { id title region { code } } } }"
TITLE = "query T($id: ID!) { entry(id: $id) { id title } }"
TRACKS = "{ statistics(groupBy: [NATIONAL_TRACK]) { entries } }"
OF_ITS_OWN = ("date", "x-request-id")


@pytest.fixture
def sent(monkeypatch) -> list[str]:
    """The paths of what was answered straight from connections."""
    found: list[str] = []
    send = DirectProtocol.send

    def noting(protocol, request, answer) -> None:
        found.append(request.scope["method"])
        send(protocol, request, answer)

    monkeypatch.setattr(DirectProtocol, "send", noting)
    return found


class Line:
    """A connection to a hub, over which bytes go as they are."""

    def __init__(self, service, key: str | None = None) -> None:
        where = urlsplit(service.url)
        self.key = key
        self.socket = socket.create_connection((where.hostname, where.port), timeout=60)
        self._come = b""

    def request(self, method: str, path: str, body: bytes = b"", *more: tuple[str, str]) -> bytes:
        """The bytes of a request."""
        headers = [("Host", "hub"), *more]
        headers += [("Authorization", f"Bearer {self.key}")] if self.key else []
        headers += [("Content-Length", str(len(body)))] if body or method == "POST" else []
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body

    def post(self, asked: object, *more: tuple[str, str]) -> bytes:
        """The bytes of one that asks by POST."""
        json = () if any(name == "Content-Type" for name, _ in more) else (("Content-Type", "application/json"),)
        return self.request(
            "POST", "/graphql", asked if isinstance(asked, bytes) else orjson.dumps(asked), *json, *more
        )

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer: status, headers in order, body."""
        while b"\r\n\r\n" not in self._come:
            self._read()
        head, _, self._come = self._come.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        length = int(headers.get("content-length", 0))
        while len(self._come) < length:
            self._read()
        body, self._come = self._come[:length], self._come[length:]
        return int(first.split()[1]), headers, body

    def ask(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        """The answer to a request."""
        self.socket.sendall(request)
        return self.answer()

    def is_over(self) -> bool:
        """Whether the other end has closed."""
        with contextlib.suppress(ConnectionError):
            return self.socket.recv(1) == b""
        return True

    def _read(self) -> None:
        come = self.socket.recv(1 << 16)
        assert come, "the connection ended"
        self._come += come


@pytest.fixture
def connect():
    """Open connections, which are closed in the end."""
    with contextlib.ExitStack() as stack:

        def get(service, key: str | None = None) -> Line:
            line = Line(service, key)
            stack.callback(line.socket.close)
            return line

        yield get


@pytest.fixture
def lines(both, connect) -> tuple[Line, Line]:
    """Two connections of the national organiser, who has asked for all of these before."""
    national = both.national
    for known in (PAGE, TITLE, TRACKS):
        for _ in range(2):
            national.http.post("/graphql", json={"query": known, "variables": {"id": "41:none"}})
    key = national.http.headers["Authorization"].removeprefix("Bearer ")
    return connect(both, key), connect(both, key)


@pytest.fixture
def line(lines) -> Line:
    """One of them."""
    return lines[0]


def shown(answer: tuple[int, dict[str, str], bytes]) -> tuple[int, dict[str, str], object]:
    """What of an answer is the same each time."""
    status, headers, body = answer
    return (
        status,
        {name: value for name, value in headers.items() if name not in OF_ITS_OWN},
        orjson.loads(body or b"null"),
    )


def test_what_is_known_is_answered_straight_from_the_connection(line, sent) -> None:
    statuses = [
        line.ask(line.post({"query": PAGE}))[0],
        line.ask(line.request("GET", f"/graphql?query={quote(PAGE)}"))[0],
    ]
    assert (statuses, sent) == ([200, 200], ["POST", "GET"])


JSON = ("Content-Type", "application/json")
RESPONSE = ("Accept", "application/graphql-response+json")
CASES = {
    "a known question": lambda line: line.post({"query": PAGE}),
    "one with variables": lambda line: line.post({"query": TITLE, "variables": {"id": "41:none"}}),
    "by GET": lambda line: line.request("GET", f"/graphql?query={quote(PAGE)}"),
    "the other media type": lambda line: line.post({"query": PAGE}, RESPONSE),
    "nobody's": lambda line: line.post({"query": PAGE}).replace(b"Bearer ", b"Bearer x"),
    "a field that is none": lambda line: line.post({"query": "{ nothing }"}, RESPONSE),
    "a variable that is none": lambda line: line.post({"query": TITLE, "variables": {"id": [1]}}),
    "no JSON": lambda line: line.post(b"{"),
    "nothing": lambda line: line.post(b""),
    "a form": lambda line: line.post(b"query=x", ("Content-Type", "application/x-www-form-urlencoded")),
    "events alone": lambda line: line.post({"query": PAGE}, ("Accept", "text/event-stream")),
    "no media type of ours": lambda line: line.post({"query": PAGE}, ("Accept", "text/html")),
    "a change by GET": lambda line: line.request("GET", f"/graphql?query={quote('mutation { x }')}"),
    "a batch": lambda line: line.post([{"query": PAGE}]),
    "too much": lambda line: line.post({"query": "#" * 300_000}),
}


@pytest.mark.parametrize("case", CASES)
def test_either_way_gives_the_same_answer(lines, case) -> None:
    direct, other = lines
    request = CASES[case](direct)
    unusual = request.replace(b"Host: hub\r\n", b"Host: hub\r\nX: 1\r\nX: 1\r\n")
    for _ in range(2):  # regions grow a minute older between two requests now and then
        straight, ordinary = shown(direct.ask(request)), shown(other.ask(unusual))
        if straight == ordinary:
            break
    assert straight == ordinary


def test_a_header_that_is_there_twice_takes_the_ordinary_way(line, sent) -> None:
    status, _, _ = line.ask(line.post({"query": PAGE}, ("X", "1"), ("X", "1")))
    assert (status, sent) == (200, [])


def test_a_page_of_another_site_takes_the_ordinary_way(line, sent) -> None:
    status, _, _ = line.ask(line.post({"query": PAGE}, ("Origin", "https://example.org")))
    assert (status, sent) == (200, [])


def test_what_the_client_has_is_not_sent_again(line) -> None:
    got = line.request("GET", f"/graphql?query={quote(TRACKS)}")
    _, headers, _ = line.ask(got)
    again = line.request("GET", f"/graphql?query={quote(TRACKS)}", b"", ("If-None-Match", headers["etag"]))
    status, told, body = line.ask(again)
    assert (status, told["etag"], body) == (304, headers["etag"], b"")


@pytest.mark.parametrize(("pause", "straight"), [(0.001, ["POST"]), (0.5, [])])
def test_a_body_may_come_after_its_head(line, sent, pause, straight) -> None:
    head, end, body = line.post({"query": TRACKS}).partition(b"\r\n\r\n")
    for piece in (head + end, body[:10], body[10:]):
        line.socket.sendall(piece)
        time.sleep(pause)
    status, _, found = line.answer()
    assert (status, "data" in orjson.loads(found), sent) == (200, True, straight)


def test_questions_that_come_together_are_answered_in_their_order(line) -> None:
    asked = [PAGE, TRACKS, "{ nationalTracks { id } }", PAGE]
    line.socket.sendall(b"".join(line.post({"query": each}) for each in asked))
    found = [next(iter(orjson.loads(line.answer()[2])["data"])) for _ in asked]
    assert found == ["entries", "statistics", "nationalTracks", "entries"]


def test_a_connection_is_closed_where_the_client_says_so(line) -> None:
    _, headers, _ = line.ask(line.post({"query": PAGE}, ("Connection", "close")))
    assert (headers["connection"], line.is_over()) == ("close", True)


def test_one_connection_serves_question_after_question(line) -> None:
    assert [line.ask(line.post({"query": each}))[0] for each in (PAGE, "{ nationalTracks { id } }", PAGE, TRACKS)] == [
        200
    ] * 4


def test_each_of_many_is_answered_with_what_it_asked_for(both, line) -> None:
    ids = [each["id"] for each in both.national.ask("{ entries(first: 60) { nodes { id } } }")["entries"]["nodes"]]
    asked = [*ids, "41:none", *ids[:20], "no id"]

    def title(entry: str) -> object:
        found = both.national.ask(TITLE, id=entry)["entry"]
        return found and found["id"]

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(title, asked)) == [None if each in ("41:none", "no id") else each for each in asked]


@pytest.mark.parametrize("part", ["a head", "half a body", "all"])
def test_whoever_leaves_early_leaves_nothing_behind(both, line, until, part) -> None:
    whole = line.post({"query": PAGE})
    head = whole.partition(b"\r\n\r\n")[0]
    line.socket.sendall({"a head": head + b"\r\n\r\n", "half a body": whole[:-5], "all": whole}[part])
    line.socket.close()
    until(lambda: both.hub.figures.running == 0)
    assert both.national.ask(TRACKS)["statistics"] != []


def test_a_client_that_takes_nothing_is_left_to_the_ordinary_way_which_waits(lines, sent, monkeypatch) -> None:
    known, _ = lines
    protocols = []
    headers_complete = DirectProtocol.on_headers_complete

    def full(protocol) -> None:
        protocol.flow.write_paused = True  # as when what was sent before is not taken
        protocols.append(protocol)
        headers_complete(protocol)

    monkeypatch.setattr(DirectProtocol, "on_headers_complete", full)
    status, _, _ = known.ask(known.post({"query": PAGE}))
    assert (status, len(protocols), sent) == (200, 1, [])


def test_a_question_behind_another_in_one_piece_may_take_longer_than_a_connection_idles(
    serve, filled_sqlite, connect, monkeypatch
) -> None:
    monkeypatch.setattr(serving, "_IDLE", 0.2)
    service = serve(filled_sqlite)
    line = connect(service, make_key(service.hub.database, KeyWish("asker", Role.NATIONAL)))
    for _ in range(2):
        line.ask(line.post({"query": TRACKS}))
    second = line.post({"query": TRACKS})
    line.socket.sendall(line.post({"query": TRACKS}) + second[:-1])
    first = line.answer()[0]
    time.sleep(0.6)
    line.socket.sendall(second[-1:])
    assert (first, line.answer()[0]) == (200, 200)


def test_whoever_a_proxy_speaks_for_is_told_from_others(serve, filled_sqlite, connect) -> None:
    service = serve(filled_sqlite, limits=LimitSettings(refusals_per_minute=3))
    line = connect(service, "dexhub_aaaaaaaa_wrong")

    def knock(address: str) -> int:
        return line.ask(line.post({"query": PAGE}, ("X-Forwarded-For", address)))[0]

    assert ([knock("192.0.2.1") for _ in range(4)], knock("192.0.2.2")) == ([401, 401, 401, 429], 401)


def test_it_is_counted_and_numbered_as_any_request(serve, filled_sqlite, connect, sent, until) -> None:
    service = serve(filled_sqlite)
    line = connect(service, make_key(service.hub.database, KeyWish("asker", Role.NATIONAL)))
    for _ in range(3):
        _, headers, _ = line.ask(line.post({"query": TRACKS}))
    told = 'dexhub_requests_total{method="POST",route="/graphql",status="200"} 3.0'
    until(lambda: told in service.hub.figures.text().decode())
    assert (len(sent) >= 2, len(headers["x-request-id"])) == (True, 16)  # the first may be unknown yet


def test_what_is_spent_is_spent_by_either_way(serve, filled_sqlite, connect) -> None:
    service = serve(filled_sqlite, limits=LimitSettings(cost_per_minute=200))
    line = connect(service, make_key(service.hub.database, KeyWish("asker", Role.NATIONAL)))
    asked = line.post({"query": TITLE, "variables": {"id": "41:none"}})
    statuses = [line.ask(asked)[0] for _ in range(30)]
    assert (statuses[0], statuses[-1], sorted(set(statuses))) == (200, 429, [200, 429])
