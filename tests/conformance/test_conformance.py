"""Every region keeps every rule of the contract, against its own platform served over real HTTP."""

import pytest

from adapters.conformance.rule import Result, Rule
from adapters.conformance.runner import RULES, check
from adapters.conformance.subject import Subject
from adapters.registry import folder_named, regions

FOLDERS = {adapter.manifest.slug: folder_named(adapter.manifest.slug) for adapter in regions().values()}
SUBJECTS = {slug: Subject(folder) for slug, folder in FOLDERS.items() if folder is not None}


def test_every_region_has_a_folder() -> None:
    assert SUBJECTS.keys() == FOLDERS.keys()


@pytest.mark.parametrize("slug", SUBJECTS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
async def test_the_region_keeps_the_rule_or_is_exempt_from_it(slug: str, rule: Rule) -> None:
    outcomes = [outcome async for outcome in check(SUBJECTS[slug], [rule])]
    kept = {Result.PASSED, Result.EXEMPT}
    assert [(one.rule.id, one.result, one.problems) for one in outcomes if one.result not in kept] == []


def test_no_two_rules_share_an_id() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_every_rule_is_titled_in_both_languages() -> None:
    assert [rule.id for rule in RULES if rule.zh.isascii() or not rule.en.isascii()] == []
