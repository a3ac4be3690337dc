"""The rule that every fact is cited: its place in the notice is given, and where the notice's text is kept, what we say is
printed there stands there.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import schema
from adapters.conformance.rule import CannotCheckError, Needs, broken, rule
from adapters.conformance.subject import Subject
from schema.catalogue import Catalogue, read_catalogue
from schema.errors import FactsError, Problem

_ROOT: Final = Path(schema.__path__[0]).parent  # `text` of a notice counts from here; an installed package has no docs
_BEGINNING: Final = 4  # characters of a title that the stated line itself must hold; the rest may wrap
_WRAPPED: Final = 6  # lines over which a title may run


@rule(
    "facts.citations", "每条事实注明出处且与通知原文相符", "every fact is cited and stands in the notice", Needs.FILES
)
async def citations(subject: Subject) -> list[Problem]:
    """White space is set aside, as scans break lines where they like."""
    try:
        catalogue = read_catalogue(subject.folder)
    except FactsError:
        raise CannotCheckError("赛道或通知文件有误 / tracks.toml or notice.toml is faulty (facts.catalogue)") from None
    problems = [
        broken(place, "未注明出处", "has no locator") for place, locator in _cited(catalogue) if not locator.strip()
    ]
    kept = _ROOT / catalogue.facts.notice.text
    if not kept.is_file():
        return problems
    lines = kept.read_text("utf-8").split("\n")
    text = _squeezed("".join(lines))
    problems += [
        broken(place, "通知原文中没有这句话", "the notice does not print this", quote)
        for place, quote in _quoted(catalogue)
        if _squeezed(quote) not in text
    ]
    problems += [
        broken(place, f"通知第 {line} 行不是这个标题", f"line {line} of the notice is not this heading", title)
        for place, line, number, title in _printed(catalogue)
        if not _stands_at(lines, line, number, title)
    ]
    return problems


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _stands_at(lines: Sequence[str], line: int, number: str, title: str) -> bool:
    """Whether the title begins on this line behind its number."""
    first, whole = (_squeezed("".join(lines[line - 1 : line - 1 + count])).lstrip("#") for count in (1, _WRAPPED))
    number, title = _squeezed(number), _squeezed(title)
    rest = whole.removeprefix(number).removeprefix("：" if number else "")
    begins = number + title[:_BEGINNING]
    return (
        whole.startswith(number)
        and rest.startswith(title)
        and first.replace("：", "").startswith(begins.replace("：", ""))
    )


def _cited(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """What carries a locator: its id and the locator."""
    facts = catalogue.facts
    yield "notice.track_model", facts.notice.track_model_locator
    yield "platform", facts.platform.locator
    yield from ((f"organisers {group.role}", group.locator) for group in facts.organisers)
    yield from ((item.id, item.locator) for item in facts.timeline)
    yield from ((key, rule.locator) for key, rule in facts.selection_rules() if rule.locator)
    yield from ((track.id, track.locator) for track in catalogue.tracks)
    yield from ((topic.id, topic.locator) for _, topic in catalogue.topics())


def _quoted(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """What the notice is said to print, word for word."""
    facts = catalogue.facts
    yield "notice.title", facts.notice.title
    yield "notice.track_model_quote", facts.notice.track_model_quote
    yield "platform.quote", facts.platform.quote
    yield from ((item.id, item.quote) for item in facts.timeline)
    yield from ((f"organisers {group.role}", name) for group in facts.organisers for name in group.names)
    yield from ((track.id, name) for track in catalogue.tracks for name in track.authorities)
    yield from ((f"{track.id} intro", track.intro) for track in catalogue.tracks if track.intro)
    yield from ((key, rule.quote) for key, rule in facts.selection_rules() if rule.quote)
    yield from ((key, text) for key in ("date_quote", "number") if (text := getattr(facts.notice, key)))


def _printed(catalogue: Catalogue) -> Iterator[tuple[str, int, str, str]]:
    """What the notice prints at a line: id, line, the number in front, the text."""
    for track in catalogue.tracks:
        yield track.id, track.line, "", track.heading
        for topic in track.topics:
            if not topic.ours:
                yield topic.id, topic.line, topic.number_printed, topic.title
            yield from ((sub.id, sub.line, "", sub.title_printed) for sub in topic.sub_topics)


@rule("facts.clauses", "每条规则逐字引用并注明出处", "every clause is quoted to the letter and cited", Needs.FILES)
async def clauses(subject: Subject) -> list[Problem]:
    """Also: every predicate exists and takes its arguments, every absence is one."""
    try:
        read_catalogue(subject.folder)
    except FactsError as error:
        return [problem for problem in error.problems if "/clauses.toml" in problem.place]
    return []


RULES = (citations, clauses)
