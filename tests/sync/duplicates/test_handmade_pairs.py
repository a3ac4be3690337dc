"""Pairs written by hand, put among entries of a generator whose words they do not share: each must be judged right."""

import tomllib
from functools import cache
from pathlib import Path

import orjson
import pytest

from adapters.sandbox.duplicates.labelled import LabelledCorpus
from adapters.sandbox.duplicates.plan import Shares
from sync.duplicates.detection import detect
from sync.duplicates.records import Member, Partner, Record, read_lines
from sync.duplicates.scoring import fitted_model

PAIRS = tomllib.loads(Path(__file__).with_name("handmade_pairs.toml").read_text("utf-8"))["pair"]


def member(text: str) -> Member:
    name, token, phone = ("" if part == "-" else part for part in text.split())
    return Member(name, "", token, phone)


def record(place: int, side: str) -> Record:
    given = PAIRS[place][side]
    return Record(
        id=f"{place:02d}{side}", region=given["region"], city=given["city"], topic=given.get("topic", ""),
        project_name=given["title"], org_name=given["org"], org_uscc=given["code"], team_name=given["team"],
        partners=tuple(Partner(name) for name in given.get("partners", ())), abstract=given["text"],
        members=tuple(map(member, given["members"])),
    )  # fmt: skip


@cache
def found() -> dict[tuple[str, str], set[str]]:
    """The kinds found for each pair, all pairs among 2,000 others and each other."""
    lines = [orjson.dumps(row) for row in LabelledCorpus("C", 4, 2000, Shares(0, 0)).rows()]
    records = [record(place, side) for place in range(len(PAIRS)) for side in "ab"]
    kinds: dict[tuple[str, str], set[str]] = {}
    for pair in detect([*read_lines(lines, "others").records, *records], fitted_model()).pairs:
        kinds.setdefault((pair.id_a, pair.id_b), set()).add(str(pair.kind))
    return kinds


@pytest.mark.parametrize("place", range(len(PAIRS)), ids=[pair["name"] for pair in PAIRS])
def test_a_pair_written_by_hand_is_judged_right(place) -> None:
    assert found().get((f"{place:02d}a", f"{place:02d}b"), set()) == set(PAIRS[place]["kinds"]) - set(
        PAIRS[place].get("missed", ())
    )


def test_nothing_is_found_across_the_pairs_written_by_hand() -> None:
    assert {(one, two) for one, two in found() if one[:-1] != two[:-1]} == set()
