"""A case as a clerk reads it on a terminal or a page: both sides, the way from prior to posterior, clauses, decisions.

Plain text, so that it can be printed, mailed and compared: what one side has and the other has not stands in 〔brackets〕.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from schema.types.cases import CaseEntry, CasePair, DuplicateCase, EvidenceLine, Span
from schema.vocabulary import CaseKind, CaseLevel, CaseStatus

KINDS: Final = {
    CaseKind.SAME_PROJECT: "同一项目重复申报 / one project entered twice",
    CaseKind.SAME_TEAM: "同一团队异地参赛 / one team in two places",
    CaseKind.SAME_PERSON: "同一人员参加多个团队 / one person in two teams",
    CaseKind.TEAM_TWO_PROJECTS: "同一团队多个项目 / one team, two projects",
}
STATUSES: Final = {
    CaseStatus.OPEN: "待裁定 / open",
    CaseStatus.CONFIRMED: "已确认 / confirmed",
    CaseStatus.DISMISSED: "已排除 / dismissed",
}
LEVELS: Final = {
    CaseLevel.LIKELY: "自动立案 / opened by itself",
    CaseLevel.REVIEW: "待人工核对 / to be looked at",
}
_BAR: Final = 2  # bits a block of a bar
_LONGEST: Final = 20  # blocks
_CONTEXT: Final = 160  # characters of a long text that are shown


def page(case: DuplicateCase) -> str:
    """The whole case."""
    return "\n".join(_lines(case))


def _lines(case: DuplicateCase) -> Iterator[str]:
    score = "" if case.score is None else f" · {case.score:.3f}"
    yield f"{case.id}  {KINDS[case.kind]}"
    yield f"{STATUSES[case.status]} · {LEVELS[case.level]}{score}"
    yield from (f"  {_side(each)}" for each in case.entries)
    for news in case.new_evidence:
        yield f"裁定之后的新证据 / new since the decision: {news.zh} / {news.en}"
    for pair in case.pairs:
        yield ""
        yield from pair_lines(pair)
    for one, two in (each.entries for each in case.contradictions):
        yield ""
        yield f"同案但未见重复证据 / in one case, not found alike: 《{one.title}》 ↔ 《{two.title}》"
    if case.clauses:
        yield ""
        yield "所涉条款 / Clauses it would break"
        yield from (f"  {clause.region.name} {clause.locator}：{clause.text}" for clause in case.clauses)
    for decision in case.decisions:
        yield ""
        kept = f"，保留 / keeps {decision.kept_entry_id}" if decision.kept_entry_id else ""
        yield f"{decision.decided_at:%Y-%m-%d %H:%M} {STATUSES[decision.status]}{kept} {decision.author or ''}：{decision.reason or ''}"
        for pair in decision.pairs:
            yield "  当时的证据 / what it rested on:"
            yield from (f"  {line}" for line in pair_lines(pair))


def _side(entry: CaseEntry) -> str:
    return f"{entry.entry_id or '—'}  {entry.region.name}  《{entry.title}》  {entry.lead_organisation}"


def pair_lines(pair: CasePair) -> Iterator[str]:
    """Two entries, line by line from prior to posterior, and what would change the verdict."""
    one, two = pair.entries
    yield f"甲 / left   {_side(one)}"
    yield f"乙 / right  {_side(two)}"
    if pair.prior is not None:
        yield f"  {pair.prior:+7.1f}  先验：比对之前 / prior: before anything is compared"
    for line in pair.lines:
        yield from _evidence(line)
    if pair.posterior is not None and pair.score is not None:
        yield f"  {pair.posterior:+7.1f}  后验，概率 {pair.score:.3f} / posterior, probability {pair.score:.3f}"
    for change in pair.what_would_change:
        yield f"  {change.zh} / {change.en}"


def _evidence(line: EvidenceLine) -> Iterator[str]:
    blocks = min(round(abs(line.bits) / _BAR), _LONGEST)
    bar = f"{('█' if line.bits > 0 else '░') * blocks} " if blocks else ""
    yield f"  {line.bits:+7.1f}  {bar}{line.zh}"
    yield f"           {line.en}"
    if line.left:
        yield f"           甲 {marked(line.left, line.left_spans)}"
    if line.right:
        yield f"           乙 {marked(line.right, line.right_spans)}"


def marked(text: str, spans: Sequence[Span]) -> str:
    """The beginning of the text with the differing spans in brackets.

    >>> marked("智慧茶园平台", [Span(start=4, end=6)])
    '智慧茶园〔平台〕'
    """
    shown, parts, end = text[:_CONTEXT], list[str](), 0
    for span in spans:
        if span.start >= len(shown):
            break
        parts += [shown[end : span.start], "〔", shown[span.start : span.end], "〕"]
        end = span.end
    return "".join([*parts, shown[end:], "…" if len(text) > _CONTEXT else ""])
