"""What clients are told when something is wrong: their own faults plainly, ours not at all but for a reference."""

import re

import pytest
from graphql import get_introspection_query

from adapters.registry import regions
from sync.database import Database
from sync.settings import LimitSettings

LIMITS = LimitSettings()

JSON = {"Content-Type": "application/json"}
KINDS = "{ statistics(groupBy: [ORGANISATION_KIND]) { entries } }"
ENTRIES = "{ entries { edges { node { title } } } }"
BODIES = [
    b"", b"{", b"[]", b"null", b'"x"', b"3", b"{}", b"\xff\xfe", b'{"query": 3}', b'{"query": null}', b'{"query": ""}',
    b'[{"query": "{ __typename }"}]', b'{"query": "{ __typename }", "variables": []}',
    b'{"query": "{ __typename }", "variables": "x"}', b'{"query": "{ __typename }", "operationName": "x"}',
    b'{"query": "{ __typename }", "variables": {"a": "\\ud800"}}',
    b'{"query": "query($a: ID!) { entry(id: $a) { id } }", "variables": {"a": "\\u0000"}}',
    b'{"query": "{ entry(id: \\"\\\\u0000\\") { id } }"}', b'{"query": "{ entry(id: \\"\\\\u{0}\\") { id } }"}',
    b"{'query': '{ __typename }'}", b"query={__typename}",
]  # fmt: skip


def deep(levels: int) -> str:
    """A valid query with exactly so many levels of fields below the root field."""
    names = ["edges", "node"]
    while len(names) < levels - 1:
        names += ["duplicateCases", "entries", "entry"]
    names = names[: levels - 1]
    ending = {"edges": "cursor", "node": "id", "duplicateCases": "id", "entries": "title", "entry": "id"}[names[-1]]
    return "{ entries(first: 1) { " + " { ".join(names) + f" {{ {ending} " + "} " * len(names) + "} }"


@pytest.fixture
def broken(own):
    """A service whose database has lost a table."""
    with own.hub.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE entry_organisation")
    return own


def test_an_unexpected_error_is_masked_and_has_a_reference(broken) -> None:
    (error,) = broken.national.answer(KINDS)["errors"]
    reference = error["extensions"]["reference"]
    assert (error["extensions"], error["message"]) == (
        {"code": "INTERNAL", "reference": reference},
        f"内部错误，编号 {reference} / internal error, reference {reference}",
    )


def test_nothing_of_an_unexpected_error_reaches_the_client(broken) -> None:
    body = broken.national.http.post("/graphql", json={"query": KINDS}).text.lower()
    words = ("sqlite", "sqlalchemy", "no such table", "entry_organisation", "select", "traceback", ".py")
    assert [word for word in words if word in body] == []


def test_an_unexpected_error_is_logged_whole_under_its_reference(broken, caplog) -> None:
    (error,) = broken.national.answer(KINDS)["errors"]
    (record,) = [record for record in caplog.records if error["extensions"]["reference"] in record.getMessage()]
    assert "no such table: entry_organisation" in str(record.exc_info and record.exc_info[1])


def test_what_does_not_need_the_lost_table_is_still_answered(broken) -> None:
    answer = broken.national.answer("{ nationalTracks { id } pulls { nodes { id } } }")
    assert (len(answer["data"]["pulls"]["nodes"]), "errors" in answer) == (len(regions()), False)


def test_an_unexpected_error_outside_graphql_is_masked_too(own) -> None:
    client = own.national
    with own.hub.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE api_key")
    answer = client.http.post("/graphql", json={"query": ENTRIES})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"], "api_key" in answer.text) == (500, "INTERNAL", False)


def test_an_expected_error_has_code_problems_and_both_languages(service) -> None:
    (error,) = service.national.answer("{ entries(first: -1) { totalCount } }")["errors"]
    assert (error["message"], [problem["code"] for problem in error["extensions"]["problems"]]) == (
        "first 应在 0 至 1000 之间 / first is between 0 and 1000",
        ["PAGE_SIZE_INVALID"],
    )


def test_an_expected_error_is_not_logged_as_ours(service, caplog) -> None:
    service.national.answer("{ entries(first: -1) { totalCount } }")
    assert [record for record in caplog.records if record.name == "dexhub.gateway"] == []


@pytest.mark.parametrize(
    "document", ["{", "{ nope }", "{ entries(first: 99999999999) { totalCount } }", "subscription { x }"]
)
def test_a_document_that_is_not_of_this_schema_is_answered_in_words_without_data(service, document) -> None:
    answer = service.national.answer(document)
    assert ("data" in answer, [bool(error["message"]) for error in answer["errors"]]) == (False, [True])


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_request_is_the_clients_mistake(both, body) -> None:
    assert both.national.http.post("/graphql", content=body, headers=JSON).status_code == 400


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""]
)
def test_a_body_of_another_type_is_the_clients_mistake(service, kind) -> None:
    body = b'{"query": "{ __typename }"}'
    assert service.national.http.post("/graphql", content=body, headers={"Content-Type": kind}).status_code == 415


def test_a_query_by_get_is_answered(service) -> None:
    answer = service.national.http.get("/graphql", params={"query": "{ __typename }"})
    assert answer.json() == {"data": {"__typename": "Query"}}


def test_a_mutation_by_get_is_refused(service) -> None:
    document = "mutation { startDetection { cases } }"
    assert service.national.http.get("/graphql", params={"query": document}).status_code == 405


@pytest.mark.parametrize(("levels", "refused"), [(LIMITS.depth, False), (LIMITS.depth + 1, True)])
def test_queries_are_answered_down_to_a_depth(service, levels, refused) -> None:
    answer = service.national.answer(deep(levels))
    assert ("errors" in answer, "data" not in answer) == (refused, refused)


@pytest.mark.parametrize(("number", "refused"), [(LIMITS.aliases, False), (LIMITS.aliases + 1, True)])
def test_queries_are_answered_up_to_a_number_of_aliases(service, number, refused) -> None:
    document = "{ " + " ".join(f"a{n}: nationalTracks {{ id }}" for n in range(number)) + " }"
    answer = service.national.answer(document)
    assert ("errors" in answer, "data" not in answer) == (refused, refused)


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True)])
def test_queries_are_answered_up_to_a_number_of_tokens(service, more, refused) -> None:
    around = 12  # signs and names of this query
    document = "{ regions(codes: [" + '"41" ' * (LIMITS.tokens - around + more) + "]) { code } }"
    answer = service.national.answer(document)
    assert ("errors" in answer, "data" not in answer) == (refused, refused)


def test_the_question_that_tools_ask_for_the_schema_is_within_the_limits(service) -> None:
    types = service.national.ask(get_introspection_query())["__schema"]["types"]
    assert "HenanEntry" in {each["name"] for each in types}


def test_the_hub_says_that_it_lives_without_a_key(service) -> None:
    answer = service.client().http.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_the_hub_says_that_it_is_ready_and_at_which_revision(both) -> None:
    answer = both.client().http.get("/health/ready")
    revision = answer.json()["revision"]
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "revision": revision, "needed": revision})


def test_a_hub_over_a_database_of_another_revision_is_not_ready(serve, filled) -> None:
    with filled.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    answer = serve(filled).client().http.get("/health/ready")
    assert (answer.status_code, answer.json()["revision"]) == (503, "0000")


def test_a_hub_whose_database_does_not_answer_lives_but_is_not_ready(serve, tmp_path) -> None:
    client = serve(Database(f"postgresql+psycopg://nobody@/none?host={tmp_path}")).client()
    codes = {name: client.http.get(f"/health/{name}").status_code for name in ("live", "ready")}
    assert codes == {"live": 200, "ready": 503}


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/graphql/x"])
def test_nothing_else_is_served(service, path) -> None:
    assert service.national.http.get(path).status_code == 404


def test_references_differ(broken) -> None:
    found = {broken.national.answer(KINDS)["errors"][0]["extensions"]["reference"] for _ in range(3)}
    assert (len(found), {bool(re.fullmatch(r"[0-9a-f]{8}", each)) for each in found}) == (3, {True})
