"""Every filter alone gives exactly the registrations that satisfy it."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from schema.vocabulary import Stage
from sync.repository.search import rebuild

FIND = "query Find($filter: EntryFilterInput) { entries(filter: $filter, first: 1000) { totalCount edges { node { id } } } }"
DAY = timedelta(days=1)


def named(made, word: str) -> bool:
    return any(word in each.name for each in made.companies)


def says(made, word: str) -> bool:
    return word in made.title or word in made.summary or word in made.team or named(made, word)


# From one registration: a filter that it satisfies, and the same in Python.
CONDITIONS = {
    "regions": lambda one: ({"regions": ["14", one.region]}, lambda made: made.region in ("14", one.region)),
    "tracks": lambda one: ({"tracks": [one.topic.track_id]}, lambda made: made.topic.track_id == one.topic.track_id),
    "topics": lambda one: ({"topics": [one.topic.topic_id]}, lambda made: made.topic.topic_id == one.topic.topic_id),
    "stages": lambda _: ({"stages": ["FINAL", "CITY"]}, lambda made: made.stage in (Stage.FINAL, Stage.CITY)),
    "statuses": lambda _: ({"statuses": ["ELIMINATED"]}, lambda made: made.status == "ELIMINATED"),
    "awards": lambda _: ({"awards": ["FIRST", "MERIT"]}, lambda made: made.award in ("FIRST", "MERIT")),
    "cities": lambda one: ({"cities": [one.city]}, lambda made: (made.region, made.city) == ("43", one.city)),
    "a part of an organisation": lambda one: (
        {"organisation": one.companies[0].name[2:5]},
        lambda made: named(made, one.companies[0].name[2:5]),
    ),
    "a credit code": lambda one: (
        {"organisation": f" {one.companies[0].credit_code.lower()} "},
        lambda made: any(each.credit_code == one.companies[0].credit_code for each in made.companies),
    ),
    "text of a title": lambda one: ({"text": one.title[:4]}, lambda made: says(made, one.title[:4])),
    "text of a summary": lambda one: ({"text": f" {one.summary[20:26]} "}, lambda made: says(made, one.summary[20:26])),
    "text of a team": lambda one: ({"text": one.team}, lambda made: says(made, one.team)),
    "text of an organisation": lambda _: ({"text": "研究院"}, lambda made: says(made, "研究院")),
    "text with a percent sign": lambda _: ({"text": "7%"}, lambda made: says(made, "7%")),
    "submitted from": lambda one: (
        {"submittedFrom": one.submitted_at.isoformat()},
        lambda made: made.submitted_at >= one.submitted_at,
    ),
    "submitted before": lambda one: (
        {"submittedBefore": one.submitted_at.isoformat()},
        lambda made: made.submitted_at < one.submitted_at,
    ),
    "updated from": lambda one: (
        {"updatedFrom": one.updated_at.isoformat()},
        lambda made: made.updated_at >= one.updated_at,
    ),
    "updated before": lambda one: (
        {"updatedBefore": one.updated_at.isoformat()},
        lambda made: made.updated_at < one.updated_at,
    ),
    "two at once": lambda one: (
        {"regions": [one.region], "statuses": ["ACTIVE"]},
        lambda made: made.region == one.region and made.status == "ACTIVE",
    ),
    "a span": lambda one: (
        {
            "submittedFrom": (one.submitted_at - 3 * DAY).isoformat(),
            "submittedBefore": (one.submitted_at + 3 * DAY).isoformat(),
        },
        lambda made: one.submitted_at - 3 * DAY <= made.submitted_at < one.submitted_at + 3 * DAY,
    ),
}


@pytest.fixture
def one(expected):
    """A registration of the region with host cities, in the middle of the time."""
    fit = [made for made in expected.values() if made.region == "43" and made.companies[0].credit_code]
    return sorted(fit, key=lambda made: made.updated_at)[len(fit) // 2]


def found(client, **wanted) -> set[str]:
    return {edge["node"]["id"] for edge in client.ask(FIND, filter=wanted)["entries"]["edges"]}


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_a_filter_gives_exactly_the_entries_that_satisfy_it(both, expected, one, condition) -> None:
    wanted, holds = condition(one)
    assert found(both.national, **wanted) == {made.entry_id for made in expected.values() if holds(made)}


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_every_filter_of_these_tests_lets_some_entries_pass_and_some_not(expected, one, condition) -> None:
    _, holds = condition(one)
    assert {holds(made) for made in expected.values()} == {True, False}


def test_national_tracks_are_filtered_by_the_proposal(both, expected, proposal) -> None:
    wanted = {made.entry_id for made in expected.values() if proposal(made) in ("N02", "N08")}
    assert found(both.national, nationalTracks=["N02", "N08"]) == wanted


def test_the_total_is_that_of_the_filter_and_not_of_the_page(both, expected) -> None:
    document = '{ entries(filter: {regions: ["43"]}, first: 3) { totalCount } }'
    assert both.national.ask(document)["entries"]["totalCount"] == sum(m.region == "43" for m in expected.values())


def test_a_filter_that_asks_nothing_lets_everything_pass(both, expected) -> None:
    assert found(both.national, regions=[], text=" ", organisation="") == set(expected)


@pytest.mark.parametrize("word", ["%", "_", "%公司", "公_", "\\", "/", "'", '"'])
def test_signs_that_databases_read_as_patterns_are_plain_characters_in_organisations(both, word) -> None:
    assert found(both.national, organisation=word) == set()


@pytest.mark.parametrize("word", ["%%", "_", "%的%", "数_要素", "\\", "/", "'", '"', "0_"])
def test_signs_that_databases_read_as_patterns_are_plain_characters_in_text(both, word) -> None:
    assert found(both.national, text=word) == set()


@pytest.mark.parametrize("word", ["5%_", "_A/b", "/B\\", "\\c'", "c'd\"", "5%_a/B\\C'D\""])
def test_such_signs_are_found_where_they_stand(serve, filled, expected, word) -> None:
    chosen = sorted(expected)[7]
    with filled.engine.begin() as connection:
        connection.execute(
            text("UPDATE entry SET title = :title WHERE id = :id"), {"title": "5%_a/b\\c'd\"", "id": chosen}
        )
    with filled.write() as session:
        rebuild(session)
    assert found(serve(filled).national, text=word) == {chosen}


@pytest.mark.parametrize("name", ["submittedFrom", "submittedBefore", "updatedFrom", "updatedBefore"])
def test_a_time_without_an_offset_is_refused(service, name) -> None:
    assert service.national.code(FIND, filter={name: "2025-07-01T00:00:00"}) == "TIME_WITHOUT_OFFSET"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:00:00-08:00"])
def test_a_time_that_utc_cannot_tell_is_refused(service, moment) -> None:
    assert service.national.code(FIND, filter={"updatedFrom": moment}) == "TIME_OUT_OF_RANGE"


def test_offsets_are_taken_into_account(both, one) -> None:
    moment = one.submitted_at
    beijing, utc = (FIND_AT.format(at) for at in (moment.isoformat(), (moment - 8 * DAY / 24).strftime("%FT%TZ")))
    assert both.national.ask(beijing) == both.national.ask(utc)


FIND_AT = '{{ entries(filter: {{submittedFrom: "{}"}}, first: 1000) {{ totalCount edges {{ node {{ id }} }} }} }}'
