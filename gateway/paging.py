"""Relay connections over entries: keyset cursors, so that paging neither repeats nor skips while entries come and go."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
import strawberry
from strawberry.relay import PageInfo

from gateway import entries
from gateway.context import Context
from schema.errors import Problem, RequestError
from schema.types.entry import Entry
from sync.database import Session
from sync.repository.browse import EntryBrowser, EntryFilter, Slice, SortKey
from sync.tables import EntryRow

LARGEST_PAGE = 1000


@strawberry.type(description="连接中的一条 / An edge of the connection")
class EntryEdge:
    """Relay."""

    cursor: str
    node: Entry


@strawberry.type(description="参赛项目的分页连接 / A page of entries")
class EntryConnection:
    """Relay; the total is counted only where it is asked for."""

    edges: list[EntryEdge]
    page_info: PageInfo
    wanted: strawberry.Private[EntryFilter]

    @strawberry.field(description="符合条件的总数 / How many entries fit the filter")
    async def total_count(self, info: strawberry.Info[Context]) -> int:
        """One more query."""
        scope = info.context.scope
        return await info.context.read(lambda session: EntryBrowser(session, scope).count(self.wanted))


def encode(sort: SortKey, row: EntryRow) -> str:
    """The cursor of a row under a sort."""
    value = getattr(row, sort.value)
    moment = value.timestamp() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(orjson.dumps([sort.value, moment, row.id])).decode().rstrip("=")


def decode(sort: SortKey, cursor: str) -> tuple[object, str]:
    """Sort value and id behind a cursor; RequestError where it is none of ours, or of another sort."""
    try:
        name, value, identifier = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if name != sort.value or not isinstance(identifier, str):
            raise ValueError(name)  # noqa: TRY301  one remedy for all that is no cursor of ours
        if sort in (SortKey.SUBMITTED_AT, SortKey.UPDATED_AT):
            return datetime.fromtimestamp(value, UTC), identifier
        if not isinstance(value, str):
            raise TypeError(value)  # noqa: TRY301  as above
    except (ValueError, TypeError, OverflowError, OSError, binascii.Error):
        raise RequestError(
            Problem(
                "CURSOR_INVALID",
                "after",
                value=cursor[:80],
                zh="游标无效，或属于另一种排序",
                en="the cursor is not one of ours, or belongs to another sort",
                remedy_zh="使用同一查询上一页 pageInfo.endCursor",
                remedy_en="use pageInfo.endCursor of the same query's last page",
            )
        ) from None
    return value, identifier


def page_size(first: int) -> int:
    """`first` within its bounds."""
    if not 0 <= first <= LARGEST_PAGE:
        raise RequestError(
            Problem(
                "PAGE_SIZE_INVALID",
                "first",
                value=str(first),
                zh=f"first 应在 0 至 {LARGEST_PAGE} 之间",
                en=f"first is between 0 and {LARGEST_PAGE}",
                remedy_zh="用 after 翻页",
                remedy_en="page with after",
            )
        )
    return first


async def connection(context: Context, wanted: EntryFilter, part: Slice) -> EntryConnection:
    """A page and what to ask next."""
    scope = context.scope

    def work(session: Session) -> tuple[Sequence[EntryRow], list[Entry], bool]:
        one_more = Slice(part.first + 1, part.sort, part.descending, part.after)
        rows = EntryBrowser(session, scope).page(wanted, one_more)
        kept = rows[: part.first]
        return kept, entries.load(session, scope, kept), len(rows) > part.first

    rows, nodes, more = await context.read(work)
    edges = [EntryEdge(cursor=encode(part.sort, row), node=node) for row, node in zip(rows, nodes, strict=True)]
    return EntryConnection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=more,
            has_previous_page=part.after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        wanted=wanted,
    )
