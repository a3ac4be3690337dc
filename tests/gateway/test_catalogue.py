"""The catalogue of five provinces as GraphQL tells it, against the facts it was read from."""

from collections import Counter
from pathlib import Path

import pytest

import adapters
from adapters.registry import regions
from schema.catalogue import national_tracks, read_catalogue

FIVE = ("13", "14", "41", "43", "61")
QUESTION = """{
  regions { code name tracks { number name topics {
    number title match ours nationalTrack { name } subTopics { number title } } } }
}"""


@pytest.fixture
def told(service):
    return service.national.ask(QUESTION)["regions"]


@pytest.fixture
def five(told):
    """Those whose notices were counted; more may be connected."""
    return [region for region in told if region["code"] in FIVE]


@pytest.fixture
def topics(five):
    return [topic for region in five for track in region["tracks"] for topic in track["topics"]]


def test_the_five_regions_have_63_tracks(five) -> None:
    assert sum(len(region["tracks"]) for region in five) == 63


def test_386_topics_are_told_of_which_one_is_ours(topics) -> None:
    assert Counter(topic["ours"] for topic in topics) == {False: 385, True: 1}


def test_20_sub_topics_are_told(topics) -> None:
    assert sum(len(topic["subTopics"]) for topic in topics) == 20


def test_the_catalogue_says_what_the_facts_say(told) -> None:
    names = {track.id: track.name for track in national_tracks()}
    folder = Path(adapters.__file__).parent
    catalogues = {code: (a.manifest, read_catalogue(folder / a.manifest.slug)) for code, a in regions().items()}
    assert told == [
        {
            "code": code,
            "name": manifest.name,
            "tracks": [
                {
                    "number": track.number,
                    "name": track.name,
                    "topics": [
                        {
                            "number": topic.number,
                            "title": topic.title,
                            "match": topic.match,
                            "ours": topic.ours,
                            "nationalTrack": {"name": names[topic.proposal]} if topic.proposal else None,
                            "subTopics": [{"number": sub.number, "title": sub.title} for sub in topic.sub_topics],
                        }
                        for topic in track.topics
                    ],
                }
                for track in catalogue.tracks
            ],
        }
        for code, (manifest, catalogue) in catalogues.items()
    ]


def test_regions_are_chosen_by_code_and_those_that_are_not_connected_find_nothing(service) -> None:
    answer = service.national.ask('{ regions(codes: ["61", "13", "11"]) { code } }')
    assert answer == {"regions": [{"code": "13"}, {"code": "61"}]}


def test_the_national_taxonomy_is_told_in_order_with_its_topics(service) -> None:
    told = service.national.ask("{ nationalTracks { id number name topics { id title } } }")["nationalTracks"]
    assert told == [
        {
            "id": track.id,
            "number": track.number,
            "name": track.name,
            "topics": [{"id": topic.id, "title": topic.title} for topic in track.topics],
        }
        for track in national_tracks()
    ]


def test_candidates_of_an_open_topic_are_all_national_tracks_it_may_lead_to(service) -> None:
    told = service.national.ask("{ regions { tracks { topics { id candidates { id } } } } }")["regions"]
    found = {t["id"]: [c["id"] for c in t["candidates"]] for r in told for k in r["tracks"] for t in k["topics"]}
    assert found == {t.id: [*t.national] for a in regions().values() for _, t in a.catalogue.topics()}
