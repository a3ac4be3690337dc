"""What a region's key shows of everything: all that is its own, and nothing besides."""

import pytest

from adapters.registry import regions
from schema.vocabulary import Role


@pytest.fixture
def own(expected, code) -> list[str]:
    return sorted(entry for entry in expected if entry.startswith(code))


def test_a_region_sees_all_its_entries_and_their_number(viewer, own) -> None:
    found = viewer.ask("{ entries(first: 1000) { totalCount edges { node { id } } } }")["entries"]
    assert (found["totalCount"], sorted(edge["node"]["id"] for edge in found["edges"])) == (len(own), own)


def test_a_region_counts_only_its_own(viewer, own, code) -> None:
    lines = viewer.ask("{ statistics(groupBy: [REGION]) { keys { value } entries } }")["statistics"]
    assert lines == [{"keys": [{"value": code}], "entries": len(own)}]


def test_a_region_sees_the_freshness_of_its_own_data_alone(viewer, code) -> None:
    told = viewer.ask("{ regions { code freshness { lastStatus } } }")["regions"]
    assert told == [{"code": c, "freshness": {"lastStatus": "SUCCEEDED"} if c == code else None} for c in regions()]


def test_a_region_sees_its_own_pulls(viewer, code) -> None:
    assert viewer.ask("{ pulls { nodes { region { code } } } }") == {"pulls": {"nodes": [{"region": {"code": code}}]}}


def test_a_region_sees_its_own_schedules(viewer, code) -> None:
    found = {each["region"]["code"] for each in viewer.ask("{ schedules { name region { code } } }")["schedules"]}
    assert found == {code}


def test_a_region_sees_its_own_guard_stops(settled, viewer, code) -> None:
    found = {each["runId"] for each in viewer.ask("{ guardStops { nodes { runId } } }")["guardStops"]["nodes"]}
    assert found == {f"stop of {code}"}


def test_a_region_sees_its_own_quarantine(viewer, corpus, code) -> None:
    keys = {row["key"] for row in viewer.ask("{ quarantine { nodes { key } } }")["quarantine"]["nodes"]}
    assert keys == {label.entries[0][3:] for label in corpus.flaws if label.entries[0].startswith(code)}


def test_a_region_sees_its_own_list(viewer, code) -> None:
    lists = viewer.ask("{ recommendationLists { region { code } } }")["recommendationLists"]
    assert lists == [{"region": {"code": code}}]


def test_a_region_sees_its_own_part_of_the_roster(settled, viewer, code) -> None:
    document = "{ roster { digest items { region { code } rank entryId state entry { title } } } }"
    whole, part = (client.ask(document)["roster"] for client in (settled.national, viewer))
    own = [item for item in whole["items"] if item["region"]["code"] == code]
    assert part == {"digest": whole["digest"], "items": own}


def test_no_reason_on_a_regions_roster_names_another_regions_entry(settled, expected) -> None:
    named = {}
    for code in regions():
        items = settled.of(Role.REGION, code).ask("{ roster { items { reasonZh reasonEn } } }")["roster"]["items"]
        named[code] = [entry for entry in expected if not entry.startswith(code) and entry in str(items)]
    assert [entry for found in named.values() for entry in found] == []


def test_a_region_sees_no_register_at_all(viewer) -> None:
    assert viewer.ask("{ registers { register } }") == {"registers": []}


def test_a_region_sees_objections_to_its_own_entries_alone(viewer, code) -> None:
    found = [each["entryId"][:2] for each in viewer.ask("{ objections { nodes { entryId } } }")["objections"]["nodes"]]
    assert found == [code]


def test_a_region_sees_no_record_and_foresees_nothing(viewer) -> None:
    told = viewer.ask("{ auditRecords { nodes { sequence } } whatIf { roster { digest } problems { code } } }")
    assert told == {"auditRecords": {"nodes": []}, "whatIf": {"roster": None, "problems": [{"code": "FORBIDDEN"}]}}


def test_a_region_sees_of_a_version_neither_author_nor_reason(viewer) -> None:
    found = viewer.ask("{ rosterVersions { nodes { actor reason } } }")["rosterVersions"]["nodes"]
    assert {(each["actor"], each["reason"]) for each in found} == {(None, None)}
