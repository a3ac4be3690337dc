"""What one request carries: the hub, the viewer, and loaders that ask the database once for all that a level needs."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Self, TypeVar

import strawberry
from graphql import GraphQLError
from pydantic import JsonValue
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from gateway import cases, eligibility, entries, history
from gateway.admission import viewer_behind
from gateway.auth import Viewer, unauthenticated
from gateway.freshness import freshness
from gateway.hub import Hub
from gateway.native import NativeFields
from gateway.offloading import in_thread
from schema.types.cases import DuplicateCase
from schema.types.catalogue import Freshness
from schema.types.eligibility import Eligibility
from schema.types.entry import Entry
from schema.types.history import EntryChange
from sync.database import Session
from sync.repository.cases import CaseStore
from sync.scope import EVERYTHING, Scope
from sync.settings import LimitSettings

_T = TypeVar("_T")


class Context(BaseContext):
    """Made for each request; loaders are keyed by id and forget everything with it."""

    def __init__(self, hub: Hub, viewer: Viewer | None = None, authorization: str | None = None) -> None:
        super().__init__()
        self.hub = hub
        self._viewer = viewer
        self._authorization = authorization
        self.charged = False
        self.tells_json = False  # true where an answer goes out as a whole, so that its data may be JSON already
        self.unreadable: GraphQLError | None = None  # why the operation's document could not be read
        self.forget()

    @property
    def viewer(self) -> Viewer:
        """Who asks; RequestError while that is not known."""
        if self._viewer is None:
            raise unauthenticated()
        return self._viewer

    def admit(self, viewer: Viewer, authorization: str | None) -> None:
        """Say who asks, where a connection's first message told it."""
        self._viewer, self._authorization = viewer, authorization

    async def confirm(self) -> None:
        """RequestError where the key that was shown has been revoked since: subscriptions live long."""
        if self._authorization is not None:
            await viewer_behind(self.hub, self._authorization)

    def anew(self) -> Self:
        """The same viewer's, for another operation."""
        made = type(self)(self.hub, self._viewer, self._authorization)
        made.charged, made.tells_json = self.charged, self.tells_json
        return made

    def forget(self) -> None:
        """Forget what was loaded, and so begin: between two messages of a subscription the world has changed."""
        self.__dict__.pop("natives", None)
        self._loaders: dict[str, DataLoader[str, Any]] = {}

    @cached_property
    def natives(self) -> NativeFields:
        """What only provinces know."""
        return NativeFields(self.hub.native_readers)

    def _load(self, load: Callable[[list[str]], Awaitable[Sequence[_T]]], key: str) -> Awaitable[_T]:
        """What `load` finds for a key, together with all others that it is asked for by then."""
        name = load.__name__
        if name not in self._loaders:
            self._loaders[name] = DataLoader(load_fn=load)
        return self._loaders[name].load(key)

    @property
    def scope(self) -> Scope:
        """What the viewer may see."""
        return self.viewer.scope

    @property
    def limits(self) -> LimitSettings:
        """What one operation may ask for."""
        return self.hub.settings.limits

    @property
    def may_introspect(self) -> bool:
        """Whether the viewer may ask for the schema."""
        return self.viewer.role in self.hub.settings.introspection

    def spend(self, cost: int) -> None:
        """Take an operation's cost off what the viewer has left for this minute, once; RequestError where it is not enough."""
        if self.charged:
            return
        self.hub.rates.spend(self.viewer.holder, cost)
        self.hub.figures.cost.inc(cost)
        self.charged = True

    def pay(self, cost: int) -> None:
        """Take something else off what the viewer has left; RequestError where it is not enough."""
        if cost:
            self.hub.rates.spend(self.viewer.holder, cost)

    def fine(self, cost: int) -> None:
        """Take off what the viewer has left for a document that was refused; never an error."""
        self.hub.rates.fine(self.viewer.holder, cost)

    async def read(self, work: Callable[[Session], _T], *, whole: bool = False, is_large: bool = False) -> _T:
        """Run `work` with a reading session, off the event loop. The database shows it what is the viewer's and no more;
        `whole` is for what is computed over all regions and shown in part, by whoever computes it. Large work waits for other
        large work.
        """

        def run() -> _T:
            with self.hub.database.read(EVERYTHING if whole else self.scope) as session:
                return work(session)

        return await in_thread(run, is_large=is_large)

    async def entry(self, entry: str) -> Entry | None:
        """The entry with this id; None where there is none, or it is not the viewer's."""
        return await self._load(self._load_entries, entry)

    async def native_of(self, entry: str, info: strawberry.Info) -> Mapping[str, JsonValue]:
        """What only the entry's province knows of it."""
        return await self.natives.of(entry, info)

    async def cases_of(self, entry: str) -> list[DuplicateCase]:
        """The cases an entry is part of."""
        return await self._load(self._load_cases, entry)

    async def eligibility_of(self, entry: str) -> Eligibility | None:
        """What the clauses say of an entry; None where it was not judged yet."""
        return await self._load(self._load_eligibility, entry)

    async def history_of(self, entry: str) -> list[EntryChange]:
        """What of an entry changed, oldest first."""
        return await self._load(self._load_history, entry)

    async def freshness(self, region: str) -> Freshness | None:
        """How old a region's data is; None for a region outside the viewer's scope."""
        return await self._load(self._load_freshness, region)

    async def freshness_of(self, codes: Sequence[str]) -> list[Freshness | None]:
        """The same of several regions, as it is now."""
        return await self.read(lambda session: freshness(session, self.scope, codes, self.hub.now()))

    async def to_judge(self, region: str) -> int:
        """How many entries of a region wait to be judged."""
        return await self._load(self._load_to_judge, region)

    async def _load_to_judge(self, codes: list[str]) -> list[int]:
        sizes = await in_thread(self.hub.to_judge.get)
        return [sizes.get(code, 0) for code in codes]

    async def _load_entries(self, ids: list[str]) -> list[Entry | None]:
        found = await self.read(lambda session: entries.by_ids(session, self.scope, ids))
        return [found.get(each) for each in ids]

    async def _load_cases(self, ids: list[str]) -> list[list[DuplicateCase]]:
        def work(session: Session) -> list[list[DuplicateCase]]:
            by_entry = CaseStore(session, self.scope).of_entries(ids)
            rows = list({row.id: row for part in by_entry.values() for row in part}.values())
            types = {str(case.id): case for case in cases.load(session, self.scope, rows)}
            found: dict[str, list[DuplicateCase]] = defaultdict(list)
            for entry, part in by_entry.items():
                found[entry] = [types[row.id] for row in part]
            return [found[entry] for entry in ids]

        return await self.read(work)

    async def _load_eligibility(self, ids: list[str]) -> list[Eligibility | None]:
        now = datetime.now(UTC)
        found = await self.read(lambda session: eligibility.load(session, self.scope, ids, now))
        return [found.get(entry) for entry in ids]

    async def _load_history(self, ids: list[str]) -> list[list[EntryChange]]:
        found = await self.read(lambda session: history.load(session, ids))
        return [found.get(each, []) for each in ids]

    async def _load_freshness(self, codes: list[str]) -> list[Freshness | None]:
        return await self.freshness_of(codes)
