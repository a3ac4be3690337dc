"""`node` and `nodes`: whatever has an id, found by the form of the id, as far as the viewer may see it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from typing import Final

import strawberry

from gateway import cases, eligibility, facts, lists
from gateway.access import Access
from gateway.context import Context
from gateway.operations import Pull
from gateway.publicity import Objection, PublicityWindow, seen_by
from gateway.roster import RosterVersion
from gateway.selection import Message
from schema.errors import Problem, RequestError
from schema.types.catalogue import NATIONAL_TRACKS
from schema.types.node import Node
from sync import publicity
from sync.database import Session
from sync.repository.cases import CaseStore
from sync.repository.lists import ListStore
from sync.repository.messages import MessageStore
from sync.repository.publicity import PublicityStore
from sync.repository.pulls import PullStore
from sync.repository.rosters import RosterStore
from sync.repository.waivers import WaiverStore

Info = strawberry.Info[Context]
MOST: Final = 100  # ids asked for at once
_Found = Awaitable[Node | None]


@strawberry.type
class NodeQueries:
    """What `Query` has of them."""

    @strawberry.field(
        description="凭编号查询：项目、案件、名单、名册版本、规则、拉取、豁免、公示、异议、通知、赛道、赛题；没有或不可见为空 / "
        "Whatever has this id: an entry, case, list, version of the roster, clause, pull, waiver, publicity window, "
        "objection, message, track or topic; null where there is none or it is not the viewer's",
        extensions=[Access(cost=10)],
    )
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002  the name Relay gives it
        """By the hub's id."""
        return await _node(info.context, str(id))

    @strawberry.field(
        description="凭编号查询多个，次序照所给，至多 100 个 / As node, for up to 100 ids, in their order",
        extensions=[Access(cost=10, size=MOST)],
    )
    async def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        """One for each id."""
        if len(ids) > MOST:
            raise RequestError(
                Problem(
                    "IDS_TOO_MANY", "ids", f"一次至多 {MOST} 个编号", f"at most {MOST} ids at once", str(len(ids)),
                    "分批查询", "ask in parts",
                )
            )  # fmt: skip
        return list(await asyncio.gather(*(_node(info.context, str(each)) for each in ids)))


async def _node(context: Context, identifier: str) -> Node | None:
    if identifier in _of_the_notices():
        return _of_the_notices()[identifier]
    for form, find in _KINDS:
        if form.fullmatch(identifier):
            return await find(context, identifier)
    return None


@cache
def _of_the_notices() -> dict[str, Node]:
    """What stands in the notices is everybody's."""
    tracks = [track for region in facts.region_types().values() for track in region.tracks]
    national = [*NATIONAL_TRACKS.values(), *(topic for track in NATIONAL_TRACKS.values() for topic in track.topics)]
    topics = [topic for track in tracks for topic in track.topics]
    subs = [sub for topic in topics for sub in topic.sub_topics]
    found: list[Node] = [*national, *tracks, *topics, *subs, *eligibility.clause_types().values()]
    return {str(each.id): each for each in found}


async def _entry(context: Context, identifier: str) -> Node | None:
    return await context.entry(identifier)


def _stored(
    load: Callable[[Session, Context, str], Node | None], *, whole: bool = False
) -> Callable[[Context, str], _Found]:
    async def find(context: Context, identifier: str) -> Node | None:
        return await context.read(lambda session: load(session, context, identifier), whole=whole)

    return find


def _case(session: Session, context: Context, identifier: str) -> Node | None:
    row = CaseStore(session, context.scope).case(identifier)
    return cases.load(session, context.scope, [row])[0] if row else None


def _list(session: Session, context: Context, identifier: str) -> Node | None:
    row = ListStore(session, context.scope).get(identifier)
    return lists.load(session, context.scope, [row])[0] if row else None


def _pull(session: Session, context: Context, identifier: str) -> Node | None:
    store = PullStore(session)
    row = store.run(context.scope, identifier)
    return Pull.of(row, is_newest=row.id in store.newest([row.region])) if row else None


def _version(session: Session, context: Context, identifier: str) -> Node | None:
    row = RosterStore(session).version(int(identifier.removeprefix("roster-")))
    return RosterVersion.of(row, context.scope) if row else None


def _waiver(session: Session, context: Context, identifier: str) -> Node | None:
    row = WaiverStore(session, context.scope).get(identifier)
    return eligibility.waiver(row, datetime.now(UTC)) if row else None


def _window(session: Session, context: Context, identifier: str) -> Node | None:
    window = publicity.window(session, identifier)
    return PublicityWindow.of(window, context.scope, context.hub.now()) if window else None


def _objection(session: Session, context: Context, identifier: str) -> Node | None:
    row = PublicityStore(session, context.scope).objection(identifier)
    return Objection.of(row, seen_by(context)) if row else None


def _message(session: Session, context: Context, identifier: str) -> Node | None:
    rows = MessageStore(session, context.scope).of([identifier])
    return Message.of(rows[0]) if rows else None


_KINDS: Final = tuple(
    (re.compile(form), find)
    for form, find in (
        (r"\d\d:.+", _entry),
        (r"C[0-9A-F]{12}", _stored(_case)),
        (r"TJ-.+", _stored(_list)),
        (r"roster-\d{1,9}", _stored(_version, whole=True)),
        (r"[0-9a-f]{32}", _stored(_pull)),
        (r"W[0-9A-F]{12}", _stored(_waiver)),
        (r"GS-.+", _stored(_window, whole=True)),
        (r"Y[0-9A-F]{12}", _stored(_objection, whole=True)),
        (r"msg_[0-9a-f]{24}", _stored(_message)),
    )
)
