"""Answers what was asked before without the pipeline: a document that was once measured, parsed, validated and compiled there is
recognised by its text, and only what depends on this request is done again.

That is: who asks, what it costs with these variables and whether the asker has as much left, the answer itself. Everything
unusual (another media type, a document that is not trusted, a refused value, a field that fails) goes the ordinary way, which
tells it in its own words; whoever was recognised, and what was paid, is known there already.

Whoever asks while the database is looked at for others is next, in one turn with all who came meanwhile: one look serves a turn, and
what the same thread can answer together, it does. Under load that is what makes a request cheap; a single one waits for nobody.
"""

import asyncio
import logging
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache, partial
from itertools import chain
from typing import Any, Final

import orjson
from starlette.datastructures import QueryParams
from starlette.types import Scope
from strawberry import Schema

from adapters.registry import regions
from gateway import negotiation
from gateway.admission import address_of, entering, known_viewer, viewer_at
from gateway.auth import Viewer
from gateway.compiled import NotCovered
from gateway.compiled.kept import Answer, KeptAnswers
from gateway.compiled.operation import Bound, Compiled, answers, known
from gateway.context import Context
from gateway.freshness import Reads, beside, good_until, reads, stated
from gateway.graphql_router import json_object
from gateway.headers import said
from gateway.hub import Hub
from gateway.limits.extension import REFUSED
from gateway.limits.refusals import too_slow
from gateway.offloading import Outcome, hand_over
from gateway.trusted_documents import TrustedDocuments
from schema.errors import RequestError
from schema.held_json import held
from sync.database import DatabaseFault
from sync.scope import Scope as Within

_MEASURED: Final = 5000  # operations with the sizes of their pages
_REQUESTS: Final = 2500  # by their bytes, which are not read again
_LONGEST: Final = 8000  # bytes of one that is kept
_TOGETHER: Final = 64  # operations that are answered by one statement
_STREAMS: Final = ("text/event-stream", "multipart/")  # media types whose answers come in pieces
_log: Final = logging.getLogger("dexhub.gateway")


_Key = tuple[object, Within, str]  # what may be answered together, for whom, at which version


class Asked:
    """A request for the graph that has come as a whole: ASGI's scope, and what was sent with it. The scope's state holds its context
    once it is known who asks.
    """

    __slots__ = ("raw", "scope")

    def __init__(self, scope: Scope, raw: bytes) -> None:
        self.scope, self.raw = scope, raw

    def then(self, outcome: Answer | RequestError | None) -> None:
        """What came of it, once: an answer, a refusal, or None where the ordinary way has to answer."""
        raise NotImplementedError

    @property
    def by_get(self) -> bool:
        """Whether the address says what is asked for."""
        return bool(self.scope["method"] == "GET")


class _Making:
    """Answers that are made together: what is asked for, and by whom. Others may join until a thread begins with it."""

    def __init__(self, within: Within, version: str, began: float) -> None:
        self.within, self.version, self.began = within, version, began
        self.asked: dict[Bound, list[Asked]] = {}


class Turns:
    """One for an application."""

    def __init__(self, hub: Hub, schema: Schema, documents: TrustedDocuments) -> None:
        self._hub, self._schema, self._documents = hub, schema, documents
        self._limits = hub.settings.limits
        self._cost = lru_cache(maxsize=_MEASURED)(self._measured)
        self._known = lru_cache(maxsize=_REQUESTS)(self._recognised)
        self._kept = KeptAnswers(hub.settings.kept_answers << 20)
        self._reads: dict[Within, tuple[str, Reads]] = {}  # of regions, by the version at which they were looked up
        self._next: list[Asked] = []
        self._looking = False
        self._makings: dict[_Key, _Making] = {}  # that may still be joined
        self._begun: list[tuple[_Key, _Making]] = []
        self._joining = threading.Lock()
        self._admissions: set[asyncio.Task[None]] = set()

    @property
    def most_bytes(self) -> int:
        """Of a body, as configured."""
        return self._limits.body_bytes

    def ask(self, asked: Asked) -> None:
        """Have it answered, as the data is at some moment after this. A database in this process is looked at at once, which takes
        less time than to share.
        """
        self._next.append(asked)
        if self._hub.version.is_near:
            turn, self._next = self._next, []
            self._take(turn, Outcome(self._hub.version.look))
        elif not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_soon(self._look)  # with all whose requests are being read just now

    def _look(self) -> None:
        turn, self._next = self._next, []
        hand_over(self._hub.version.look, partial(self._looked, turn))

    def _looked(self, turn: Sequence[Asked], found: Outcome[str]) -> None:
        if self._next:
            self._look()
        else:
            self._looking = False
        self._take(turn, found)

    def _take(self, turn: Sequence[Asked], found: Outcome[str]) -> None:
        try:
            version = found()
        except DatabaseFault:  # which the ordinary way tells
            for asked in turn:
                asked.then(None)
            return
        viewers: dict[tuple[str, str | None], Viewer] = {}
        for asked in turn:
            self._admit(asked, version, viewers)
        self._begin()

    def _admit(self, asked: Asked, version: str, viewers: dict[tuple[str, str | None], Viewer]) -> None:
        shown = address_of(asked.scope), said(asked.scope, b"authorization")
        try:
            viewer = viewers.get(shown) or known_viewer(self._hub, asked.scope, version)
            if viewer is None:
                task = asyncio.get_running_loop().create_task(self._introduced(asked, version))
                self._admissions.add(task)
                task.add_done_callback(self._admissions.discard)
            else:
                viewers[shown] = viewer
                self._answer(asked, entering(self._hub, asked.scope, viewer), version)
        except RequestError as error:
            asked.then(error)

    async def _introduced(self, asked: Asked, version: str) -> None:
        try:
            viewer = await viewer_at(self._hub, asked.scope, version)
        except RequestError as error:
            asked.then(error)
        except Exception as error:  # noqa: BLE001  the ordinary way tells it
            if not isinstance(error, DatabaseFault):
                _log.exception("nobody knows who asks")
            asked.then(None)
        else:
            self._answer(asked, viewer, version)
            self._begin()

    def _answer(self, asked: Asked, viewer: Viewer, version: str) -> None:
        context = asked.scope["state"]["context"] = Context(self._hub, viewer, said(asked.scope, b"authorization"))
        try:
            bound = self._paid(asked, context)
        except (NotCovered, RequestError):
            asked.then(None)
            return
        kept = self._kept.find(bound, viewer.scope, version, self._hub.now())
        if kept is not None:
            asked.then(kept)
        else:
            self._make(asked, bound, viewer.scope, version)

    def _paid(self, asked: Asked, context: Context) -> Bound:
        """What is asked for, which the viewer may read and has paid for."""
        recognised = self._known if len(asked.raw) <= _LONGEST else self._recognised
        plan, sizes, bound = recognised(asked.raw, asked.by_get)
        if not bound.may_be_read_by(context.viewer):
            raise NotCovered
        context.spend(self._cost(plan, sizes, context.may_introspect))
        return bound

    def _make(self, asked: Asked, bound: Bound, within: Within, version: str) -> None:
        key = bound.joinable, within, version
        with self._joining:
            making = self._makings.get(key)
            if making is None or (bound not in making.asked and len(making.asked) >= _TOGETHER):
                making = self._makings[key] = _Making(within, version, asyncio.get_running_loop().time())
                self._begun.append((key, making))
            making.asked.setdefault(bound, []).append(asked)

    def _begin(self) -> None:
        """With what the turn found to be made."""
        begun, self._begun = self._begun, []
        for key, making in begun:
            hand_over(partial(self._made, key, making), partial(self._tell, making))

    def _made(self, key: _Key, making: _Making) -> Sequence[Answer]:
        with self._joining:
            if self._makings.get(key) is making:
                del self._makings[key]
        with self._hub.database.glance(making.within) as session:
            told = answers(list(making.asked), session, making.within)
            if not any(found for _, found in told):
                return [Answer(b'{"data":%b}' % data, None) for data, _ in told]
            known, read = self._reads.get(making.within, ("", {}))
            if known != making.version:
                read = reads(session, making.within, regions())
                self._reads[making.within] = making.version, read
        aged = cache(partial(self._aged, read, making.within))
        return [_beside(data, *aged(tuple(sorted(found)))) for data, found in told]

    def _tell(self, making: _Making, found: Outcome[Sequence[Answer]]) -> None:
        try:
            made = found()
        except Exception as error:  # noqa: BLE001  nobody may be left without an answer
            if not isinstance(error, NotCovered | DatabaseFault):
                _log.exception("answers could not be made")
            for asked in chain.from_iterable(making.asked.values()):
                asked.then(None)
            return
        late = asyncio.get_running_loop().time() - making.began > self._limits.seconds
        for (bound, together), answer in zip(making.asked.items(), made, strict=True):
            self._kept.keep(bound, making.within, making.version, answer)
            for asked in together:
                asked.then(self._too_late(asked) if late else answer)

    def _too_late(self, asked: Asked) -> RequestError:
        asked.scope["state"]["context"].fine(REFUSED)
        return too_slow(self._limits.seconds)

    def _aged(self, read: Reads, within: Within, codes: Sequence[str]) -> tuple[bytes, datetime | None]:
        ages = stated(read, within, codes, self._hub.now())
        return orjson.dumps(beside(codes, ages)), good_until(ages)

    def _recognised(self, raw: bytes, by_get: bool) -> tuple[Compiled, bytes, Bound]:  # noqa: FBT001  a part of a key
        """The operation that a body or the query of an address asks for, what decides how much it costs, and it with its variables."""
        asked: dict[str, Any] = dict(QueryParams(raw)) if by_get else json_object(raw)
        for part in ("variables", "extensions") if by_get else ():
            if asked.get(part):
                asked[part] = json_object(asked[part])
        named = self._documents.named(asked)
        plan = self._plan(named)
        given = named.get("variables") or {}
        try:
            variables = held(orjson.dumps(given))
        except TypeError:  # it reads what is nested deeper than it writes
            raise NotCovered from None
        return plan, plan.sizes(given), plan.bound(variables)

    def _plan(self, asked: Mapping[str, Any]) -> Compiled:
        text, name = asked.get("query"), asked.get("operationName")
        if (
            isinstance(text, str)
            and isinstance(name, str | None)
            and all(isinstance(asked.get(part), dict | None) for part in ("variables", "extensions"))
        ):
            plan = known(self._schema, text, name)
            if plan is not None:
                return plan
        raise NotCovered

    def _measured(self, plan: Compiled, sizes: bytes, introspection: bool) -> int:  # noqa: FBT001  a part of a key
        return plan.cost(sizes, self._limits, introspection=introspection)


def _beside(data: bytes, ages: bytes, until: datetime | None) -> Answer:
    return Answer(b'{"data":%b,"extensions":%b}' % (data, ages), until)


def media_of(scope: Scope) -> str | None:
    """The media type of the answer; None where the request is not simply for JSON, by JSON or an address."""
    return _media(scope["method"], said(scope, b"accept"), said(scope, b"content-type"))


@lru_cache
def _media(method: str, accept: str | None, content_type: str | None) -> str | None:
    if method not in ("GET", "POST") or (accept and any(each in accept.lower() for each in _STREAMS)):
        return None
    try:
        if method == "POST":
            negotiation.check_content_type(content_type)
        return negotiation.wanted(accept)
    except RequestError:
        return None
