"""The ten questions of docs/api.md, each run as it stands there, under the role it names."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters.registry import regions
from gateway import feed, sockets
from schema.vocabulary import Role
from sync import decisions
from sync.scope import EVERYTHING

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
QUESTION = re.compile(r"^### (\d+)\. .*? / .*?\n(.*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)


class Question:
    """One section of the page."""

    def __init__(self, number: str, text: str) -> None:
        self.number = int(number)
        (self.document,) = re.findall(r"```graphql\n(.*?)```", text, re.DOTALL)
        self.variables = "".join(re.findall(r"```json\n(.*?)```", text, re.DOTALL)) or "{}"
        self.role = Role(re.findall(r"\b(NATIONAL|REGION)\b", text)[0])

    def client(self, service) -> Any:
        return service.of(self.role, "41" if self.role is Role.REGION else None)

    def ask(self, service, **known: str) -> Any:
        """The data, with what the page writes in braces put in."""
        text = self.variables
        for name, value in known.items():
            text = text.replace(f"{{{name}}}", value)
        data = self.client(service).ask(self.document, **orjson.loads(text))
        return next(iter(data.values())) if len(data) == 1 else data


QUESTIONS: Mapping[int, Question] = {made.number: made for made in (Question(*each) for each in QUESTION.findall(PAGE))}


@pytest.fixture
def expected_in(expected) -> Callable[[str], int]:
    return lambda region: sum(made.region == region for made in expected.values())


def test_there_are_ten_questions() -> None:
    assert list(QUESTIONS) == list(range(1, 11))


def test_1_the_counts_of_all_groups_are_those_of_the_regions(both, expected_in) -> None:
    told = QUESTIONS[1].ask(both)
    sums = {code: sum(row["entries"] for row in told if row["keys"][0]["value"] == code) for code in regions()}
    assert sums == {code: expected_in(code) for code in regions()}


def test_2_every_region_says_how_old_it_is(both) -> None:
    told = {each["code"]: each["freshness"]["isFresh"] for each in QUESTIONS[2].ask(both)}
    assert told == dict.fromkeys(regions(), True)


def test_3_every_topic_of_every_region_is_in_the_crosswalk(both) -> None:
    told = {
        each["code"]: {t["id"] for track in each["tracks"] for t in track["topics"]} for each in QUESTIONS[3].ask(both)
    }
    assert told == {code: {t.id for _, t in adapter.catalogue.topics()} for code, adapter in regions().items()}


def test_4_an_entry_is_told_as_its_province_registered_it(both, expected) -> None:
    identifier, made = next(iter(sorted(expected.items())))
    told = QUESTIONS[4].ask(both, entry=identifier)
    assert (told["id"], told["title"], told["region"]["name"]) == (
        identifier, made.title, regions()[made.region].manifest.name,
    )  # fmt: skip


def test_5_the_cases_are_open_ones_with_evidence(both) -> None:
    told = QUESTIONS[5].ask(both)["nodes"]
    every = {
        case["id"]
        for case in both.national.ask("{ duplicateCases(statuses: [OPEN], first: 1000) { nodes { id } } }")[
            "duplicateCases"
        ]["nodes"]
    }
    assert (len(told), {case["id"] for case in told} - every, [case["id"] for case in told if not case["pairs"]]) == (
        5,
        set(),
        [],
    )


def test_6_a_decision_stands_with_its_reason(own) -> None:
    case = QUESTIONS[5].ask(own)["nodes"][0]["id"]
    told = QUESTIONS[6].ask(own, case=case)
    assert (told["problems"], told["case"]["status"], told["case"]["decisions"][0]["reason"]) == (
        [], "DISMISSED", "已电话核实，并非同一项目",
    )  # fmt: skip


def test_7_every_fault_of_every_row_comes_at_once(own) -> None:
    told = QUESTIONS[7].ask(own)
    codes = {problem["code"] for problem in told["problems"]}
    assert (told["accepted"], {"ENTRY_UNKNOWN", "ENTRY_FOREIGN", "RANK_REPEATED"} - codes) == (False, set())


def test_8_a_region_sees_its_list_and_its_items_of_the_roster(own, items) -> None:
    receipt = own.accepted(own.national, "41", items("41"))
    own.accepted(own.national, "43", items("43"))
    told = QUESTIONS[8].ask(own)
    listed = {item["entryId"] for item in told["recommendationLists"][0]["items"]}
    assert ([each["receipt"] for each in told["recommendationLists"]], {item["entryId"] for item in told["roster"]["items"]}) == (
        [receipt], listed,
    )  # fmt: skip


def test_9_an_application_is_told_all_that_is_wrong_with_it(service) -> None:
    told = QUESTIONS[9].ask(service)
    assert (told["eligibility"], {(problem["code"], problem["place"]) for problem in told["problems"]}) == (
        None, {("VALUE_MISSING", "input.title"), ("CREDIT_CODE_INVALID", "input.organisations[0].creditCode")},
    )  # fmt: skip


def test_10_a_decision_is_heard_of(own) -> None:
    question, database = QUESTIONS[10], own.hub.database
    start = own.national.ask("{ changeCursor }")["changeCursor"]
    case = QUESTIONS[5].ask(own)["nodes"][0]["id"]
    decisions.decide(
        database, EVERYTHING, case=case, status="DISMISSED", reason="已核实", author="clerk", kept_entry=None
    )  # fmt: skip
    asked = {"query": question.document, "variables": orjson.loads(question.variables.replace("{cursor}", start))}
    headers = {"Accept": "text/event-stream"}
    with question.client(own).http.stream("POST", "/graphql", json=asked, headers=headers) as answer:
        line = next(line for line in answer.iter_lines() if line.startswith("data: {"))
    told = orjson.loads(line.removeprefix("data: "))["data"]["caseChanged"]
    assert (told["change"], told["case"]["id"]) == ("DECIDED", case)


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    numbers = [
        sockets.MOST_CONNECTIONS, feed.MOST_SUBSCRIPTIONS, sockets.SECONDS_TO_BEGIN, sockets.SECONDS_TO_TAKE, feed.MOST_BEHIND,
    ]  # fmt: skip
    section = PAGE.split("## 订阅")[1].split("## 弃用")[0]
    assert [number for number in numbers if not re.search(rf"\b{number}\b", section, re.ASCII)] == []
