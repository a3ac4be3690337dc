"""Everything in the embedded schema and in all six subgraphs is described in Chinese and English, Chinese first; what is
deprecated says by what it is replaced, and since when.
"""

import re
import tomllib
from pathlib import Path

import pytest
from graphql import GraphQLArgument, GraphQLEnumValue, GraphQLField, GraphQLInputField, build_schema

from gateway.schema import graphql_schema, subgraphs
from schema.types import words

SCHEMAS = {"embedded": graphql_schema, **{name: (lambda made=made: made) for name, made in subgraphs().items()}}
BOTH = re.compile(r".*[\u4e00-\u9fff].*\s?/\s.*[A-Za-z]{2}.*", re.DOTALL)
SUCCESSOR = re.compile(r"[\u4e00-\u9fff].* / .*\buse \w+.*, since \d+\.\d+")
STANDARD = {"Date", "ID", "String", "Int", "Float", "Boolean", "JSON", "_Any"}  # described by their own standards


def described(name: str) -> list[tuple[str, str]]:
    found = [(places[0], what.description or "") for places, what in words.parts(SCHEMAS[name]()._schema)]
    return [(place, text) for place, text in found if place not in STANDARD]


@pytest.mark.parametrize("name", SCHEMAS)
def test_everything_is_described_in_both_languages(name) -> None:
    assert [(place, text) for place, text in described(name) if not BOTH.fullmatch(text)] == []


def test_there_is_as_much_to_describe_as_there_should_be() -> None:
    kinds = [type(what) for _, what in words.parts(graphql_schema()._schema)]
    least = {GraphQLField: 400, GraphQLArgument: 60, GraphQLInputField: 50, GraphQLEnumValue: 150}
    assert {kind: kinds.count(kind) >= number for kind, number in least.items()} == dict.fromkeys(least, True)


def test_whatever_has_no_words_would_be_found() -> None:
    bare = build_schema(
        "enum E { A } input I { x: Int } interface F { f(a: I): E } type Query implements F { f(a: I): E }"
    )
    assert [places[0] for places, what in words.parts(bare) if not what.description and places[0] not in STANDARD] == [
        "E", "E.A", "I", "I.x", "F", "F.f", "F.f.a", "Query", "Query.f", "Query.f.a",
    ]  # fmt: skip


def test_the_text_of_the_schema_has_the_words() -> None:
    text = build_schema(graphql_schema().as_str())
    assert [places[0] for places, what in words.parts(text) if not what.description and places[0] not in STANDARD] == []


def test_no_words_are_left_over_for_what_is_gone() -> None:
    used = {place for made in SCHEMAS.values() for places, _ in words.parts(made()._schema) for place in places}
    assert sorted(set(words._words()) - used) == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_whatever_is_deprecated_names_its_successor_and_since_when(name) -> None:
    reasons = [getattr(what, "deprecation_reason", None) for _, what in words.parts(SCHEMAS[name]()._schema)]
    assert [reason for reason in reasons if reason is not None and not SUCCESSOR.search(reason)] == []


@pytest.mark.parametrize(
    ("reason", "good"),
    [("改用 nodes / use nodes instead, since 0.2", True), ("use nodes, since 0.2", False), ("改用 nodes / use nodes", False), ("No longer supported", False)],
)  # fmt: skip
def test_a_reason_of_deprecation_has_a_form(reason, good) -> None:
    assert bool(SUCCESSOR.search(reason)) is good


def test_words_files_hold_what_their_names_say() -> None:
    folder = Path(words.__file__).parent / "words"
    enums = tomllib.loads((folder / "enums.toml").read_text("utf-8"))
    schema = graphql_schema()._schema
    assert [name for name in enums if not hasattr(schema.type_map.get(name), "values")] == []
