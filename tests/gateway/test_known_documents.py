"""A document that was found valid is neither parsed nor validated again, and nothing else is left out with that."""

import threading

import pytest
from strawberry.schema import schema as strawberry_schema

from gateway import introspection, known_documents

REGIONS = "query Known($code: RegionCode!) {{ regions(codes: [$code]) {{ {} }} }}"


@pytest.fixture
def validated(monkeypatch) -> list[str]:
    """The documents that were validated, as they were found."""
    found = []
    validate = strawberry_schema.validate

    def watched(schema, document, *rules):
        found.append(document)
        return validate(schema, document, *rules)

    monkeypatch.setattr(strawberry_schema, "validate", watched)
    return found


def test_a_document_is_validated_once(service, validated) -> None:
    document = REGIONS.format("once: name")
    answers = [service.national.ask(document, code=code)["regions"] for code in ("41", "13", "41")]
    assert (answers[0] == answers[2] != answers[1], len(validated)) == (True, 1)


def test_a_document_in_which_something_is_wrong_is_told_so_each_time(service) -> None:
    document = REGIONS.format("nameless")
    first, second = (service.national.answer(document, {"code": "41"}) for _ in range(2))
    assert first == second
    assert first["errors"][0]["message"].startswith("Cannot query field 'nameless'")


def test_what_variables_cost_is_measured_each_time(service) -> None:
    below = "duplicateCases { entries { entry { " * 2 + "duplicateCases { id }" + " } } }" * 2
    document = f"query Known($n: Int!) {{ entries(first: $n) {{ edges {{ node {{ {below} }} }} }} }}"
    codes = [service.national.answer(document, {"n": n}).get("errors") for n in (1, 1000)]
    assert (codes[0], codes[1][0]["extensions"]["code"]) == (None, "LIMIT_COST")


def test_who_may_not_ask_for_the_schema_may_not_after_somebody_who_may(service, serve, filled_sqlite) -> None:
    document = "query Known { __schema { queryType { name } } }"
    assert service.national.ask(document) == {"__schema": {"queryType": {"name": "Query"}}}
    assert serve(filled_sqlite, introspection=["JOB"]).national.code(document) == "INTROSPECTION_REFUSED"


def test_a_hub_that_allows_fewer_tokens_does_not_know_what_another_knew(service, serve, filled_sqlite) -> None:
    document = REGIONS.format("few: name")
    service.national.ask(document, code="41")
    assert serve(filled_sqlite, limits={"tokens": 5}).national.code(document, code="41") == "LIMIT_TOKENS"


def test_no_more_is_kept_than_there_is_room_for(service, monkeypatch, validated) -> None:
    monkeypatch.setattr(known_documents, "_MOST", 200)
    documents = [REGIONS.format(f"{name}: name") for name in ("a" * 50, "b" * 50, "c" * 50)]
    for document in (*documents, documents[0]):
        service.national.ask(document, code="41")
    assert len(validated) == 4


def test_a_document_that_is_very_long_is_not_kept(service, monkeypatch, validated) -> None:
    monkeypatch.setattr(known_documents, "_LONGEST", 60)
    document = REGIONS.format("longer: name another: code")
    for _ in range(2):
        service.national.ask(document, code="41")
    assert len(validated) == 2


def test_long_documents_that_are_not_known_take_from_the_budget_for_being_read(serve, filled_sqlite) -> None:
    client = serve(filled_sqlite, limits={"cost_per_minute": 150_000}).national
    document = REGIONS.format("name" + "," * 2000)
    first, second = (client.answer(f"{document} # {number}", {"code": "41"}).get("errors") for number in range(2))
    assert (first, second[0]["extensions"]["code"]) == (None, "RATE_LIMITED")


def test_a_known_document_is_read_for_nothing(serve, filled_sqlite) -> None:
    client = serve(filled_sqlite, limits={"cost_per_minute": 100_000}).national
    document = REGIONS.format("name" + "," * 1500)
    assert [client.answer(document, {"code": "41"}).get("errors") for _ in range(5)] == [None] * 5


@pytest.mark.parametrize("document", ["{ regions { name ", "{ regions { name } } }", "{ £ }"])
def test_what_cannot_be_read_is_told_with_its_place(service, document) -> None:
    (error,) = service.national.answer(document)["errors"]
    assert (error["message"].startswith("Syntax Error"), "locations" in error) == (True, True)


def test_the_schema_is_told_as_ever(service) -> None:
    query = """query About($name: String!) { kind: __typename __type(name: $name) { name fields { name } } }"""
    asked = service.national.ask(query, name="NationalTrack")
    assert (asked["kind"], asked["__type"]["name"], {"name": "id"} in asked["__type"]["fields"]) == (
        "Query",
        "NationalTrack",
        True,
    )


def test_a_question_about_the_schema_is_answered_once_and_aside(service, monkeypatch) -> None:
    threads = []

    def watched(answer):
        def noting(*given, **more):
            threads.append(threading.current_thread().name)
            return answer(*given, **more)

        return noting

    for place, name in ((introspection, "execute_sync"), (strawberry_schema, "execute")):  # aside, and the ordinary way
        monkeypatch.setattr(place, name, watched(getattr(place, name)))
    service.national.ask("{ __schema { queryType { name } } }")
    assert [name.partition("_")[0] for name in threads] == ["aside"]
