"""Relay connections over anything that is listed by key: forward and backward, with cursors that survive what comes and goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import strawberry

from gateway import cursors
from gateway.context import Context
from gateway.limits.measure import LARGEST_PAGE, USUAL_PAGE
from schema.errors import Problem, RequestError
from sync.database import Session
from sync.repository.keyset import Key, Place, Slice

Node = TypeVar("Node")
Row = TypeVar("Row")
Info = strawberry.Info[Context]


class Listed(Protocol[Row]):
    """What can be paged: see `sync.repository.keyset.Listing`."""

    order: tuple[Key, ...]

    def rows(self, part: Slice) -> Sequence[Row]:
        """The rows of a part, in the order."""

    def count(self) -> int:
        """How many there are on all pages."""

    def place(self, row: Row) -> Place:
        """Where a row stands."""

    def has_beyond(self, place: Place, *, backwards: bool, inclusive: bool) -> bool:
        """Whether a row stands beyond the place, or there."""


@strawberry.type(description="连接中的一条 / An edge of a connection")
class Edge(Generic[Node]):
    """Relay."""

    cursor: str = strawberry.field(description="该条的游标，供 after 与 before 使用 / For `after` and `before`")
    node: Node = strawberry.field(description="该条本身 / The thing itself")


@strawberry.type(description="本页在全部结果中的位置 / Where a page stands among all")
class PageInfo:
    """Relay. Both directions are told as they are, whichever way was paged; what is not known from the page is asked for only
    where it is selected.
    """

    start_cursor: str | None = strawberry.field(description="本页第一条的游标 / Cursor of the first edge")
    end_cursor: str | None = strawberry.field(description="本页最后一条的游标 / Cursor of the last edge")
    beyond: strawberry.Private[dict[bool, bool | Callable[[Session], bool]]]  # by whether backwards
    whole: strawberry.Private[bool] = False  # see `Context.read`

    @strawberry.field(description="其后是否还有 / Whether there is more after this page")
    async def has_next_page(self, info: Info) -> bool:
        """Beyond the last edge."""
        return await self._has_beyond(info, backwards=False)

    @strawberry.field(description="其前是否还有 / Whether there is more before this page")
    async def has_previous_page(self, info: Info) -> bool:
        """Before the first edge."""
        return await self._has_beyond(info, backwards=True)

    async def _has_beyond(self, info: Info, *, backwards: bool) -> bool:
        known = self.beyond[backwards]
        return known if isinstance(known, bool) else await info.context.read(known, whole=self.whole)


@strawberry.type(description="分页连接 / A page of a list")
class Connection(Generic[Node]):
    """Relay; the total is counted only where it is asked for."""

    edges: list[Edge[Node]] = strawberry.field(description="本页各条及其游标 / This page, with cursors")
    page_info: PageInfo = strawberry.field(description="本页的位置 / Where this page stands")
    counted: strawberry.Private[Callable[[Session], int]]
    whole: strawberry.Private[bool] = False  # see `Context.read`

    @strawberry.field(description="本页各条，不带游标 / This page without cursors")
    def nodes(self) -> list[Node]:
        """A shorter way to the same."""
        return [edge.node for edge in self.edges]

    @strawberry.field(description="符合条件的总数 / How many there are on all pages")
    async def total_count(self, info: Info) -> int:
        """One more query."""
        return await info.context.read(self.counted, whole=self.whole)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page: the first so many after a cursor, or the last so many before one; either may be bounded on both sides."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def part(self, order: Sequence[Key]) -> Slice:
        """The part of a listing in this order; RequestError with all that is wrong."""
        problems: list[Problem] = []
        if self.first is not None and self.last is not None:
            problems.append(
                Problem(
                    "PAGE_DIRECTION_UNCLEAR", "last", "first 与 last 不能同时给出", "give first or last, not both",
                    str(self.last), "向后翻页用 first 和 after，向前用 last 和 before",
                    "first and after page forward, last and before page backward",
                )
            )  # fmt: skip
        sizes = {"first": self.first, "last": self.last}
        problems += [_too_large(name, size) for name, size in sizes.items() if size is not None and not _fits(size)]
        places: dict[str, Place | None] = {}
        for name, cursor in (("after", self.after), ("before", self.before)):
            try:
                places[name] = None if cursor is None else cursors.decode(order, cursor, name)
            except RequestError as error:
                problems += error.problems
        if problems:
            raise RequestError(problems)
        size = self.first if self.first is not None else self.last if self.last is not None else USUAL_PAGE
        return Slice(size, places["after"], places["before"], backwards=self.last is not None)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of a page, and by whether backwards if there are more beyond it: known, or how to find out."""

    rows: Sequence[Row]
    beyond: dict[bool, bool | Callable[[Session], bool]]


def read(listed: Listed[Row], listing: Callable[[Session], Listed[Row]], part: Slice) -> Page[Row]:
    """The part of what is listed; `listing` lists it in a later session."""
    size = part.limit or 0
    found = listed.rows(Slice(size + 1, part.after, part.before, part.backwards))
    kept = found[-size:] if part.backwards and size else found[:size]
    ends = (listed.place(kept[0]), listed.place(kept[-1])) if kept else (part.after, part.before)
    beyond = {
        way: True if way is part.backwards and len(found) > size else _probe(listing, part, ends, way, empty=not kept)
        for way in (False, True)
    }
    return Page(kept, beyond)


async def connection(
    context: Context,
    asked: Asked,
    listing: Callable[[Session], Listed[Row]],
    nodes: Callable[[Session, Sequence[Row]], Sequence[Node]],
    *,
    whole: bool = False,
) -> Connection[Node]:
    """A page of what `listing` lists, each row made into what is shown by `nodes`, in their order. `whole`: see
    `Context.read`.
    """

    def work(session: Session) -> Connection[Node]:
        listed = listing(session)
        page = read(listed, listing, asked.part(listed.order))
        edges = [
            Edge(cursor=cursors.encode(listed.order, listed.place(row)), node=node)
            for row, node in zip(page.rows, nodes(session, page.rows), strict=True)
        ]
        cursor = [edge.cursor for edge in edges]
        info = PageInfo(
            start_cursor=cursor[0] if cursor else None,
            end_cursor=cursor[-1] if cursor else None,
            beyond=page.beyond,
            whole=whole,
        )
        return Connection(edges=edges, page_info=info, counted=lambda session: listing(session).count(), whole=whole)

    return await context.read(work, whole=whole)


def _probe(
    listing: Callable[[Session], Listed[Row]],
    part: Slice,
    ends: tuple[Place | None, Place | None],
    backwards: bool,  # noqa: FBT001  one of two ways
    *,
    empty: bool,
) -> bool | Callable[[Session], bool]:
    """Whether there is more beyond a page: on the side where nothing bounds it, no; else it is to be looked for beyond the
    page's end, or, where the page has none, from the bound on.
    """
    bound, end = (part.after, ends[0]) if backwards else (part.before, ends[1])
    if bound is None or end is None:
        return False
    return lambda session: listing(session).has_beyond(end, backwards=backwards, inclusive=empty)


def nothing() -> Connection[Node]:
    """The page of a list of which the viewer may see nothing."""
    page = PageInfo(start_cursor=None, end_cursor=None, beyond={False: False, True: False})
    return Connection(edges=[], page_info=page, counted=lambda _: 0)


def _fits(size: int) -> bool:
    return 0 <= size <= LARGEST_PAGE


def _too_large(name: str, size: int) -> Problem:
    return Problem(
        "PAGE_SIZE_INVALID",
        name,
        value=str(size),
        zh=f"{name} 应在 0 至 {LARGEST_PAGE} 之间",
        en=f"{name} is between 0 and {LARGEST_PAGE}",
        remedy_zh="用 after 或 before 翻页",
        remedy_en="page with after or before",
    )
