"""The generated client against a hub over HTTP: a query, a mutation, an error and subscriptions, as its example makes it."""

import asyncio
import importlib
import sys
from contextlib import aclosing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gateway.auth import create_key
from schema.vocabulary import Role

FOLDER = Path(__file__).parents[2] / "clients" / "python"


@pytest.fixture
def package(monkeypatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module("dexhub_client")


@pytest.fixture
def client(package, own) -> Any:
    """The example's client, as the national organiser."""
    example = importlib.import_module("example")
    made = example.client(own.url, create_key(own.hub.database, "client", Role.NATIONAL))
    assert sys.modules["example"].__file__ == str(FOLDER / "example.py")
    return made


async def test_entries_are_found_and_paged(client, expected) -> None:
    found, after = [], None
    async with client as dexhub:
        while True:
            page = (await dexhub.find_entries(first=100, after=after)).entries
            found += [edge.node.id for edge in page.edges]
            if not page.page_info.has_next_page:
                break
            after = page.page_info.end_cursor
    assert sorted(found) == sorted(expected)


async def test_values_have_their_types(client, package, expected) -> None:
    async with client as dexhub:
        edge = (await dexhub.find_entries(first=1)).entries.edges[0]
    made = expected[edge.node.id]
    assert (edge.node.submitted_at, edge.node.stage) == (made.submitted_at, package.Stage(made.stage))


async def test_a_refusal_is_raised_with_its_code(client, package) -> None:
    async with client as dexhub:
        with pytest.raises(package.GraphQLClientGraphQLMultiError) as refused:
            await dexhub.find_entries(first=-1)
    assert refused.value.errors[0].extensions["code"] == "PAGE_SIZE_INVALID"


async def test_an_expected_failure_is_told_as_problems(client, package) -> None:
    async with client as dexhub:
        given = package.DecideCaseInput(caseId="none", decision=package.CaseStatus.DISMISSED, reason="x")
        told = (await dexhub.decide_case(given)).decide_case
    assert (told.case, [problem.code for problem in told.problems]) == (None, ["CASE_UNKNOWN"])


async def test_a_decision_is_heard_by_whoever_subscribed_before_it(client, package) -> None:
    async with client as dexhub:
        cursor = (await dexhub.change_cursor()).change_cursor
        case = (await dexhub.open_cases(first=1)).duplicate_cases.nodes[0]
        news = dexhub.case_changes(after=cursor)
        first = asyncio.ensure_future(anext(news))
        given = package.DecideCaseInput(caseId=case.id, decision=package.CaseStatus.DISMISSED, reason="已核实")
        assert (await dexhub.decide_case(given)).decide_case.problems == []
        told = (await first).case_changed
        await news.aclose()
    assert (told.change.value, told.case.id, told.case.status.value) == ("DECIDED", case.id, "DISMISSED")


async def test_a_subscription_that_is_closed_has_closed_its_connection(client) -> None:
    async with client as dexhub:
        async with aclosing(dexhub.case_changes(after="0")) as news:
            await anext(news)
        assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_it_says_how_fresh_every_region_is(client) -> None:
    async with client as dexhub:
        told = (await dexhub.how_fresh()).regions
    assert [(each.code, each.freshness.is_fresh) for each in told] == [
        (code, True) for code in ("13", "14", "41", "43", "61")
    ]
