"""What may be asked of statistics: how many groups to count by, how many lines."""

from collections.abc import Sequence
from typing import Final, TypeVar

from schema.errors import Problem, RequestError
from sync.repository.statistics import GroupKey

_MOST_GROUPS: Final = 4
_MOST_LINES: Final = 10_000
LOOKED_FOR: Final = _MOST_LINES + 1  # lines, so that one too many is seen
_T = TypeVar("_T")


def groups_asked(group_by: Sequence[GroupKey]) -> Sequence[GroupKey]:
    """Each once; RequestError where these are no groups to count by."""
    groups = list(dict.fromkeys(group_by))
    if not 0 < len(groups) <= _MOST_GROUPS:
        raise RequestError(
            Problem(
                "GROUPS_INVALID", "groupBy", f"请给出 1 至 {_MOST_GROUPS} 个分组依据", f"give 1 to {_MOST_GROUPS} groups",
                str(len(groups)), "分几次查询", "ask in several queries",
            )
        )  # fmt: skip
    return groups


def bounded(lines: Sequence[_T]) -> Sequence[_T]:
    """The lines that were found; RequestError where there are too many."""
    if len(lines) > _MOST_LINES:
        raise RequestError(
            Problem(
                "GROUPS_TOO_MANY", "groupBy", f"分组超过 {_MOST_LINES} 个", f"there are more than {_MOST_LINES} groups", None,
                "减少分组依据，或用 filter 缩小范围", "group by less, or narrow the filter",
            )
        )  # fmt: skip
    return lines
