"""`node` and `nodes`: everything that has an id, for those who may see it."""

import pytest

from adapters.registry import regions
from schema.vocabulary import Role

NODE = "query N($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query N($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
# Where an id of each kind is found, and whether it is a region's own.
FOUND = {
    "Entry": "{ entries(first: 3) { edges { node { id region { code } } } } }",
    "DuplicateCase": "{ duplicateCases { nodes { id } } }",
    "RecommendationList": "{ recommendationLists { id } }",
    "RosterVersion": "{ rosterVersions { nodes { id } } }",
    "Pull": "{ pulls { nodes { id } } }",
    "PublicityWindow": "{ publicityWindows { nodes { id } } }",
    "Objection": "{ objections { nodes { id } } }",
    "Message": "{ messages { nodes { id } } }",
    "Clause": "{ clauses { id } }",
    "NationalTrack": "{ nationalTracks { id } }",
    "Track": '{ regions(codes: ["13"]) { tracks { id } } }',
    "Topic": '{ regions(codes: ["13"]) { tracks { topics { id } } } }',
}
PUBLIC = ("RosterVersion", "PublicityWindow", "Clause", "NationalTrack", "Track", "Topic")


def ids_in(data) -> list[str]:
    if isinstance(data, list):
        return [each for part in data for each in ids_in(part)]
    if isinstance(data, dict):
        return ([data["id"]] if "id" in data else []) + [each for part in data.values() for each in ids_in(part)]
    return []


@pytest.mark.parametrize("kind", FOUND)
def test_everything_with_an_id_is_found_by_it(settled, kind) -> None:
    ids = ids_in(settled.national.ask(FOUND[kind]))[:50]
    nodes = settled.national.ask(NODES, ids=ids)["nodes"]
    names = {node["__typename"] for node in nodes}
    assert ([node["id"] for node in nodes], all(name.endswith("Entry") if kind == "Entry" else name == kind for name in names)) == (
        ids, bool(ids),
    )  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in FOUND if kind not in PUBLIC])
def test_what_is_another_regions_does_not_exist_for_a_region(settled, kind) -> None:
    ids = ids_in(settled.national.ask(FOUND[kind]))[:100]
    for region in regions():
        mine = settled.of(Role.REGION, region)
        own = set(ids_in(mine.ask(FOUND[kind].replace("first: 3", "first: 1000"))))
        seen = [node["id"] for node in mine.ask(NODES, ids=ids)["nodes"] if node]
        assert seen == [each for each in ids if each in own]


@pytest.mark.parametrize("kind", PUBLIC)
def test_what_is_everybodys_is_found_by_a_region_too(settled, kind) -> None:
    ids = ids_in(settled.national.ask(FOUND[kind]))[:50]
    assert [node["id"] for node in settled.of(Role.REGION, "61").ask(NODES, ids=ids)["nodes"]] == ids


@pytest.mark.parametrize(
    "identifier",
    ["", "x", "41:", "41:none", "99:x", "C000000000000", "c000000000000", "TJ-41-001-00000000", "roster-0", "roster-999999999",
     "roster-1x", "0" * 32, "W000000000000", "GS-41-001", "Y000000000000", "msg_" + "0" * 24, "N99", "河南", "' OR 1=1", "x" * 5000],
)  # fmt: skip
def test_an_id_of_nothing_is_answered_with_null(both, identifier) -> None:
    assert both.national.answer(NODE, {"id": identifier}) == {"data": {"node": None}}


def test_several_are_answered_in_the_order_asked(both) -> None:
    ids = ["N02", "nothing", "N01", "N02"]
    assert [node and node["id"] for node in both.national.ask(NODES, ids=ids)["nodes"]] == ["N02", None, "N01", "N02"]


def test_only_so_many_may_be_asked_for_at_once(service) -> None:
    assert service.national.code(NODES, ids=["N01"] * 101) == "IDS_TOO_MANY"
