"""What a fit leaves out of records, so that weights hold where less is told."""

from dataclasses import replace

import pytest

from sync.duplicates.records import Member, Partner, Record
from sync.duplicates.training import telling_less

TOLD = Record(
    "x", project_name="稻田节水平台", org_name="甲公司", org_uscc="91A", partners=(Partner("乙公司", "91B"),), team_name="队",
    members=(Member("王伟", "", "t1", "p1"),), abstract="在120块稻田布设水位计，亩均节水38.5%，涉及农户四百户，秋后复测。",
)  # fmt: skip
LESS = [telling_less(replace(TOLD, id=f"{number}")) for number in range(1000)]
LEFT_OUT = {
    "figures": lambda each: "120" not in each.abstract,
    "half of the summary": lambda each: "复测" not in each.abstract,
    "tokens": lambda each: not each.members[0].id_token,
    "phones": lambda each: not each.members[0].phone_token,
    "codes": lambda each: not each.org_uscc,
}


@pytest.mark.parametrize("part", LEFT_OUT)
def test_each_part_is_left_out_of_about_a_fifth(part) -> None:
    assert 150 < sum(map(LEFT_OUT[part], LESS)) < 250


def test_what_is_left_out_follows_from_the_id_alone() -> None:
    assert [telling_less(replace(TOLD, id=f"{number}")) for number in range(1000)] == LESS


def test_title_names_and_organisations_stay() -> None:
    kept = {(r.project_name, r.org_name, r.partners[0].name, r.team_name, r.members[0].name) for r in LESS}
    assert kept == {("稻田节水平台", "甲公司", "乙公司", "队", "王伟")}
