"""What the rule about a platform's rows bears of a real platform, and what not."""

from dataclasses import replace
from pathlib import Path

import pytest

import adapters
from adapters.conformance.rows import understood
from adapters.conformance.rule import Result
from adapters.conformance.runner import check
from adapters.conformance.subject import Subject

FOLDER = Path(adapters.__path__[0]) / "henan"


async def verdict(flaws: list[str | None]) -> Result:
    """The rule's, of a platform whose first rows have these flaws; it has 24 rows."""
    tame = Subject(FOLDER)
    spoilt = [replace(one, flaw=flaw) for one, flaw in zip(tame.entries, [*flaws, *[None] * 24], strict=False)]
    async with tame.served(tame.site(spoilt)) as endpoint:
        outcome = await anext(check(Subject(FOLDER, endpoint), [understood]))
    return outcome.result


@pytest.mark.parametrize(
    ("flaws", "result"),
    [
        ([], Result.PASSED),
        (["bad_time"], Result.PASSED),
        (["bad_time", "no_title"], Result.FAILED),
        (["new_field"], Result.FAILED),
        (["unknown_stage"], Result.FAILED),
        (["unknown_topic"], Result.FAILED),
    ],
    ids=str,
)
async def test_one_row_in_twenty_may_be_wrong_but_none_of_another_form(flaws: list[str | None], result: Result) -> None:
    assert await verdict(flaws) == result


async def test_a_real_platform_without_rows_shows_nothing() -> None:
    tame = Subject(FOLDER)
    async with tame.served(tame.site([])) as endpoint:
        outcome = await anext(check(Subject(FOLDER, endpoint), [understood]))
    assert outcome.result is Result.FAILED
