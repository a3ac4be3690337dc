"""Root queries on recommended lists, their rules and messages."""

import strawberry

from gateway import lists, paging
from gateway.access import NATIONAL, REGION, Access
from gateway.context import Context
from gateway.lists import ListDifference, RecommendationList
from gateway.selection import ListShadow, Message, SelectionRules
from schema.errors import RequestError
from schema.list_life import COUNTED
from schema.types.scalars import RegionCode
from sync.database import Session
from sync.lists import items_of
from sync.lists.acts import unknown_list
from sync.lists.comparison import differences
from sync.lists.rules import all_rules
from sync.lists.shadow import shadow_of
from sync.repository.lists import ListStore
from sync.repository.messages import MessageStore
from sync.scope import Scope
from sync.tables import ListRow

Info = strawberry.Info[Context]


@strawberry.type
class ListQueries:
    """What `Query` has of them."""

    @strawberry.field(
        description="推荐名单的各版本 / Versions of recommended lists, newest first within an issuer",
        extensions=[Access(cost=50, size=10)],
    )
    async def recommendation_lists(
        self, info: Info, regions: list[RegionCode] | None = None, current_only: bool = True
    ) -> list[RecommendationList]:
        """Current are the latest version of an issuer, and the one that counts where that is another."""
        scope = info.context.scope

        def work(session: Session) -> list[RecommendationList]:
            rows, latest = [], set()
            for row in ListStore(session, scope).versions(regions or ()):
                if not current_only or row.state in COUNTED or row.issuer not in latest:
                    rows.append(row)
                latest.add(row.issuer)
            return lists.load(session, scope, rows)

        return await info.context.read(work)

    @strawberry.field(
        description="一份名单，按回执号 / One version of a list, by its receipt", extensions=[Access(cost=20)]
    )
    async def recommendation_list(self, info: Info, receipt: strawberry.ID) -> RecommendationList | None:
        """Null where there is none that the viewer may see."""
        scope = info.context.scope

        def work(session: Session) -> RecommendationList | None:
            row = ListStore(session, scope).get(str(receipt))
            return lists.load(session, scope, [row])[0] if row is not None else None

        return await info.context.read(work)

    @strawberry.field(
        description="两个版本逐项比较 / Two versions, field by field", extensions=[Access(cost=100, size=100)]
    )
    async def compare_lists(self, info: Info, before: strawberry.ID, after: strawberry.ID) -> list[ListDifference]:
        """By receipts."""
        scope = info.context.scope

        def work(session: Session) -> list[ListDifference]:
            old, new = (_one(session, scope, str(receipt)) for receipt in (before, after))
            return [ListDifference.of(found) for found in differences(items_of(old), items_of(new))]

        return await info.context.read(work)

    @strawberry.field(
        description="按该省成绩和规则推算的名单与所推名单的差异 / What the region's own rule would give, and what differs",
        extensions=[Access(cost=1000)],
    )
    async def list_shadow(self, info: Info, receipt: strawberry.ID) -> ListShadow:
        """For a person to explain."""
        scope = info.context.scope
        return await info.context.read(
            lambda session: ListShadow.of(shadow_of(session, _one(session, scope, str(receipt))))
        )

    @strawberry.field(
        description="名额和推荐规则，含依据 / Quotas and rules of selection, with what they rest on",
        extensions=[Access(cost=50, size=10)],
    )
    async def selection_rules(self, info: Info) -> list[SelectionRules]:
        """Of the issuers in scope."""
        scope = info.context.scope

        def work(session: Session) -> list[SelectionRules]:
            settings = ListStore(session, scope).settings()
            return [
                SelectionRules.of(rules, [row for row in settings if row.issuer == rules.issuer.code])
                for rules in all_rules(session)
                if scope.covers(rules.issuer.region)
            ]

        return await info.context.read(work)

    @strawberry.field(
        description="收件箱：给各省的通知，最近在前 / Messages to regions, newest first; a region sees its own",
        extensions=[Access(NATIONAL, REGION, cost=10)],
    )
    async def messages(
        self,
        info: Info,
        unread_only: bool = False,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> paging.Connection[Message]:
        """The same that are sent to webhooks."""
        scope = info.context.scope
        return await paging.connection(
            info.context,
            paging.Asked(first, after, last, before),
            lambda session: MessageStore(session, scope).listing(unread=unread_only),
            lambda _, rows: [Message.of(row) for row in rows],
        )


def _one(session: Session, scope: Scope, receipt: str) -> ListRow:
    """The version with this receipt; RequestError where there is none that the viewer may see."""
    row = ListStore(session, scope).get(receipt)
    if row is None:
        raise RequestError(unknown_list(receipt), status=404)
    return row
