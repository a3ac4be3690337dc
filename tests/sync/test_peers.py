"""What two entries share, how sure that is, and what of another region may be told."""

from datetime import datetime

import pytest

from schema.provenance import CHINA
from schema.records import Entry, Organisation, Representative, Team
from schema.vocabulary import CaseKind, CaseStatus, EntryStatus, Shared
from sync.peers import peers_of

PERSON, TEAM, PROJECT = Shared.REPRESENTATIVE, Shared.TEAM, Shared.PROJECT


def entry(
    name: str, *people: str, region: str = "41", title: str = "甲项目", team: str = "甲队", unit: str = "甲公司"
) -> Entry:
    return Entry.model_construct(
        id=f"{region}:{name}", region=region, title=title, topic_id="T", city=None, status=EntryStatus.ACTIVE, updated_at=None,
        organisations=(Organisation(name=unit, is_lead=True),),
        team=Team(name=team, representatives=tuple(Representative(name="*", id_token=token) for token in people)),
    )  # fmt: skip


def told(one: Entry, other: Entry, **decided: CaseStatus) -> list[tuple[set[Shared], bool]]:
    return [(set(peer.shares), peer.certain) for peer in peers_of(one, other, decided)]


OWN = entry("1", "a", "b")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (entry("2", "c", title="乙", team="乙", unit="乙"), []),
        (entry("2", "c", title="乙", team="乙"), []),
        (entry("2", "a", "c", title="乙", team="乙", unit="乙"), [({PERSON}, True)]),
        (entry("2", "b", "a", title="乙", team="乙", unit="乙"), [({PERSON, TEAM}, True)]),
        (entry("2", title="乙"), [({TEAM}, False)]),
        (entry("2", "c", title="乙"), []),
        (entry("2", "a", title="乙"), [({PERSON, TEAM}, False)]),
        (entry("2", "c", team="乙"), [({PROJECT}, False)]),
        (entry("2", "c", team="乙", unit="乙"), []),
        (entry("2", "a", team="乙"), [({PERSON, PROJECT}, False), ({PERSON}, True)]),
        (entry("2", "a", "b"), [({PERSON, TEAM, PROJECT}, False)]),
        (entry("2", "a", "b", region="13"), [({PERSON, TEAM, PROJECT}, False), ({PERSON, TEAM}, True)]),
    ],
    ids=[
        "nothing", "an organisation alone", "one person", "all people are the team", "a team's name without people",
        "a team's name with strangers", "a team's name with one person", "a project", "a title of another organisation",
        "a person for certain beside a suspected project", "neither team nor person is held against what may be its one project",
        "in another region the team is held against it whatever the project",
    ],
)  # fmt: skip
def test_what_is_shared_is_told_with_how_sure_it_is(other, expected) -> None:
    assert told(OWN, other) == expected


def test_a_confirmed_case_makes_a_suspicion_certain() -> None:
    other = entry("2", "c", team="乙")
    assert told(OWN, other, **{CaseKind.SAME_PROJECT: CaseStatus.CONFIRMED}) == [({PROJECT}, True)]


def test_a_dismissed_case_takes_a_suspicion_away() -> None:
    other = entry("2", "c", team="乙")
    assert told(OWN, other, **{CaseKind.SAME_PROJECT: CaseStatus.DISMISSED}) == []


def test_of_another_regions_entry_the_region_is_named_and_not_the_id() -> None:
    (peer,) = peers_of(OWN, entry("2", "c", team="乙", region="13"), {})
    assert (peer.entry_id, peer.title) == ("河北赛区", "甲项目")


def test_a_peer_says_when_its_platform_last_spoke_of_it() -> None:
    moment = datetime(2025, 7, 20, tzinfo=CHINA)
    (peer,) = peers_of(OWN, entry("2", "c", team="乙").model_copy(update={"updated_at": moment}), {})
    assert peer.updated_at == moment
