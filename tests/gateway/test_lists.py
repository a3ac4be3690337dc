"""Recommended lists over HTTP: checked, sealed, told, on the roster."""

import hashlib

import orjson
import pytest

from schema.vocabulary import Role

LISTS = """{ recommendationLists(currentOnly: false) {
  receipt version isCurrent submittedBy items { rank entryId entry { id } declaredNationalTrack { id } } } }"""
ROSTER = "{ roster { digest items { rank entryId state receipt nationalTrack { id } entry { id } } } }"


@pytest.fixture
def henan(own):
    return own.of(Role.REGION, "41")


def test_a_dry_run_of_a_sound_list_finds_nothing_and_seals_nothing(own, henan, items) -> None:
    told = own.submit(henan, "41", items("41", 5), dry_run=True)
    lists = henan.ask(LISTS)["recommendationLists"]
    assert (told["problems"], told["accepted"], told["dryRun"], told["list"], lists) == ([], False, True, None, [])


def test_a_sound_list_is_sealed_with_a_digest_over_its_content(own, henan, items) -> None:
    told = own.submit(henan, "41", items("41", 5))["list"]
    digest = hashlib.sha256(told["content"].encode()).hexdigest()
    assert (told["digest"], told["receipt"]) == (digest, f"TJ-41-001-{digest[:8].upper()}")


def test_the_sealed_content_is_the_list_that_was_pushed(own, henan, items) -> None:
    content = orjson.loads(own.submit(henan, "41", items("41", 5)[::-1])["list"]["content"])
    assert (content["issuer"], content["version"], content["items"]) == ("41", 1, items("41", 5))


def test_a_sealed_list_is_told_with_its_entries(own, henan, items) -> None:
    receipt = own.submit(henan, "41", items("41", 2))["list"]["receipt"]
    assert henan.ask(LISTS)["recommendationLists"] == [
        {
            "receipt": receipt,
            "version": 1,
            "isCurrent": True,
            "submittedBy": "REGION 41",
            "items": [
                {
                    "rank": item["rank"],
                    "entryId": item["entryId"],
                    "entry": {"id": item["entryId"]},
                    "declaredNationalTrack": {"id": item["nationalTrack"]} if item["nationalTrack"] else None,
                }
                for item in items("41", 2)
            ],
        }
    ]


def test_a_second_list_is_a_new_version_and_the_one_that_counts(own, henan, items) -> None:
    for count in (2, 3):
        own.submit(henan, "41", items("41", count))
    found = [
        (each["version"], each["isCurrent"], len(each["items"])) for each in henan.ask(LISTS)["recommendationLists"]
    ]
    assert found == [(2, True, 3), (1, False, 2)]


def test_only_current_lists_are_told_unless_others_are_asked_for(own, henan, items) -> None:
    for count in (2, 3):
        own.submit(henan, "41", items("41", count))
    assert henan.ask("{ recommendationLists { version } }") == {"recommendationLists": [{"version": 2}]}


def test_the_national_organiser_may_push_for_a_region(own, items) -> None:
    assert own.submit(own.national, "61", items("61", 2))["accepted"] is True


def test_a_region_that_is_not_connected_has_no_list(own, items) -> None:
    told = own.submit(own.national, "11", items("61", 2))
    assert [problem["code"] for problem in told["problems"]] == ["REGION_UNKNOWN"]


def test_the_roster_holds_the_items_of_a_list_in_their_order(own, henan, finished) -> None:
    receipt = own.accepted(henan, "41", finished("41", 31))
    found = own.national.ask(ROSTER)["roster"]["items"]
    assert [(item["rank"], item["entryId"], item["entry"], item["receipt"]) for item in found] == [
        (item["rank"], item["entryId"], {"id": item["entryId"]}, receipt) for item in finished("41", 31)
    ]


def test_the_roster_holds_what_an_open_case_touches_and_lets_what_is_beyond_the_quota_wait(
    own, henan, finished
) -> None:
    own.accepted(henan, "41", finished("41", 31))
    states = [item["state"] for item in own.national.ask(ROSTER)["roster"]["items"]]
    touched = 5  # entries of this region that the corpus planted duplicates of
    assert states == ["HELD"] * touched + ["INCLUDED"] * (28 - touched) + ["ALTERNATE"] * 3


def test_the_roster_of_the_same_lists_has_the_same_digest(own, henan, items) -> None:
    own.accepted(henan, "41", items("41", 5))
    digests = {client.ask(ROSTER)["roster"]["digest"] for client in (own.national, own.national, henan)}
    assert len(digests) == 1


def test_an_empty_hub_has_an_empty_roster(service) -> None:
    assert service.national.ask(ROSTER)["roster"]["items"] == []


def test_a_declared_national_track_goes_before_the_proposed_one(own, henan, items, expected, proposal) -> None:
    item = next(item for item in items("41") if proposal(expected[item["entryId"]]) not in ("N01", None))
    own.submit(henan, "41", [{**item, "rank": 1, "nationalTrack": "N01"}])
    told = henan.ask(
        "query One($id: ID!) { entry(id: $id) { nationalTrack { id } declaredNationalTrack { id }"
        " proposedNationalTrack { id } } }",
        id=item["entryId"],
    )["entry"]
    assert {name: track["id"] for name, track in told.items()} == {
        "nationalTrack": "N01",
        "declaredNationalTrack": "N01",
        "proposedNationalTrack": proposal(expected[item["entryId"]]),
    }


def test_a_faulty_list_is_told_all_problems_of_all_rows_at_once(own, henan, items, expected, proposal) -> None:
    good = [item["entryId"] for item in items("41", 3)]
    gone = next(i for i, made in expected.items() if made.region == "41" and made.status == "ELIMINATED")
    open_ = next(
        i
        for i, made in expected.items()
        if made.region == "41" and made.status == "ACTIVE" and proposal(made) is None and i not in good
    )
    rows = [
        {"rank": 1, "entryId": good[0], "nationalTrack": "N99"},
        {"rank": 1, "entryId": good[1]},
        {"rank": 9, "entryId": "41:none"},
        {"rank": 4, "entryId": gone},
        {"rank": 5, "entryId": good[2]},
        {"rank": 6, "entryId": good[2]},
        {"rank": 7, "entryId": open_},
    ]
    found = own.submit(henan, "41", rows)["problems"]
    problems = [each for each in found if each["code"] != "STAGE_NOT_ENTITLED"]
    assert [(problem["place"], problem["code"]) for problem in problems] == [
        ("第 1 行 row 1: rank", "RANK_REPEATED"),
        ("第 1 行 row 1: nationalTrack", "TRACK_UNKNOWN"),
        ("第 2 行 row 2: rank", "RANK_REPEATED"),
        ("第 3 行 row 3: rank", "RANK_GAP"),
        ("第 3 行 row 3: entryId", "ENTRY_UNKNOWN"),
        ("第 4 行 row 4: rank", "RANK_GAP"),
        ("第 4 行 row 4: entryId", "ENTRY_NOT_ACTIVE"),
        ("第 5 行 row 5: entryId", "ENTRY_REPEATED"),
        ("第 6 行 row 6: entryId", "ENTRY_REPEATED"),
        ("第 7 行 row 7: nationalTrack", "TRACK_MISSING"),
    ]


def test_every_problem_has_words_and_a_remedy_in_both_languages(own, henan) -> None:
    problems = own.submit(henan, "41", [{"rank": 3, "entryId": "41:none", "nationalTrack": "N01"}])["problems"]
    assert [name for problem in problems for name in ("zh", "en", "remedyZh", "remedyEn") if not problem[name]] == []


def test_a_faulty_list_stores_nothing(own, henan, items) -> None:
    own.submit(henan, "41", [*items("41", 5), {"rank": 6, "entryId": "41:none"}])
    assert henan.ask(LISTS)["recommendationLists"] == []


@pytest.mark.parametrize(("count", "code"), [(0, "LIST_EMPTY"), (1001, "LIST_TOO_LONG")])
def test_a_list_has_between_one_and_a_thousand_rows(own, henan, count, code) -> None:
    rows = [{"rank": number, "entryId": f"41:{number}"} for number in range(1, count + 1)]
    assert [problem["code"] for problem in own.submit(henan, "41", rows)["problems"]] == [code]


def test_an_open_case_is_a_warning_and_stops_nothing(own, henan, items) -> None:
    told = own.submit(henan, "41", items("41", 1))
    codes = {each["code"] for each in told["findings"] if each["severity"] == "WARNING"}
    assert (told["accepted"], codes) == (True, {"DUPLICATE_OPEN"})


def test_a_dry_run_says_what_the_push_says(own, henan, items) -> None:
    rows = [*items("41", 3), {"rank": 9, "entryId": "41:none"}]
    dry, real = (own.submit(henan, "41", rows, dry_run=dry) for dry in (True, False))
    assert (dry["problems"], dry["warnings"]) == (real["problems"], real["warnings"])
