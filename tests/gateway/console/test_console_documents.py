"""Each page is a document that anybody may run, and each act a mutation; none is left over."""

import pytest
from graphql import GraphQLError, parse, validate

from gateway.console.labels import members
from gateway.console.page import DOCUMENTS
from gateway.console.registry import ACTS, PAGES
from gateway.schema import graphql_schema


@pytest.mark.parametrize("made", [*PAGES, *ACTS], ids=lambda each: each.path)
def test_a_document_fits_the_graph(made) -> None:
    errors: list[GraphQLError] = validate(graphql_schema()._schema, parse(made.source()))
    assert [error.message for error in errors] == []


def test_no_document_is_left_over() -> None:
    assert {path.stem for path in DOCUMENTS.glob("*.graphql")} == {each.document for each in (*PAGES, *ACTS)}


@pytest.mark.parametrize(
    "kind", ["Stage", "EntryStatus", "AwardLevel", "EligibilityStatus", "Verdict", "CaseKind", "CaseStatus", "ListState",
             "ListAct", "RosterState", "RosterStage", "RosterAct", "ClauseKind", "PullStatus", "PullPhase", "ObjectionStatus",
             "QuotaBasis", "FindingSeverity", "Role", "OrganisationKind", "Followed", "CaseLevel", "TrackMatch"],
)  # fmt: skip
def test_every_member_of_a_closed_list_has_words(kind) -> None:
    found = graphql_schema()._schema.type_map.get(kind)
    expected = set(found.values) if found else {"NATIONAL", "REGION", "JOB"}
    assert expected - set(members(kind)) == set()
