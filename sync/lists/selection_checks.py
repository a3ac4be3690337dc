"""What may be wrong with a list because of the rules of selection: stage, award, publicity, numbers, order, deadline.

A rule that is printed or was set by the organiser bars a list; one that we inferred asks the issuer to confirm, or warns.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from schema.provenance import CHINA
from schema.selection import Entitled, Grounded, Minimum
from schema.vocabulary import Severity, Stage
from sync.lists.findings import Column, Finding
from sync.lists.items import ListItem
from sync.lists.surroundings import Surroundings
from sync.tables import EntryRow

STAGE_NAMES: Final[dict[str, str]] = {
    Stage.REGISTERED: "报名", Stage.QUALIFICATION: "资格审查", Stage.CITY: "市州初赛", Stage.PRELIMINARY: "初赛",
    Stage.VERIFICATION: "技术验证", Stage.FINAL: "决赛", Stage.PUBLICITY: "公示", Stage.AWARDED: "获奖",
}  # fmt: skip


def selection_findings(items: Sequence[ListItem], around: Surroundings) -> Iterator[Finding]:
    """Findings of single rows, then of what the rows are together, then of the list as a whole."""
    for number, item in enumerate(items, start=1):
        entry = around.entries.get(item.entry_id)
        if entry is not None:
            yield from standing_findings(number, entry, around)
    ranked = sorted(enumerate(items, start=1), key=lambda pair: pair[1].rank)
    yield from _order(ranked, around)
    yield from _tracks(ranked, around)
    yield from _prizes(ranked, around)
    yield from _number(items, around)
    yield from _minimums(around)
    yield from _deadline(around)


def _bars(rule: Grounded) -> Severity:
    return Severity.BLOCKED if rule.binding else Severity.TO_CONFIRM


def standing_findings(number: int, entry: EntryRow, around: Surroundings) -> Iterator[Finding]:
    """Whether an entry has come far enough to go up, by the way it should."""
    yield from _standing(number, entry, around)
    yield from _from_below(number, entry, around)


def _standing(number: int, entry: EntryRow, around: Surroundings) -> Iterator[Finding]:
    """Stage, publicity of the result, award."""
    rules, stage = around.rules.selection, Stage(entry.stage)
    if rules.stages and stage not in rules.stages.stages:
        yield Finding(
            "STAGE_NOT_ENTITLED", _bars(rules.stages), f"目前处于{STAGE_NAMES[stage]}阶段，尚无结果可据以推荐（{rules.stages.zh}）",
            f"its stage is {stage}: there is no result to go by ({rules.stages.en})",
            "待结果产生后再推荐，或请省平台更正环节", "wait for the result, or have its stage mended", number, Column.ENTRY, stage,
        )  # fmt: skip
        return
    if rules.publicity and stage is Stage.PUBLICITY:
        yield Finding(
            "PUBLICITY_NOT_OVER", _bars(rules.publicity), f"比赛结果仍在公示（{rules.publicity.zh}）",
            f"its result is still open to objection ({rules.publicity.en})",
            "待公示结束后再推荐" if rules.publicity.binding else "待公示结束，或写明理由后确认",
            "wait until publicity is over" if rules.publicity.binding else "wait, or confirm with a reason",
            number, Column.ENTRY, stage,
        )  # fmt: skip
    award = around.award(entry)
    if rules.awards and award not in rules.awards.awards:
        yield _award(number, award, rules.awards)


def _award(number: int, award: str | None, rule: Entitled) -> Finding:
    return Finding(
        "AWARD_NOT_ENTITLED", _bars(rule), f"所获奖项（{award or '无'}）不在可推荐之列（{rule.zh}）",
        f"its award ({award or 'none'}) does not entitle it ({rule.en})",
        "从名单中去掉" if rule.binding else "从名单中去掉，或写明理由后确认",
        "take it off" if rule.binding else "take it off, or confirm with a reason", number, Column.ENTRY, award,
    )  # fmt: skip


def _from_below(number: int, entry: EntryRow, around: Surroundings) -> Iterator[Finding]:
    """Whose list it should have come up by, and whether it did."""
    lower = around.rules.issuer.lower
    if lower is not None and entry.city != lower.city:
        yield Finding(
            "ENTRY_OF_ANOTHER_CITY", Severity.BLOCKED, f"初赛承办市州为{entry.city or '未填'}，不是{lower.city}",
            f"its host city is {entry.city or 'none'}, not {lower.city}",
            "由其承办市州推荐", "its own city recommends it", number, Column.ENTRY, entry.city,
        )  # fmt: skip
    below = around.lower.get(entry.city or "")
    if below is None or (below.accepted is not None and entry.id in below.accepted):
        return
    if below.accepted is None:
        yield Finding(
            "LOWER_LIST_MISSING", Severity.TO_CONFIRM, f"{below.name}的名单尚未提交或未被接受，无法核对",
            f"{below.name} has no list that counts to hold it against",
            "先提交并接受该市名单，或写明理由后确认", "have that list pushed and accepted, or confirm with a reason", number, Column.ENTRY,
            below.name,
        )  # fmt: skip
    else:
        yield Finding(
            "NOT_ON_LOWER_LIST", Severity.BLOCKED, f"不在{below.name}已被接受的推荐名单上", f"not on the list of {below.name} that counts",
            "从名单中去掉，或由该市重新提交名单", "take it off, or have that list pushed anew", number, Column.ENTRY, below.name,
        )  # fmt: skip


def _order(ranked: Sequence[tuple[int, ListItem]], around: Surroundings) -> Iterator[Finding]:
    """Entries of a class that goes first, ranked behind others."""
    for rule in around.rules.selection.priorities:
        others = False
        for number, item in ranked:
            entry = around.entries.get(item.entry_id)
            first = entry is not None and bool(entry.native.get(rule.field))
            if first and others:
                yield Finding(
                    "PRIORITY_BEHIND", Severity.TO_CONFIRM, f"{rule.name_zh}排在其他项目之后（{rule.zh}）",
                    f"{rule.name_en}, ranked behind others ({rule.en})",
                    "调整名次，或写明理由后确认", "change the ranks, or confirm with a reason", number, Column.RANK, str(item.rank),
                )  # fmt: skip
            others = others or not first


def _tracks(ranked: Sequence[tuple[int, ListItem]], around: Surroundings) -> Iterator[Finding]:
    """More of a national track than it has places, among those that have a place at all."""
    rule, total = around.rules.selection.per_track, around.rules.selection.total
    if rule is None:
        return
    seen: Counter[str] = Counter()
    for number, item in ranked:
        track = around.track(item)
        if track is None or (total is not None and item.rank > total.most):
            continue
        seen[track] += 1
        if seen[track] > rule.most:
            yield Finding(
                "TRACK_QUOTA_EXCEEDED", Severity.BLOCKED if rule.binding else Severity.WARNING,
                f"国家赛道 {track} 名额 {rule.most}，本行是第 {seen[track]} 个（{rule.zh}）",
                f"track {track} has {rule.most} places, this is number {seen[track]} ({rule.en})",
                "减少该赛道项目" if rule.binding else "组委会未确认前仅作提醒",
                "recommend fewer of this track" if rule.binding else "a reminder until the organiser confirms it",
                number, Column.TRACK, track,
            )  # fmt: skip


def _prizes(ranked: Sequence[tuple[int, ListItem]], around: Surroundings) -> Iterator[Finding]:
    """More of an award than there are."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, item in ranked:
        entry = around.entries.get(item.entry_id)
        if entry is not None and (award := around.award(entry)):
            holders[award].append(number)
    for rule in around.rules.selection.prizes:
        found = sum(len(holders[award]) for award in rule.awards)
        if found > rule.most:
            names = "、".join(rule.awards)
            yield Finding(
                "AWARD_NUMBER_EXCEEDED", Severity.TO_CONFIRM, f"名单中 {names} 共 {found} 个，通知设 {rule.most} 个（{rule.zh}）",
                f"{found} entries with {names}, of which there are {rule.most} ({rule.en})",
                "核对获奖等次，或写明理由后确认", "check the awards, or confirm with a reason", None, None, str(found),
            )  # fmt: skip


def _number(items: Sequence[ListItem], around: Surroundings) -> Iterator[Finding]:
    """More than there are places, and more than there may be alternates."""
    total, alternates = around.rules.selection.total, around.rules.selection.alternates
    if total is None or len(items) <= total.most:
        return
    beyond = len(items) - total.most
    if alternates is not None and beyond > alternates.most:
        yield Finding(
            "ALTERNATES_EXCEEDED", _bars(alternates), f"名额 {total.most}，候补至多 {alternates.most}，多出 {beyond} 个（{alternates.zh}）",
            f"{total.most} places and at most {alternates.most} alternates; {beyond} are beyond the places ({alternates.en})",
            f"至多推荐 {total.most + alternates.most} 个", f"recommend {total.most + alternates.most} at most", None, None, str(len(items)),
        )  # fmt: skip
    else:
        yield Finding(
            "BEYOND_QUOTA", Severity.WARNING, f"名额 {total.most}，其后 {beyond} 个按名次列为候补（{total.zh}）",
            f"{total.most} places; the {beyond} after them are alternates in order ({total.en})",
            "无需处理", "nothing to do", None, None, str(len(items)),
        )  # fmt: skip


def _minimums(around: Surroundings) -> Iterator[Finding]:
    """Bodies that brought fewer entries to the contest below than they should: a warning, for the list cannot mend it."""
    lower = around.rules.issuer.lower
    for rule in lower.minimums if lower else ():
        short = [f"{name} {found}" for name, found in _brought(rule, around) if found < rule.at_least]
        if short:
            yield Finding(
                "MINIMUM_NOT_REACHED", Severity.WARNING,
                f"推荐参赛的项目少于 {rule.at_least} 个：{'、'.join(short)}（{rule.zh}）",
                f"{len(short)} bodies brought fewer than {rule.at_least} entries ({rule.en})",
                "供核对；不影响名单" + (f"（通知用语“{rule.leeway}”）" if rule.leeway else ""), "for information; stops nothing",
                None, None, "、".join(short),
            )  # fmt: skip


def _brought(rule: Minimum, around: Surroundings) -> Iterator[tuple[str, int]]:
    for name in rule.authorities:
        yield name, sum(number for (who, _), number in around.brought.items() if who == name)
    if rule.kind is not None:
        yield from ((who, number) for (who, kind), number in sorted(around.brought.items()) if kind == rule.kind)


def _deadline(around: Surroundings) -> Iterator[Finding]:
    deadline = around.rules.deadline
    if deadline is not None and around.now > deadline:
        told = f"{deadline.astimezone(CHINA):%Y-%m-%d %H:%M}"
        yield Finding(
            "DEADLINE_PASSED", Severity.BLOCKED, f"推荐截止时间 {told} 已过", f"the deadline, {told} Beijing time, is over",
            "请国家组委会延期后再提交", "ask the national organiser to extend it", None, None, told,
        )  # fmt: skip
