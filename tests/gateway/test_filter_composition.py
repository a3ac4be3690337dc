"""Filters combined: and, or, not, nested at will, mean what Python says they mean; bad ones are told with their place."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema.vocabulary import OrganisationKind, Role

FIND = "query Find($filter: EntryFilterInput) { entries(filter: $filter, first: 1000) { totalCount nodes { id } } }"
MIDDLE = "2025-07-10T00:00:00+08:00"
# A condition, and the same in Python.
SIMPLE = [
    ({"regions": ["41", "14"]}, lambda made: made.region in ("41", "14")),
    ({"regions": ["99"]}, lambda _: False),
    ({"stages": ["FINAL", "CITY", "AWARDED"]}, lambda made: made.stage in ("FINAL", "CITY", "AWARDED")),
    ({"awards": ["FIRST", "SECOND"]}, lambda made: made.award in ("FIRST", "SECOND")),
    ({"missing": ["AWARD"]}, lambda made: made.award is None),
    ({"missing": ["SCORE", "CITY"]}, lambda made: made.score is None or made.region != "43"),
    ({"scoreFrom": 80}, lambda made: made.score is not None and made.score >= 80),
    ({"scoreFrom": 70, "scoreTo": 85.5}, lambda made: made.score is not None and 70 <= made.score <= 85.5),
    ({"submittedFrom": MIDDLE}, lambda made: made.submitted_at.isoformat() >= MIDDLE),
    ({"statuses": ["ACTIVE"], "regions": ["43"]}, lambda made: made.status == "ACTIVE" and made.region == "43"),
    ({"text": "平台"}, lambda made: any("平台" in part for part in (made.title, made.summary, made.team, *names(made)))),
    ({"organisation": "大学"}, lambda made: any("大学" in name for name in names(made))),
    ({"organisationKinds": ["RESEARCH"]}, lambda made: any(c.kind == OrganisationKind.RESEARCH for c in made.companies)),
    ({"leadOrganisationKinds": ["PRIVATE"]}, lambda made: made.companies[0].kind == OrganisationKind.PRIVATE),
    ({"stages": [], "text": " "}, lambda _: True),
    ({}, lambda _: True),
]  # fmt: skip


def names(made) -> list[str]:
    return [each.name for each in made.companies]


def combined(parts):
    lists = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(
        lists.map(lambda found: ({"and": [f for f, _ in found]}, lambda made: all(holds(made) for _, holds in found))),
        lists.map(lambda found: ({"or": [f for f, _ in found]}, lambda made: any(holds(made) for _, holds in found))),
        parts.map(lambda part: ({"not": part[0]}, lambda made: not part[1](made))),
    )


trees = st.recursive(st.sampled_from(SIMPLE), combined, max_leaves=6)


def found(client, wanted) -> set[str]:
    told = client.ask(FIND, filter=wanted)["entries"]
    assert told["totalCount"] == len(told["nodes"])
    return {node["id"] for node in told["nodes"]}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees)
def test_any_combination_gives_exactly_the_entries_that_satisfy_it(both, expected, tree) -> None:
    wanted, holds = tree
    assert found(both.national, wanted) == {made.entry_id for made in expected.values() if holds(made)}


@pytest.mark.parametrize("part", SIMPLE, ids=[str(wanted) for wanted, _ in SIMPLE])
def test_what_does_not_hold_is_everything_but_what_does(both, expected, part) -> None:
    wanted, _ = part
    assert found(both.national, {"not": wanted}) == set(expected) - found(both.national, wanted)


def test_ids_and_credit_codes_are_looked_up(both, expected) -> None:
    first, second, *_ = sorted(expected)
    code = expected[second].companies[0].credit_code
    told = found(both.national, {"or": [{"ids": [first, "41:none"]}, {"creditCodes": [code]}]})
    assert told == {first} | {e for e, made in expected.items() if code in [c.credit_code for c in made.companies]}


def test_entries_of_duplicate_cases_are_found_by_status_and_kind(both, corpus) -> None:
    wanted = {e for label in corpus.duplicates if label.kind == "SAME_TEAM" for e in label.entries}
    assert found(both.national, {"caseStatuses": ["OPEN"], "caseKinds": ["SAME_TEAM"]}) == wanted
    assert found(both.national, {"caseKinds": ["SAME_TEAM"]}) == wanted
    assert found(both.national, {"caseStatuses": ["DISMISSED"]}) == set()


def test_clauses_and_verdicts_of_one_filter_are_one_condition(both) -> None:
    broken, met = ({"clauses": ["HA-C001"], "verdicts": [each]} for each in ("NOT_MET", "MET"))
    both_apart = found(both.national, {"and": [{"clauses": ["HA-C001"]}, {"verdicts": ["NOT_MET"]}]})
    assert found(both.national, broken) <= both_apart
    assert found(both.national, broken) & found(both.national, met) == set()


def test_the_national_track_is_the_declared_one_where_there_is_one(settled, items) -> None:
    declared = {item["entryId"]: item["nationalTrack"] for item in items("14") if item["nationalTrack"]}
    entry, track = min(declared.items())
    alone = {"ids": [entry], "regions": ["14"]}
    told = [
        found(settled.national, {**alone, **each}) == {entry}
        for each in ({"nationalTracks": [track]}, {"declaredNationalTracks": [track]}, {"proposedNationalTracks": [track]},
                     {"missing": ["DECLARED_NATIONAL_TRACK"]})
    ]  # fmt: skip
    assert told == [True, True, False, False]


@pytest.mark.parametrize(
    "wanted",
    [
        {"submittedFrom": MIDDLE, "submittedBefore": "2025-07-09T00:00:00+08:00"},
        {"scoreFrom": 90, "scoreTo": 10},
        {"and": [{"regions": ["41"]}, {"regions": ["43"]}]},
        {"not": {}},
        {"stages": ["FINAL"], "not": {"stages": ["FINAL"]}},
    ],
)
def test_a_filter_that_contradicts_itself_finds_nothing(both, wanted) -> None:
    assert found(both.national, wanted) == set()


def test_a_regions_filter_for_another_regions_entry_finds_nothing(service, expected) -> None:
    foreign = next(entry for entry in expected if entry.startswith("43"))
    assert found(service.of(Role.REGION, "41"), {"or": [{"ids": [foreign]}, {"regions": ["43"]}]}) == set()


def nested(levels: int) -> dict:
    return {"not": nested(levels - 1)} if levels else {"regions": ["41"]}


@pytest.mark.parametrize(
    ("wanted", "code", "place"),
    [
        (
            {"or": [{}, {"not": {"updatedFrom": "2025-07-01T00:00:00"}}]},
            "TIME_WITHOUT_OFFSET",
            "filter.or[1].not.updatedFrom",
        ),
        ({"and": [{"changedBefore": "0001-01-01T00:00:00+08:00"}]}, "TIME_OUT_OF_RANGE", "filter.and[0].changedBefore"),
        ({"text": "数" * 201}, "TEXT_TOO_LONG", "filter.text"),
        ({"organisation": "a" * 201}, "TEXT_TOO_LONG", "filter.organisation"),
        (nested(6), "FILTER_TOO_LARGE", "filter"),
        ({"or": [{"regions": ["41"]}] * 40}, "FILTER_TOO_LARGE", "filter"),
        ({"ids": ["41:X"] * 2001}, "FILTER_TOO_LARGE", "filter"),
    ],
    ids=["time", "no such time", "text", "organisation", "too deep", "too many parts", "too many values"],
)
def test_a_bad_filter_is_told_with_its_place(both, wanted, code, place) -> None:
    (error,) = both.national.answer(FIND, {"filter": wanted})["errors"]
    (problem,) = error["extensions"]["problems"]
    assert (
        problem["code"],
        problem["place"],
        all(problem[word] for word in ("zh", "en", "remedy_zh", "remedy_en")),
    ) == (code, place, True)


def test_all_that_is_wrong_with_a_filter_is_told_at_once(service) -> None:
    wanted = {"organisation": "a" * 300, "not": {"text": "数" * 300}}
    (error,) = service.national.answer(FIND, {"filter": wanted})["errors"]
    assert [each["place"] for each in error["extensions"]["problems"]] == ["filter.organisation", "filter.not.text"]


@pytest.mark.parametrize("levels", [50, 400, 2000])
def test_a_filter_nested_beyond_reason_is_no_fault_of_ours(service, levels) -> None:
    document = "{ entries(filter: " + "{not: " * levels + "{}" + "}" * levels + ") { totalCount } }"
    variables = '{"filter": ' + '{"not": ' * levels + "{}" + "}" * levels + "}"
    by_variables = '{"query": "' + FIND + '", "variables": ' + variables + "}"
    answers = [
        service.national.http.post("/graphql", json={"query": document}),
        service.national.http.post("/graphql", content=by_variables, headers={"Content-Type": "application/json"}),
    ]
    told = [(each.status_code < 500, "internal error" in each.text, "errors" in each.json()) for each in answers]
    assert told == [(True, False, True)] * 2


@pytest.mark.parametrize("word", ["\\ud800", "\\udfff数"])
def test_half_a_character_is_the_clients_mistake(service, word) -> None:
    body = f'{{"query": "{FIND}", "variables": {{"filter": {{"text": "{word}"}}}}}}'
    answer = service.national.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code < 500, "internal error" in answer.text) == (True, False)
