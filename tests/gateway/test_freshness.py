"""Every answer with entries says how old they are, as far as the viewer may know, for one more query."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from adapters.registry import regions
from schema.vocabulary import PullStatus, Role
from sync.repository.pulls import PullStore
from sync.tables import PullRow

ENTRIES = (
    "query E($regions: [ID!]! = []) { entries(first: 5, filter: {regions: $regions}) { edges { node { title } } } }"
)
CASES = "{ duplicateCases { nodes { entries { title region { code } } } } }"
STATED = "{ regions { code freshness { succeededAt ageMinutes targetMinutes isFresh causeZh causeEn } } }"


def told(client, document: str, **variables):
    return client.answer(document, variables).get("extensions", {}).get("freshness", [])


def read_last(database, region: str, ago: timedelta, problem: dict | None = None) -> None:
    with database.write() as session:
        state = PullStore(session).state(region)
        state.succeeded_at = datetime.now(UTC) - ago
        PullStore(session).save(state)
        if problem:
            at = datetime.now(UTC)
            PullStore(session).save(
                PullRow(id=f"failed {region}", region=region, status=PullStatus.FAILED, started_by="test", started_at=at, finished_at=at, problems=[problem], drift=[])
            )  # fmt: skip


@pytest.mark.parametrize("region", ["41", "61"])
def test_an_answer_says_of_the_regions_of_its_entries_how_old_they_are(both, region) -> None:
    (stated,) = [each for each in both.national.ask(STATED)["regions"] if each["code"] == region]
    (found,) = told(both.national, ENTRIES, regions=[region])
    age = stated["freshness"].pop("ageMinutes")
    assert (found.pop("ageMinutes") - age in (0, 1), found) == (
        True, {"region": region, "name": regions()[region].manifest.name, **stated["freshness"]},
    )  # fmt: skip


def test_a_target_that_is_missed_is_told_with_its_cause(own) -> None:
    problem = {
        "code": "PLATFORM_DOWN",
        "place": "41",
        "value": None,
        "zh": "平台不可达",
        "en": "down",
        "remedy_zh": "",
        "remedy_en": "",
    }
    read_last(own.hub.database, "41", timedelta(days=9), problem)
    (found,) = told(own.national, ENTRIES, regions=["41"])
    assert (found["isFresh"], found["causeZh"], found["causeEn"]) == (False, "平台不可达", "down")


def test_a_target_that_is_missed_without_a_failure_is_told_as_what_it_is(own) -> None:
    read_last(own.hub.database, "41", timedelta(days=9))
    (found,) = told(own.national, ENTRIES, regions=["41"])
    assert (found["isFresh"], found["causeEn"]) == (False, "not pulled in time")


def test_a_region_is_told_of_its_own_data_alone(both) -> None:
    across = [
        code
        for code in regions()
        if len(
            {
                s["region"]["code"]
                for c in both.of(Role.REGION, code).ask(CASES)["duplicateCases"]["nodes"]
                for s in c["entries"]
            }
        )
        > 1
    ]
    seen = {code: [each["region"] for each in told(both.of(Role.REGION, code), CASES)] for code in across}
    assert (bool(across), seen) == (True, {code: [code] for code in across})


def test_an_answer_without_entries_says_nothing_of_their_age(both) -> None:
    assert told(both.national, "{ nationalTracks { id } pulls { nodes { id } } }") == []


def test_saying_it_costs_one_query(own) -> None:
    database, statements = own.hub.database, []
    event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    own.national.ask(ENTRIES)
    assert len([text for text in statements if "region_state" in text]) == 1
