"""Entries of five provinces through one interface, each of its own type; one entry; counts."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from adapters.registry import regions
from schema.identity import mask_name
from schema.provenance import CHINA
from sync.exact_keys import organisation_key

TYPES = """{
  entry: __type(name: "Entry") { possibleTypes { name fields { name } } fields { name } }
}"""
CORE = """{ entries(first: 1000) { edges { node {
  id nativeId region { code } city title summary track { id } topic { id } subTopic { id } proposedNationalTrack { id }
  declaredNationalTrack { id } nationalTrack { id } stage status award score submittedAt updatedAt
  team { name representatives { name role } } organisations { name kind isLead } leadOrganisation { name }
} } } }"""
GROUPS = {
    "REGION": lambda made, _: made.region,
    "NATIONAL_TRACK": lambda made, proposal: proposal(made),
    "NATIVE_TRACK": lambda made, _: made.topic.track_id,
    "NATIVE_TOPIC": lambda made, _: made.topic.topic_id,
    "STAGE": lambda made, _: made.stage,
    "STATUS": lambda made, _: made.status,
    "AWARD": lambda made, _: made.award,
    "CITY": lambda made, _: made.city if made.region == "43" else None,
    "ORGANISATION_KIND": lambda made, _: made.companies[0].kind,
    "WEEK": lambda made, _: (
        (made.submitted_at.astimezone(CHINA) - timedelta(days=made.submitted_at.astimezone(CHINA).weekday()))
        .date()
        .isoformat()
    ),
}
COUNT = """query Count($groups: [EntryGroupKey!]!) {
  statistics(groupBy: $groups) { keys { group value label } entries organisations }
}"""


def name(organisation: dict[str, str]) -> str:
    return organisation["name"]


def ids(found: str | None) -> dict[str, str] | None:
    return {"id": found} if found else None


@pytest.fixture
def own_fields(service) -> dict[str, list[str]]:
    """What each concrete type has beyond the interface."""
    interface = service.national.ask(TYPES)["entry"]
    common = {field["name"] for field in interface["fields"]}
    return {
        made["name"]: [f["name"] for f in made["fields"] if f["name"] not in common]
        for made in interface["possibleTypes"]
    }


@pytest.fixture
def native(asking, own_fields) -> dict[str, dict]:
    """Every entry with its own type's fields, by one query."""
    fragments = " ".join(f"... on {kind} {{ {' '.join(fields)} }}" for kind, fields in own_fields.items())
    document = f"{{ entries(first: 1000) {{ edges {{ node {{ __typename id {fragments} }} }} }} }}"
    return {edge["node"]["id"]: edge["node"] for edge in asking.national.ask(document)["entries"]["edges"]}


def test_one_query_returns_every_entry_of_every_region_as_its_province_said_it(service, expected, proposal) -> None:
    nodes = [edge["node"] for edge in service.national.ask(CORE)["entries"]["edges"]]
    for node in nodes:  # one province tells partners in an order of its own
        node["organisations"] = [node["organisations"][0], *sorted(node["organisations"][1:], key=name)]
    assert {node["id"]: node for node in nodes} == {
        made.entry_id: {
            "id": made.entry_id,
            "nativeId": made.native_id,
            "region": {"code": made.region},
            "city": made.city if made.region == "43" else None,
            "title": made.title,
            "summary": made.summary,
            "track": {"id": made.topic.track_id},
            "topic": {"id": made.topic.topic_id},
            "subTopic": ids(made.sub_topic),
            "proposedNationalTrack": ids(proposal(made)),
            "declaredNationalTrack": None,
            "nationalTrack": ids(proposal(made)),
            "stage": made.stage,
            "status": made.status,
            "award": made.award,
            "score": made.score,
            "submittedAt": made.submitted_at.isoformat(),
            "updatedAt": made.updated_at.isoformat(),
            "team": {
                "name": made.team,
                "representatives": [{"name": mask_name(one.name), "role": one.duty} for one in made.people],
            },
            "organisations": [
                {"name": each.name, "kind": each.kind, "isLead": each is made.companies[0]}
                for each in (made.companies[0], *sorted(made.companies[1:], key=lambda each: each.name))
            ],
            "leadOrganisation": {"name": made.companies[0].name},
        }
        for made in expected.values()
    }


def test_every_region_has_a_concrete_type_of_its_own(native) -> None:
    found = defaultdict(set)
    for identifier, node in native.items():
        found[identifier[:2]].add(node["__typename"])
    assert found == {code: {f"{a.manifest.slug.capitalize()}Entry"} for code, a in regions().items()}


def test_every_native_field_of_every_type_has_a_value_somewhere(native, own_fields) -> None:
    filled = {(n["__typename"], name) for n in native.values() for name, value in n.items() if value not in (None, [])}
    assert {(kind, name) for kind, fields in own_fields.items() for name in fields} - filled == set()


def test_native_fields_are_those_of_the_entry_itself(native, expected) -> None:
    told = {i: n["hostCity"] for i, n in native.items() if "hostCity" in n}
    assert told == {i: expected[i].city for i in told}


def test_enterprise_demand_is_told_of_entries_that_answer_one(native, expected) -> None:
    told = {i: n["isEnterpriseDemand"] for i, n in native.items() if "isEnterpriseDemand" in n}
    assert told == {i: expected[i].sub_topic is not None for i in told}


def test_an_entry_is_found_by_its_id(both, expected) -> None:
    wanted = sorted(expected)[100]
    found = both.national.ask("query One($id: ID!) { entry(id: $id) { id title } }", id=wanted)
    assert found == {"entry": {"id": wanted, "title": expected[wanted].title}}


@pytest.mark.parametrize("identifier", ["41:HA0000000000", "41", "", "99:X", "41:' OR 1=1 --", "项目", "x" * 10_000])
def test_an_unknown_id_finds_nothing(both, identifier) -> None:
    assert both.national.ask("query One($id: ID!) { entry(id: $id) { id } }", id=identifier) == {"entry": None}


def test_the_cases_of_an_entry_are_told_with_it(service, corpus) -> None:
    nodes = service.national.ask("{ entries(first: 1000) { edges { node { id duplicateCases { kind } } } } }")
    found = Counter(
        (e["node"]["id"], c["kind"]) for e in nodes["entries"]["edges"] for c in e["node"]["duplicateCases"]
    )
    assert found == Counter((entry, label.kind) for label in corpus.duplicates for entry in label.entries)


@pytest.mark.parametrize("group", GROUPS)
def test_entries_are_counted_by_each_group(both, expected, proposal, group) -> None:
    lines = both.national.ask(COUNT, groups=[group])["statistics"]
    counts = Counter(GROUPS[group](made, proposal) for made in expected.values())
    assert {line["keys"][0]["value"]: line["entries"] for line in lines} == counts


def test_entries_are_counted_by_four_groups_at_once(both, expected, proposal) -> None:
    groups = ["REGION", "NATIONAL_TRACK", "STAGE", "STATUS"]
    lines = both.national.ask(COUNT, groups=groups)["statistics"]
    counts = Counter(tuple(GROUPS[group](made, proposal) for group in groups) for made in expected.values())
    assert {tuple(key["value"] for key in line["keys"]): line["entries"] for line in lines} == counts


def test_the_counts_of_all_groups_add_up_to_the_total(both, expected) -> None:
    sums = {
        group: sum(x["entries"] for x in both.national.ask(COUNT, groups=[group])["statistics"]) for group in GROUPS
    }
    assert sums == dict.fromkeys(GROUPS, len(expected))


def test_lead_organisations_are_counted_once_a_group(both, expected) -> None:
    found = defaultdict(set)
    for made in expected.values():
        found[made.region].add(organisation_key(made.companies[0].name, made.companies[0].credit_code))
    lines = both.national.ask(COUNT, groups=["REGION"])["statistics"]
    assert {x["keys"][0]["value"]: x["organisations"] for x in lines} == {
        code: len(keys) for code, keys in found.items()
    }


def test_entries_are_counted_by_standing_and_verdict_as_they_are_filtered(settled) -> None:
    told = {
        group: {
            line["keys"][0]["value"]: line["entries"]
            for line in settled.national.ask(COUNT, groups=[group])["statistics"]
        }
        for group in ("STANDING", "VERDICT")
    }
    document = """query N($filter: EntryFilterInput!) { entries(filter: $filter) { totalCount } }"""
    filters = {"STANDING": "standings", "VERDICT": "verdicts"}
    counted = {
        group: {
            value: settled.national.ask(document, filter={filters[group]: [value]})["entries"]["totalCount"]
            for value in lines
        }
        for group, lines in told.items()
    }
    assert (told, [len(lines) > 1 for lines in told.values()]) == (counted, [True, True])


def test_largest_groups_come_first(both) -> None:
    counts = [line["entries"] for line in both.national.ask(COUNT, groups=["NATIVE_TRACK"])["statistics"]]
    assert counts == sorted(counts, reverse=True)


def test_counts_keep_to_the_filter(service, expected) -> None:
    document = '{ statistics(groupBy: [STATUS], filter: {regions: ["43"]}) { keys { value } entries } }'
    counts = Counter(str(made.status) for made in expected.values() if made.region == "43")
    assert {x["keys"][0]["value"]: x["entries"] for x in service.national.ask(document)["statistics"]} == counts


def test_labels_of_regions_tracks_and_topics_are_chinese_names(service) -> None:
    names = {"N01": "工业制造"}
    for code, adapter in regions().items():
        names |= {code: adapter.manifest.name}
        names |= {item.id: name for t, p in adapter.catalogue.topics() for item, name in ((t, t.name), (p, p.title))}
    lines = service.national.ask(COUNT, groups=["REGION", "NATIVE_TRACK", "NATIVE_TOPIC"])["statistics"]
    told = {key["value"]: key["label"] for line in lines for key in line["keys"]}
    assert told == {value: names[value] for value in told}


@pytest.mark.parametrize("groups", [[], ["REGION", "NATIONAL_TRACK", "NATIVE_TRACK", "STAGE", "STATUS"]])
def test_one_to_four_groups_are_asked_for(service, groups) -> None:
    assert service.national.code(COUNT, groups=groups) == "GROUPS_INVALID"


def test_a_group_named_twice_counts_once(service) -> None:
    lines = service.national.ask(COUNT, groups=["REGION"] * 5)["statistics"]
    assert {len(line["keys"]) for line in lines} == {1}
