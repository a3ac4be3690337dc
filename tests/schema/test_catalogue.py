"""Counts of the five notices, the crosswalk, and how a broken file is reported."""

from collections import Counter
from pathlib import Path

import pytest

from adapters.registry import regions
from schema.catalogue import NoticeFacts, TrackFacts, national_tracks, read_catalogue
from schema.errors import FactsError
from schema.fact_file import read_facts
from schema.quotas import Basis, quota_of, selection_of
from schema.vocabulary import TrackMatch

FIVE = ("hebei", "shanxi", "henan", "hunan", "shaanxi")  # whose notices were counted; more may be connected
REGIONS = {each.manifest.slug: each.catalogue for each in regions().values() if each.manifest.slug in FIVE}
TOPICS = [topic for catalogue in REGIONS.values() for _, topic in catalogue.topics()]
CROSSWALK = {
    "henan": {"EXACT": 72, "TOPIC": 5, "AMBIGUOUS": 1},
    "hunan": {"EXACT": 83},
    "hebei": {"EXACT": 85, "AMBIGUOUS": 5, "TOPIC": 4},
    "shanxi": {"EXACT": 31, "TOPIC": 14, "AMBIGUOUS": 4},
    "shaanxi": {"EXACT": 82},
}
TRACK = """
[[tracks]]
id = "T1"
number = 1
number_printed = "赛道一"
name = "工业制造"
heading = "赛道一：工业制造"
locator = "附件"
line = 1
match = "exact"
national = ["N01"]
topics = [{topics}]
"""
TOPIC = 'id = "{id}", number = 1, number_printed = "一", title = "赛题", locator = "附件", line = 2, match = "{match}"'


def topic_line(identifier: str, match: str = "exact", rest: str = 'national = ["N01"]') -> str:
    return "{ " + TOPIC.format(id=identifier, match=match) + f", {rest} }}"


def track_file(folder: Path, *topics: str) -> Path:
    path = folder / "tracks.toml"
    path.write_text(TRACK.replace("{topics}", ", ".join(topics)), encoding="utf-8")
    return path


def test_the_five_notices_print_63_tracks() -> None:
    assert sum(len(catalogue.tracks) for catalogue in REGIONS.values()) == 63


def test_the_five_notices_number_385_topics_and_one_is_ours() -> None:
    assert Counter(topic.ours for topic in TOPICS) == {False: 385, True: 1}


def test_the_five_notices_print_20_sub_topics_all_of_enterprise_demand() -> None:
    assert Counter(sub.kind for topic in TOPICS for sub in topic.sub_topics) == {"企业需求子赛题": 20}


def test_the_national_taxonomy_has_14_tracks_numbered_in_order() -> None:
    assert [(track.id, track.number) for track in national_tracks()] == [(f"N{n:02d}", n) for n in range(1, 15)]


def test_two_topics_are_closed_and_say_by_what_clause() -> None:
    closed = {topic.id: topic.closed_by for topic in TOPICS if not topic.open}
    assert closed == {"HE-T14-01": "四（二）2", "HE-T14-02": "四（二）2"}


@pytest.mark.parametrize("slug", CROSSWALK)
def test_the_crosswalk_has_the_checked_counts_of_each_kind(slug: str) -> None:
    assert Counter(str(topic.match) for _, topic in REGIONS[slug].topics()) == CROSSWALK[slug]


def test_an_ambiguous_topic_proposes_no_national_track() -> None:
    assert {topic.proposal for topic in TOPICS if topic.match is TrackMatch.AMBIGUOUS} == {None}


def test_every_topic_that_is_said_to_have_a_national_title_has_it() -> None:
    national = {topic.id: topic.title for track in national_tracks() for topic in track.topics}
    same = [topic for topic in TOPICS if topic.national_topic_relation == "same title"]
    assert [topic.id for topic in same if national[str(topic.national_topic)] != topic.title] == []


def test_every_national_topic_named_by_a_topic_lies_in_a_track_the_topic_may_lead_to() -> None:
    named = [topic for topic in TOPICS if topic.national_topic]
    assert [topic.id for topic in named if str(topic.national_topic)[:3] not in topic.national] == []


def test_a_topic_is_found_by_its_id_with_its_track() -> None:
    catalogue = REGIONS["hebei"]
    found = catalogue.topic("HE-T14-01")
    assert found is not None
    assert (found[0].id, found[1].id) == ("HE-T14", "HE-T14-01")


def test_an_unknown_id_finds_nothing() -> None:
    catalogue = REGIONS["hebei"]
    assert (catalogue.track("HE-T99"), catalogue.topic("HE-T99-01")) == (None, None)


def test_only_the_notice_that_prints_a_number_gives_a_printed_quota() -> None:
    quotas = {slug: quota_of(selection_of(c.facts)) for slug, c in REGIONS.items()}
    quotas = {slug: (quota.basis, quota.total) for slug, quota in quotas.items()}
    inferred = dict.fromkeys(REGIONS, (Basis.INFERRED, 28))
    assert quotas == {**inferred, "shaanxi": (Basis.PRINTED, 28)}


def test_all_faults_of_a_file_are_reported_at_once_with_file_and_key(tmp_path: Path) -> None:
    folder = tmp_path / "atlantis"
    folder.mkdir()
    path = track_file(
        folder,
        topic_line("A", "exact", 'national = ["N01", "N02"]'),
        topic_line("B", "ambiguous", 'national = ["N01", "N02"]'),
        topic_line("C", "certain"),
        topic_line("D", rest='national = ["N01"], colour = "red"'),
        topic_line("E").replace('title = "赛题", ', ""),
    )
    with pytest.raises(FactsError) as caught:
        read_facts(path, TrackFacts)
    assert [problem.place for problem in caught.value.problems] == [
        "atlantis/tracks.toml: tracks.0.topics.0",
        "atlantis/tracks.toml: tracks.0.topics.1",
        "atlantis/tracks.toml: tracks.0.topics.2.match",
        "atlantis/tracks.toml: tracks.0.topics.3.colour",
        "atlantis/tracks.toml: tracks.0.topics.4.title",
    ]


def test_repeated_ids_and_unknown_national_tracks_are_reported_together(tmp_path: Path) -> None:
    path = track_file(tmp_path, topic_line("A"), topic_line("A"), topic_line("B", rest='national = ["N99"]'))
    with pytest.raises(FactsError) as caught:
        read_catalogue(path.parent)
    places = [problem.place.partition(": ")[2] for problem in caught.value.problems]
    assert places == ["A", "B.national", "", ""]  # and two files are missing


def test_a_file_that_is_no_toml_is_reported_as_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "tracks.toml"
    path.write_text("[[tracks]\n", encoding="utf-8")
    with pytest.raises(FactsError) as caught:
        read_facts(path, TrackFacts)
    assert caught.value.code == "FACTS_UNREADABLE"


def test_a_missing_file_is_reported_as_unreadable(tmp_path: Path) -> None:
    with pytest.raises(FactsError) as caught:
        read_facts(tmp_path / "tracks.toml", TrackFacts)
    assert caught.value.code == "FACTS_UNREADABLE"


def test_a_notice_without_a_date_must_say_why(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "adapters/shanxi/notice.toml"
    kept = [line for line in source.read_text(encoding="utf-8").splitlines() if not line.startswith("date_absent")]
    path = tmp_path / "notice.toml"
    path.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(FactsError) as caught:
        read_facts(path, NoticeFacts)
    assert [problem.en for problem in caught.value.problems] == ["Value error, give either date or date_absent"]
