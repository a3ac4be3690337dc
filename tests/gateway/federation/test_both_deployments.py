"""Six subgraph processes behind a real router answer as the embedded schema does."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from graphql import OperationDefinitionNode, build_schema, parse, print_ast

from adapters.sandbox.faults import Fault
from gateway import composition
from gateway.native import CODE
from gateway.schema import sdl

ROUTERS = ("hive", "apollo")
DOWN = "henan"
PAGE = """{ entries(first: 50, sort: {by: TITLE}) { edges { node { id
  ... on HebeiEntry { demandCompany } ... on ShanxiEntry { blindCode } ... on HenanEntry { verificationResult }
  ... on HunanEntry { hostCity } ... on ShaanxiEntry { guidingAuthorities }
} } } }"""


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
def without_one(deployment) -> Iterator[str]:
    """One province's platform is down and so is its subgraph; the address of an embedded service that never saw it up."""
    deployment.sites[DOWN].fault = Fault("status", 503, times=1_000_000)
    deployment.kill(DOWN)
    with deployment.fresh() as service:
        yield f"{service.url}/graphql"
    deployment.sites[DOWN].fault = None
    deployment.restart(DOWN)


def differing(documents: list[str], here: list[dict[str, Any]], there: list[dict[str, Any]]) -> list[Any]:
    pairs = zip(documents, here, there, strict=True)
    return [(document, a, b) for document, a, b in pairs if a.get("data") != b.get("data")]


def without_its_fields(data: dict[str, Any]) -> dict[str, Any]:
    """The page as it is while the province gives nothing."""
    for edge in data["entries"]["edges"]:
        edge["node"] |= {"verificationResult": None} if "verificationResult" in edge["node"] else {}
    return data


def test_there_are_as_many_operations_as_promised(documents, alone) -> None:
    written = len(documents) - 400
    assert (written >= 60, len(set(documents)), [a for a in alone if "errors" in a]) == (True, written + 400, [])


@pytest.mark.parametrize("router", ROUTERS)
def test_both_deployments_give_the_same_data(router, deployment, documents, alone) -> None:
    there = deployment.answers(deployment.routers[router], documents)
    assert differing(documents, alone, there)[:1] == []


@pytest.mark.parametrize("router", ROUTERS)
def test_both_give_the_same_data_with_one_province_down(router, deployment, documents, without_one) -> None:
    asked = documents if router == "hive" else documents[::4]
    here = deployment.answers(without_one, asked)
    there = deployment.answers(deployment.routers[router], asked)
    assert differing(asked, here, there)[:1] == []


def test_a_province_that_is_down_costs_its_own_fields_and_one_error(deployment) -> None:
    (whole,) = deployment.answers(deployment.embedded, [PAGE])
    deployment.sites[DOWN].fault = Fault("status", 503, times=1_000_000)
    with deployment.fresh() as service:
        (answer,) = deployment.answers(f"{service.url}/graphql", [PAGE])
    deployment.sites[DOWN].fault = None
    codes = [(error["extensions"]["code"], error["extensions"]["region"]) for error in answer["errors"]]
    assert (answer["data"], codes) == (without_its_fields(whole["data"]), [(CODE, "41")])


@pytest.mark.parametrize("router", ROUTERS)
def test_a_platform_that_is_down_is_told_by_its_subgraph_through_the_router(router, deployment) -> None:
    deployment.sites[DOWN].fault = Fault("html", times=1_000_000)
    (answer,) = deployment.answers(deployment.routers[router], [PAGE])
    deployment.sites[DOWN].fault = None
    assert [error["extensions"]["code"] for error in answer["errors"]] == [CODE]


@pytest.mark.parametrize("router", ROUTERS)
def test_a_page_with_native_fields_of_five_provinces_costs_one_request_a_subgraph(router, deployment) -> None:
    before = deployment.requests()
    deployment.answers(deployment.routers[router], [PAGE])
    after = deployment.requests()
    assert {name: after[name] - before[name] for name in after} == dict.fromkeys(after, 1)


@pytest.mark.parametrize("composer", ["@theguild/federation-composition", "@apollo/composition"])
def test_the_supergraph_composes_without_an_error_and_without_a_hint(composer, packages) -> None:
    made = composition.compose({}, composer)
    assert (made.errors, made.hints, made.supergraph is None) == ((), (), False)


def test_a_frozen_province_costs_its_own_fields_alone(deployment) -> None:
    (whole,) = deployment.answers(deployment.embedded, [PAGE])
    deployment.processes[DOWN].send_signal(signal.SIGSTOP)
    (answer,) = deployment.answers(deployment.routers["impatient"], [PAGE])
    deployment.restart(DOWN)
    assert answer["data"] == without_its_fields(whole["data"])


def test_a_subscription_comes_through_the_router(deployment) -> None:
    asked = {"query": 'subscription { listChanged(after: "0") { cursor act list { receipt } } }'}
    headers = {**deployment.headers, "Accept": "text/event-stream"}

    def first(url: str) -> str:
        with httpx.stream("POST", url, json=asked, headers=headers, timeout=60, trust_env=False) as answer:
            return next((line for line in answer.iter_lines() if line.startswith("data: {")), "data: null")

    (here, there) = (
        orjson.loads(first(url).removeprefix("data: ")) for url in (deployment.embedded, deployment.routers["hive"])
    )
    assert (here["data"]["listChanged"]["act"], there["data"]) == ("DRAFT", here["data"])
