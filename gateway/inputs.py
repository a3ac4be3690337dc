"""Arguments of queries and mutations. The filter of entries is made from its declaration in `sync.repository.entry_filter`."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import strawberry

from schema.errors import Problem, RequestError, redact
from schema.types import enums  # noqa: F401  registers the enums before the filter names one
from schema.vocabulary import CaseStatus
from sync.repository.browse import NEWEST, Sort, SortKey
from sync.repository.condition_kinds import EntryGap
from sync.repository.entry_filter import EntryFilter, declared
from sync.review_queue import CaseOrder

strawberry.enum(SortKey, name="EntrySortKey", description="排序依据 / What entries can be sorted by")
strawberry.enum(
    CaseOrder,
    description="案件排序：REVIEW 为证据权重乘以后果，推荐名单上的在前 / REVIEW: weight times consequence, recommended entries first",
)
strawberry.enum(EntryGap, description="项目可能缺少的内容 / What an entry may be without")

DEEPEST: Final = 6
MOST_PARTS: Final = 40
MOST_VALUES: Final = 2000
LONGEST_TEXT: Final = 200
"""Bounds of one filter, over all its parts; a text is asked for by a person."""


class _Conditions:
    """What the input has beside its fields."""

    def as_filter(self) -> EntryFilter:
        """The repository's filter; RequestError with everything that is wrong with it."""
        return checked(_filter(self), "filter")


def checked(wanted: EntryFilter, place: str) -> EntryFilter:
    """The filter, which came in as `place`; RequestError with everything that is wrong with it, each with its own place."""
    parts = list(_parts(wanted, place))
    problems = [problem for where, part in parts for problem in _problems(part, where)]
    values = sum(len(getattr(part, each.name) or ()) for _, part in parts for each in declared() if each.many)
    levels = max(where.count(".") for where, _ in parts) + 1
    if len(parts) > MOST_PARTS or values > MOST_VALUES or levels > DEEPEST:
        problems.append(
            Problem(
                "FILTER_TOO_LARGE", place, "筛选条件过多或嵌套过深", "the filter has too many conditions, or too deep",
                f"{len(parts)} / {values} / {levels}",
                f"至多 {MOST_PARTS} 组、{MOST_VALUES} 个取值、{DEEPEST} 层；请分次查询",
                f"{MOST_PARTS} parts, {MOST_VALUES} values, {DEEPEST} levels at most; ask in several queries",
            )
        )  # fmt: skip
    if problems:
        raise RequestError(problems)
    return wanted


def _made() -> Any:  # noqa: ANN401  mypy reads `EntryFilterInput` below as what it is made from
    """The input type: a field for each condition, and what combines them."""
    kinds: dict[str, Any] = {}
    made: dict[str, Any] = {}
    for each in declared():
        value = strawberry.ID if each.condition.identifiers else each.value
        kinds[each.name] = (list[value] if each.many else value) | None  # type: ignore[valid-type]  # known when it runs
        made[each.name] = strawberry.field(default=None, description=f"{each.condition.zh} / {each.condition.en}")
    several, one = "list[EntryFilterInput] | None", "EntryFilterInput | None"
    for name, kind, words in (
        ("and", several, "全部成立 / All of these hold"),
        ("or", several, "至少一项成立 / At least one of these holds"),
        ("not", one, "不成立 / This does not hold"),
    ):
        kinds[f"{name}_"] = kind
        made[f"{name}_"] = strawberry.field(name=name, default=None, description=words)
    plain = type("EntryFilterInput", (_Conditions,), {"__module__": __name__, "__annotations__": kinds, **made})
    words = "参赛项目筛选，各条件同时成立；列表为“其中之一”，空列表不作限制 / Conditions that all hold; a list means “one of”"
    return strawberry.input(plain, description=words)


if TYPE_CHECKING:

    class EntryFilterInput(_Conditions, EntryFilter):
        """As the declaration has it."""

else:
    EntryFilterInput = _made()


def _parts(wanted: EntryFilter, place: str) -> Iterator[tuple[str, EntryFilter]]:
    """The filter and every one in it, each with its place."""
    yield place, wanted
    for name, parts in (("and", wanted.and_), ("or", wanted.or_)):
        for number, part in enumerate(parts):
            yield from _parts(part, f"{place}.{name}[{number}]")
    if wanted.not_ is not None:
        yield from _parts(wanted.not_, f"{place}.not")


def _filter(wanted: Any) -> EntryFilter:  # noqa: ANN401  an `EntryFilterInput`
    values: dict[str, Any] = {each.name: getattr(wanted, each.name) for each in declared()}
    values |= {name: tuple(map(_filter, getattr(wanted, name) or ())) for name in ("and_", "or_")}
    return EntryFilter(**values, not_=_filter(wanted.not_) if wanted.not_ is not None else None)


def _problems(wanted: EntryFilter, place: str) -> Iterator[Problem]:
    for each in declared():
        value, where = getattr(wanted, each.name), f"{place}.{camel(each.name)}"
        if each.value is str and not each.many and value is not None and len(value) > LONGEST_TEXT:
            yield Problem(
                "TEXT_TOO_LONG", where, f"文字不超过 {LONGEST_TEXT} 个字符", f"a text has {LONGEST_TEXT} characters at most",
                redact(value), "只写要找的词", "give just the words to look for",
            )  # fmt: skip


def camel(name: str) -> str:
    """A field's name as GraphQL has it."""
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)


@strawberry.input(
    description="排序依据之一；各依据依次比较，最后按编号；无值者在后 / One key of a sort; then the next, last the id; no value comes last"
)
class EntrySortInput:
    """Newest submissions first, unless told otherwise."""

    by: SortKey = strawberry.field(default=SortKey.SUBMITTED_AT, description="排序依据 / What to sort by")
    descending: bool = strawberry.field(default=True, description="由大到小 / Largest first")


def order_asked(sorts: list[EntrySortInput] | None) -> tuple[Sort, ...]:
    """The keys of a sort; newest submissions first where none is given. A key named twice counts where it first stands."""
    return tuple(Sort(each.by, each.descending) for each in sorts) if sorts else NEWEST


@strawberry.input(description="对查重案件的裁定 / A decision on a duplicate case")
class DecideCaseInput:
    """CONFIRMED names the entry that stays; OPEN takes the last decision back."""

    case_id: strawberry.ID
    decision: CaseStatus
    keep_entry_id: strawberry.ID | None = None
    reason: str
    seen_at: datetime | None = strawberry.field(
        default=None,
        description="裁定人所见案件的 changedAt；此后有变则拒绝 / `changedAt` of the case as it was seen; refused where it changed since",
    )
