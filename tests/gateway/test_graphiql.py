"""The page for explorers: nothing from outside, nothing but its own files, and queries for each role."""

import re
from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest
from graphql import parse, validate

import gateway
from gateway.auth import Viewer
from gateway.native import CODE as NATIVE_MISSING
from gateway.saved_queries import saved_queries, tabs
from gateway.schema import graphql_schema
from schema.vocabulary import Role

STATIC = Path(gateway.__file__).parent / "static" / "graphiql"
OUTSIDE = [
    "../app.py", "..%2fapp.py", "%2e%2e/%2e%2e/app.py", "..%2f..%2fapp.py", "..%5c..%5capp.py", "%2e%2e%2findex.html",
    "index.html", "none.js", "", ".", "..", "%00", "/etc/passwd", "%2fetc%2fpasswd", "page.css%00.js",
]  # fmt: skip


class Page(HTMLParser):
    """What a page loads, and the scripts that stand in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.files: list[str] = []
        self.inline: list[tuple[str | None, str]] = []
        self._kind: str | None = None
        self._open = False
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        found = dict(attrs)
        self.files += [
            found[name] for name in ("src", "href") if found.get(name) and not found[name].startswith("data:")
        ]
        self._open, self._kind = tag == "script" and "src" not in found, found.get("type")

    def handle_data(self, data) -> None:
        if self._open:
            self.inline.append((self._kind, data))
            self._open = False


@pytest.fixture
def client(service):
    """A browser without a key."""
    return service.client().http


@pytest.fixture
def page(client):
    return client.get("/graphiql")


def test_the_page_is_served_without_a_key(page) -> None:
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_the_pages_policy_lets_it_load_from_this_hub_alone(page) -> None:
    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
    nonce = re.fullmatch(r"'self' 'nonce-([\w-]{20,})'", policy["style-src"])
    assert ({name: value for name, value in policy.items() if name != "style-src"}, bool(nonce)) == (
        {
            "default-src": "'self'",
            "img-src": "'self' data:",
            "object-src": "'none'",
            "base-uri": "'none'",
            "form-action": "'none'",
            "frame-ancestors": "'none'",
        },
        True,
    )


def test_the_pages_nonce_is_another_one_each_time(client) -> None:
    assert len({client.get("/graphiql").headers["Content-Security-Policy"] for _ in range(3)}) == 3


def test_the_page_is_not_kept(page) -> None:
    assert page.headers["Cache-Control"] == "no-store"


def test_the_page_names_no_address_outside_this_hub(page) -> None:
    assert re.findall(r"https?:|//\w", page.text) == []


def test_the_page_holds_no_script_of_its_own(page) -> None:
    assert [kind for kind, _ in Page(page.text).inline] == []


def test_everything_the_page_loads_is_there_and_may_be_kept(client, page) -> None:
    answers = [client.get("/" + name) for name in Page(page.text).files]
    told = {(answer.status_code, answer.headers["Cache-Control"]) for answer in answers}
    assert (told, len(answers)) == ({(200, "public, max-age=31536000, immutable")}, 6)


def test_everything_the_page_loads_is_named_with_the_version_of_its_content(page) -> None:
    assert len({name.partition("?v=")[2] for name in Page(page.text).files} - {""}) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [("app.js", "text/javascript"), ("page.css", "text/css"), ("LICENSES.txt", "text/plain")],
)
def test_a_file_is_served_as_it_is_and_as_what_it_is(client, name, kind) -> None:
    answer = client.get(f"/static/graphiql/{name}")
    found = (answer.content, answer.headers["Content-Type"].partition(";")[0], answer.headers["X-Content-Type-Options"])
    assert found == ((STATIC / name).read_bytes(), kind, "nosniff")


@pytest.mark.parametrize("path", ["/graphiql", "/static/graphiql/app.js"])
def test_a_head_request_is_answered_without_a_body(client, path) -> None:
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_but_the_pages_files_is_served(client, name) -> None:
    assert client.get(f"/static/graphiql/{name}").status_code == 404


def client_of(service, role: Role):
    return service.of(role, "41" if role is Role.REGION else None)


def viewer_of(role: Role) -> Viewer:
    return Viewer(role, role, "41" if role is Role.REGION else None)


@pytest.mark.parametrize("role", Role)
def test_a_role_is_offered_the_queries_that_it_may_run_and_no_other(service, role) -> None:
    told = client_of(service, role).http.get("/graphiql/tabs").json()
    assert (told["role"], told["tabs"]) == (
        role, [each.tab(viewer_of(role)) for each in saved_queries() if role in each.roles],
    )  # fmt: skip


def test_nothing_is_offered_without_a_key(client) -> None:
    assert client.get("/graphiql/tabs").status_code == 401


@pytest.mark.parametrize("role", Role)
def test_no_role_is_offered_everything_and_none_nothing(role) -> None:
    assert 0 < len(tabs(viewer_of(role))) < len(saved_queries())


@pytest.mark.parametrize("saved", saved_queries(), ids=lambda each: each.name)
def test_a_saved_query_is_valid_against_the_schema(saved) -> None:
    assert validate(graphql_schema()._schema, parse(saved.query)) == []


def faults(answer) -> list[dict]:
    """The errors of an answer, but for what platforms, of which none runs here, would have added."""
    return [each for each in answer.get("errors", ()) if each["extensions"]["code"] != NATIVE_MISSING]


OFFERED = [(saved, role) for saved in saved_queries() for role in sorted(saved.roles)]


@pytest.mark.parametrize(("saved", "role"), OFFERED, ids=lambda each: getattr(each, "name", str(each)))
def test_a_saved_query_runs_under_each_of_its_roles_without_errors(own, saved, role) -> None:
    if "subscription" in saved.query:
        start = own.national.ask("{ changeCursor }")["changeCursor"]
        asked = {"query": re.sub(r"(pullProgress|caseChanged)", rf'\1(after: "{int(start) + 1}")', saved.query)}
        answer = client_of(own, role).http.post("/graphql", json=asked, headers={"Accept": "text/event-stream"})
        assert "CURSOR_INVALID" in answer.text  # it got as far as looking for the cursor, which is one too many
        return
    given = orjson.loads(saved.tab(viewer_of(role))["variables"] or "{}")
    answer = client_of(own, role).answer(saved.query, given)
    assert (
        faults(answer),
        [name for name, value in answer["data"].items() if value is None and name != "auditSeal"],
    ) == ([], [])


REFUSED = [
    ("9-decide-case", Role.REGION),
    ("9-decide-case", Role.JOB),
    ("11-start-pull", Role.REGION),
    ("6-submit-recommendations", Role.JOB),
]


@pytest.mark.parametrize(("name", "role"), REFUSED)
def test_what_is_not_offered_to_a_role_would_be_refused(service, name, role) -> None:
    (saved,) = [each for each in saved_queries() if each.name == name]
    given = orjson.loads(saved.tab(viewer_of(role))["variables"])
    assert (role in saved.roles, client_of(service, role).code(saved.query, **given)) == (False, "FORBIDDEN")


def test_the_first_queries_find_something(own) -> None:
    texts = {each.name: each.query for each in saved_queries()}
    entries = own.national.answer(texts["2-entries"])["data"]["entries"]["edges"]
    cases = own.national.ask(texts["4-duplicate-cases"])["duplicateCases"]["nodes"]
    assert (bool(entries), bool(cases)) == (True, True)
