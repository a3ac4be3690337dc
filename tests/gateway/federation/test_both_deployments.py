"""Six subgraph processes behind a real router answer as the embedded schema does."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, parse, print_ast

from gateway import composition
from gateway.native import CODE
from gateway.schema import sdl

ROUTERS = ("hive", "apollo")
DOWN = "henan"
PAGE = """{ entries(first: 50) { edges { node { id
  ... on HebeiEntry { demandCompany } ... on ShanxiEntry { blindCode } ... on HenanEntry { verificationResult }
  ... on HunanEntry { hostCity } ... on ShaanxiEntry { guidingAuthorities }
} } } }"""
pytestmark = pytest.mark.xdist_group("federation")


@pytest.fixture(scope="session")
def documents(deployment, generator: Callable[..., Any]) -> list[str]:
    """What a person wrote, and 400 operations made by chance."""
    text = (Path(__file__).parent / "operations.graphql").read_text("utf-8")
    written = [print_ast(part) for part in parse(text).definitions if isinstance(part, OperationDefinitionNode)]
    return [*written, *generator(build_schema(sdl()), 8, deployment.ids).operations(400)]


@pytest.fixture(scope="session")
def alone(deployment, documents) -> list[dict[str, Any]]:
    """What the embedded schema answers while every province is up."""
    return deployment.answers(deployment.embedded, documents)


@pytest.fixture
def without_one(deployment) -> Iterator[None]:
    """One province's subgraph is frozen or dead, and its platform is down."""
    deployment.sites[DOWN].fault = None
    yield


def differing(documents: list[str], here: list[dict[str, Any]], there: list[dict[str, Any]]) -> list[Any]:
    pairs = zip(documents, here, there, strict=True)
    return [(document, a, b) for document, a, b in pairs if a.get("data") != b.get("data")]


def test_there_are_as_many_operations_as_promised(documents, alone) -> None:
    written = len(documents) - 400
    assert (written >= 60, len(set(documents)), [a for a in alone if "errors" in a]) == (True, written + 400, [])


@pytest.mark.parametrize("router", ROUTERS)
def test_both_deployments_give_the_same_data(router, deployment, documents, alone) -> None:
    there = deployment.answers(deployment.routers[router], documents)
    assert differing(documents, alone, there)[:1] == []
