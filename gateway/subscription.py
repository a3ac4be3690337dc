"""Root subscriptions: what happens, told as it stands when it is told, within the viewer's scope.

Every message has a cursor. Whoever comes back subscribes `after` the last one and misses nothing; whoever begins asks
`changeCursor` first, then how things stand, then subscribes after that cursor.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TypeVar

import strawberry

from gateway import cases, lists
from gateway.access import Access, declared
from gateway.context import Context
from gateway.lists import RecommendationList
from gateway.operations import Pull
from gateway.roster import RosterVersion
from schema.list_life import ListAct
from schema.types.cases import DuplicateCase
from schema.types.scalars import RegionCode
from schema.vocabulary import CaseChange
from sync.database import Session
from sync.repository.cases import CaseStore
from sync.repository.changes import ChangeStore
from sync.repository.lists import ListStore
from sync.repository.pulls import PullStore
from sync.repository.rosters import RosterStore
from sync.tables import ChangeRow

Info = strawberry.Info[Context]
_T = TypeVar("_T")


@strawberry.type(description="拉取的进展 / That a pull began, went on or ended")
class PullMessage:
    """One for each page that was stored."""

    cursor: str
    pull: Pull


@strawberry.type(description="查重案件的变化 / That a case was opened or decided")
class CaseMessage:
    """The case as it stands when this is sent."""

    cursor: str
    change: CaseChange
    case: DuplicateCase


@strawberry.type(description="推荐名单的变化 / That something was done to a list")
class ListMessage:
    """The list as it stands when this is sent."""

    cursor: str
    act: ListAct
    list: RecommendationList


@strawberry.type(description="名册的变化 / That the roster has a new version")
class RosterMessage:
    """Which version; `roster(version)` has its items."""

    cursor: str
    version: RosterVersion


@strawberry.type
class ChangeQueries:
    """What `Query` has of them."""

    @strawberry.field(
        description="变化记录的当前位置：先取它，再查现状，然后从它订阅，便不会遗漏 / "
        "Where the record of changes stands: ask it, then how things stand, then subscribe after it",
        extensions=[Access(cost=2)],
    )
    async def change_cursor(self, info: Info) -> str:
        """A number, which says nothing of anybody."""
        return str(await info.context.read(lambda session: ChangeStore(session).newest(), whole=True))


@strawberry.type(description="订阅：只及查看者可见者 / Subscriptions, within what the viewer may see")
class Subscription:
    """Over graphql-transport-ws, or graphql-sse in its distinct connections mode."""

    @strawberry.subscription(
        description="拉取的开始、进展与结束 / Pulls as they begin, go on and end", metadata=declared(cost=10)
    )
    async def pull_progress(
        self, info: Info, regions: list[RegionCode] | None = None, after: str | None = None
    ) -> AsyncGenerator[PullMessage]:
        """Of the regions in scope."""
        scope = info.context.scope

        def load(session: Session, change: ChangeRow) -> PullMessage | None:
            store = PullStore(session)
            row = store.run(scope, change.subject)
            if row is None or (regions is not None and row.region not in regions):
                return None
            newest = store.newest([row.region])
            return PullMessage(cursor=str(change.sequence), pull=Pull.of(row, is_newest=row.id in newest))

        async for message in _follow(info, "PULL", after, load):
            yield message

    @strawberry.subscription(
        description="查重案件立案、裁定、重开、恢复 / Cases as they are opened, decided, reopened, restored",
        metadata=declared(cost=10),
    )
    async def case_changed(self, info: Info, after: str | None = None) -> AsyncGenerator[CaseMessage]:
        """A region hears of those that touch it."""
        scope = info.context.scope

        def load(session: Session, change: ChangeRow) -> CaseMessage | None:
            row = CaseStore(session, scope).case(change.subject)
            if row is None:
                return None
            (case,) = cases.load(session, scope, [row])
            return CaseMessage(cursor=str(change.sequence), change=CaseChange(change.what), case=case)

        async for message in _follow(info, "CASE", after, load):
            yield message

    @strawberry.subscription(
        description="推荐名单上发生的事 / What is done to recommended lists", metadata=declared(cost=10)
    )
    async def list_changed(self, info: Info, after: str | None = None) -> AsyncGenerator[ListMessage]:
        """A region hears of its own."""
        scope = info.context.scope

        def load(session: Session, change: ChangeRow) -> ListMessage | None:
            row = ListStore(session, scope).get(change.subject)
            if row is None:
                return None
            (made,) = lists.load(session, scope, [row])
            return ListMessage(cursor=str(change.sequence), act=ListAct(change.what), list=made)

        async for message in _follow(info, "LIST", after, load):
            yield message

    @strawberry.subscription(description="名册的新版本 / New versions of the roster", metadata=declared(cost=10))
    async def roster_changed(self, info: Info, after: str | None = None) -> AsyncGenerator[RosterMessage]:
        """A region sees neither author nor reason, as in `rosterVersions`."""
        scope = info.context.scope

        def load(session: Session, change: ChangeRow) -> RosterMessage | None:
            row = RosterStore(session).version(int(change.subject))
            return RosterMessage(cursor=str(change.sequence), version=RosterVersion.of(row, scope)) if row else None

        async for message in _follow(info, "ROSTER", after, load, whole=True):
            yield message


async def _follow(
    info: Info, topic: str, after: str | None, load: Callable[[Session, ChangeRow], _T | None], *, whole: bool = False
) -> AsyncGenerator[_T]:
    """What `load` makes of each change; nothing of what it may not, or can no longer, tell of. `whole`: see `Context.read`."""
    context = info.context
    async with aclosing(context.hub.feed.follow(context.viewer, topic, after)) as changes:
        async for change in changes:
            await context.confirm()
            context.forget()
            found = await context.read(lambda session, told=change: load(session, told), whole=whole)  # type: ignore[misc]
            if found is not None:
                yield found
