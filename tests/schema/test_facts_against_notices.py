"""What is printed of the national guide stands in the notice's text, white space set aside.

That every region's own headings, titles and quotes do is the rule `facts.citations` of the contract, which every region is
held to in tests/conformance; here is only that it has the text to look into.
"""

from pathlib import Path

import pytest

from adapters.registry import regions
from schema.catalogue import national_tracks

ROOT = Path(__file__).parents[2]
NOTICES = {path.stem for path in (ROOT / "docs/notices").glob("*.txt")}
REGIONS = {
    adapter.manifest.slug: adapter.catalogue for adapter in regions().values() if adapter.manifest.slug in NOTICES
}
WRAPPED = 6  # lines over which a title may run


def squeezed(text: str) -> str:
    return "".join(text.split())


def lines_of(slug: str) -> list[str]:
    return (ROOT / "docs/notices" / f"{slug}.txt").read_text(encoding="utf-8").split("\n")


def test_every_national_topic_stands_at_its_line_in_the_notice_that_reproduces_the_guide() -> None:
    lines = lines_of("hunan")
    wrong = [
        topic.id
        for track in national_tracks()
        for topic in track.topics
        if not squeezed("".join(lines[topic.line - 1 :][:WRAPPED])).partition("、")[2].startswith(squeezed(topic.title))
    ]
    assert wrong == []


def test_every_national_track_is_named_at_its_line_in_the_notice_that_reproduces_the_guide() -> None:
    lines = lines_of("hunan")
    assert [track.id for track in national_tracks() if track.name not in lines[track.line - 1]] == []


@pytest.mark.parametrize("slug", REGIONS)
def test_the_notice_named_as_the_text_is_the_one_that_is_kept(slug: str) -> None:
    assert REGIONS[slug].facts.notice.text == f"docs/notices/{slug}.txt"
