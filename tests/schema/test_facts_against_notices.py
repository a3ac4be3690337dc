"""Every printed thing that our facts quote stands in the notice's text, white space set aside."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.registry import regions
from schema.catalogue import Catalogue, national_tracks

ROOT = Path(__file__).parents[2]
NOTICES = {path.stem for path in (ROOT / "docs/notices").glob("*.txt")}
REGIONS = {
    adapter.manifest.slug: adapter.catalogue for adapter in regions().values() if adapter.manifest.slug in NOTICES
}
BEGINNING = 4  # characters of a title that the stated line itself must hold; the rest may wrap
WRAPPED = 6  # lines over which a title may run


def squeezed(text: str) -> str:
    return "".join(text.split())


def lines_of(slug: str) -> list[str]:
    return (ROOT / "docs/notices" / f"{slug}.txt").read_text(encoding="utf-8").split("\n")


def printed_at(lines: list[str], line: int, count: int) -> str:
    """What is printed from a line on, headings' marks taken off."""
    return squeezed("".join(lines[line - 1 : line - 1 + count])).lstrip("#")


def titles(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for track in catalogue.tracks:
        yield f"{track.id} heading", track.heading
        yield from ((f"{topic.id} title", topic.title) for topic in track.topics)
        yield from ((sub.id, sub.title_printed) for topic in track.topics for sub in topic.sub_topics)


def quotes(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    facts = catalogue.facts
    yield "track model", facts.notice.track_model_quote
    yield "platform", facts.platform.quote
    yield "notice title", facts.notice.title
    yield from ((item.id, item.quote) for item in facts.timeline)
    yield from ((group.role, name) for group in facts.organisers for name in group.names)
    yield from ((track.id, name) for track in catalogue.tracks for name in track.authorities)
    yield from ((f"{track.id} intro", track.intro) for track in catalogue.tracks if track.intro)
    yield from ((key, rule.quote) for key, rule in facts.selection_rules() if rule.quote)
    if facts.notice.date_quote:
        yield "date", facts.notice.date_quote
    if facts.notice.number:
        yield "number", facts.notice.number


def numbered(catalogue: Catalogue) -> Iterator[tuple[str, int, str, str]]:
    """What the notice numbers: id, line, number as printed, text after it."""
    for track in catalogue.tracks:
        yield track.id, track.line, "", track.heading
        for topic in track.topics:
            if not topic.ours:
                yield topic.id, topic.line, topic.number_printed, topic.title
            yield from ((sub.id, sub.line, "", sub.title_printed) for sub in topic.sub_topics)


def stands_at(lines: list[str], line: int, number: str, title: str) -> bool:
    whole, first = printed_at(lines, line, WRAPPED), printed_at(lines, line, 1)
    rest = whole.removeprefix(squeezed(number)).removeprefix("：" if number else "")
    begins = squeezed(number) + squeezed(title)[:BEGINNING]
    return (
        whole.startswith(squeezed(number))
        and rest.startswith(squeezed(title))
        and first.replace("：", "").startswith(begins.replace("：", ""))
    )


@pytest.mark.parametrize("slug", REGIONS)
def test_every_heading_and_title_stands_verbatim_in_the_notice(slug: str) -> None:
    text = squeezed("".join(lines_of(slug)))
    assert [place for place, title in titles(REGIONS[slug]) if squeezed(title) not in text] == []


@pytest.mark.parametrize("slug", REGIONS)
def test_every_quote_and_organiser_stands_verbatim_in_the_notice(slug: str) -> None:
    text = squeezed("".join(lines_of(slug)))
    assert [place for place, quote in quotes(REGIONS[slug]) if squeezed(quote) not in text] == []


@pytest.mark.parametrize("slug", REGIONS)
def test_every_heading_and_title_stands_at_its_line_behind_its_number(slug: str) -> None:
    lines = lines_of(slug)
    wrong = [
        identifier
        for identifier, line, number, title in numbered(REGIONS[slug])
        if not stands_at(lines, line, number, title)
    ]
    assert wrong == []


def test_a_title_one_line_off_or_behind_another_number_would_be_found() -> None:
    lines = ["赛题 1：提升创新研发能力，", "推动制造高端化发展", "赛题 2：探索"]
    title = "提升创新研发能力，推动制造高端化发展"
    found = [stands_at(lines, line, number, title) for line, number in ((1, "赛题 1"), (2, "赛题 1"), (1, "赛题 2"))]
    assert found == [True, False, False]


def test_every_national_topic_stands_at_its_line_in_the_notice_that_reproduces_the_guide() -> None:
    lines = lines_of("hunan")
    wrong = [
        topic.id
        for track in national_tracks()
        for topic in track.topics
        if squeezed(topic.title) not in printed_at(lines, topic.line, WRAPPED)
    ]
    assert wrong == []


def test_every_national_track_is_named_at_its_line_in_the_notice_that_reproduces_the_guide() -> None:
    lines = lines_of("hunan")
    assert [track.id for track in national_tracks() if track.name not in lines[track.line - 1]] == []


@pytest.mark.parametrize("slug", REGIONS)
def test_the_notice_named_as_the_text_is_the_one_that_is_kept(slug: str) -> None:
    assert REGIONS[slug].facts.notice.text == f"docs/notices/{slug}.txt"
