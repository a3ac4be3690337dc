"""The one validation of lists: pure, all findings of all rows at once, the same for dry run, push and upload."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from schema.vocabulary import Severity
from sync.lists.entry_checks import entry_findings
from sync.lists.findings import Column, Finding
from sync.lists.items import Confirmation, ListItem
from sync.lists.selection_checks import selection_findings
from sync.lists.surroundings import Surroundings

MOST_ITEMS: Final = 1000


def size_findings(items: Sequence[ListItem]) -> list[Finding]:
    """Whether there is a list to look at at all; asked before anything is read for its rows."""
    if not items:
        return [
            Finding("LIST_EMPTY", Severity.BLOCKED, "名单为空", "the list is empty", "至少推荐一个项目", "add an entry")
        ]
    if len(items) > MOST_ITEMS:
        return [
            Finding(
                "LIST_TOO_LONG", Severity.BLOCKED, f"名单超过 {MOST_ITEMS} 行", f"at most {MOST_ITEMS} items",
                "请核对是否误传了全部报名项目", "check that it is not the list of all entries", value=str(len(items)),
            )
        ]  # fmt: skip
    return []


def validate(
    items: Sequence[ListItem], around: Surroundings, confirmations: Sequence[Confirmation] = ()
) -> list[Finding]:
    """Everything found, row by row and then of the whole; what is to be confirmed carries the reason that was given."""
    found = size_findings(items)
    if not found:
        found = [*_rows(items, around), *selection_findings(items, around)]
        found.sort(key=lambda finding: (finding.item is None, finding.item or 0))
    return [_confirmed(finding, confirmations) for finding in found]


def _confirmed(finding: Finding, confirmations: Sequence[Confirmation]) -> Finding:
    if finding.severity is not Severity.TO_CONFIRM:
        return finding
    reason = next((each.reason for each in confirmations if each.covers(finding)), None)
    return finding if reason is None else finding.confirmed_by(reason)


def _rows(items: Sequence[ListItem], around: Surroundings) -> Iterator[Finding]:
    ranks, named = Counter(item.rank for item in items), Counter(item.entry_id for item in items)
    for number, item in enumerate(items, start=1):
        yield from _rank(number, item.rank, ranks, len(items))
        if named[item.entry_id] > 1:
            yield Finding(
                "ENTRY_REPEATED", Severity.BLOCKED, "同一项目出现多次", "this entry stands more than once",
                "只保留一行", "keep one row", number, Column.ENTRY, item.entry_id,
            )  # fmt: skip
        yield from entry_findings(number, item, around)


def _rank(number: int, rank: int, ranks: Counter[int], size: int) -> Iterator[Finding]:
    remedy = (f"名次应为 1 至 {size}，各用一次", f"use 1 to {size}, once each", number, Column.RANK, str(rank))
    if rank < 1:
        yield Finding("RANK_INVALID", Severity.BLOCKED, "名次应从 1 开始", "ranks begin with 1", *remedy)
    if ranks[rank] > 1:
        yield Finding("RANK_REPEATED", Severity.BLOCKED, "名次重复", "this rank stands more than once", *remedy)
    if rank > 1 and rank - 1 not in ranks:
        yield Finding(
            "RANK_GAP", Severity.BLOCKED, f"名次有间断：没有第 {rank - 1} 名", f"there is no rank {rank - 1}", *remedy
        )
