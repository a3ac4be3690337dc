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
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from functools import cache, partial
from itertools import chain
from typing import Final, Literal

import orjson
from starlette.types import Scope
from strawberry import Schema

from adapters.registry import regions
from gateway.admission import address_of, entering, known_viewer, viewer_at
from gateway.auth import Viewer
from gateway.compiled import NotCovered
from gateway.compiled.kept import Answer, KeptAnswers
from gateway.compiled.operation import Bound, answers
from gateway.compiled.recognition import Recognition
from gateway.context import Context
from gateway.freshness import Reads, beside, good_until, reads, stated
from gateway.headers import said
from gateway.hub import Hub
from gateway.limits.extension import REFUSED
from gateway.limits.refusals import too_slow
from gateway.offloading import Outcome, hand_over
from gateway.trusted_documents import TrustedDocuments
from schema.errors import RequestError
from sync.database import DatabaseFault
from sync.scope import Scope as Within

_TOGETHER: Final = 64  # operations that are answered by one statement
_log: Final = logging.getLogger("dexhub.gateway")

_Shown = tuple[str, str | None]  # an address and a header, by which it is known who asks
_Key = tuple[object, Within, str]  # what may be answered together, for whom, at which version


class Asked(ABC):
    """A request for the graph that has come as a whole: ASGI's scope, and what was sent with it. The scope's state holds its context
    once it is known who asks.
    """

    __slots__ = ("raw", "scope")

    def __init__(self, scope: Scope, raw: bytes) -> None:
        self.scope, self.raw = scope, raw

    @abstractmethod
    def then(self, outcome: Answer | RequestError | None) -> None:
        """What came of it, once: an answer, a refusal, or None where the ordinary way has to answer."""

    @property
    def by_get(self) -> bool:
        """Whether the address says what is asked for."""
        return bool(self.scope["method"] == "GET")


class _Making:
    """Answers that are made together: what is asked for, by whom and since when. Others may join until a thread begins with it."""

    def __init__(self, within: Within, version: str) -> None:
        self.within, self.version = within, version
        self.asked: dict[Bound, list[tuple[Asked, float]]] = {}


class _Later(Enum):
    """What came of a request is told once its answer is made."""

    LATER = "later"


LATER: Final = _Later.LATER
_Found = Answer | RequestError | Literal[_Later.LATER] | None


class Turns:
    """One for an application."""

    def __init__(self, hub: Hub, schema: Schema, documents: TrustedDocuments) -> None:
        self._hub = hub
        self._limits = hub.settings.limits
        self._recognition = Recognition(hub.settings.limits, schema, documents)
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

    def admit(self, scope: Scope) -> None:
        """RequestError for an address that may not knock."""
        self._hub.rates.admit(address_of(scope))

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
        except Exception as error:  # noqa: BLE001  the ordinary way tells it
            _log_unexpected(error)
            for asked in turn:
                asked.then(None)
            return
        told: _Found
        viewers: dict[_Shown, Viewer] = {}
        unknown: dict[_Shown, list[Asked]] = defaultdict(list)
        for asked in turn:
            shown = address_of(asked.scope), said(asked.scope, b"authorization")
            try:
                viewer = viewers.get(shown) or known_viewer(self._hub, asked.scope, version)
                if viewer is None:
                    unknown[shown].append(asked)
                    continue
                viewers[shown] = viewer
                told = self._answer(asked, entering(self._hub, asked.scope, viewer), version)
            except Exception as error:  # noqa: BLE001  as above
                told = _refusal(error)
            if told is not LATER:
                asked.then(told)
        self._begin()
        for together in unknown.values():
            task = asyncio.get_running_loop().create_task(self._introduced(together, version))
            self._admissions.add(task)
            task.add_done_callback(self._admissions.discard)

    async def _introduced(self, together: Sequence[Asked], version: str) -> None:
        """Those who show the same: a key that was looked up for the first is known of the others."""
        told: _Found
        for asked in together:
            try:
                told = self._answer(asked, await viewer_at(self._hub, asked.scope, version), version)
            except Exception as error:  # noqa: BLE001  as above
                told = _refusal(error)
            if told is not LATER:
                asked.then(told)
        self._begin()

    def _answer(self, asked: Asked, viewer: Viewer, version: str) -> _Found:
        context = asked.scope["state"]["context"] = Context(self._hub, viewer, said(asked.scope, b"authorization"))
        try:
            bound = self._recognition.paid(asked.raw, context, by_get=asked.by_get)
        except (NotCovered, RequestError):
            return None
        kept = self._kept.find(bound, viewer.scope, version, self._hub.now())
        if kept is None:
            self._make(asked, bound, viewer.scope, version)
        return kept or LATER

    def _make(self, asked: Asked, bound: Bound, within: Within, version: str) -> None:
        key = bound.joinable, within, version
        with self._joining:
            making = self._makings.get(key)
            if making is None or (bound not in making.asked and len(making.asked) >= _TOGETHER):
                making = self._makings[key] = _Making(within, version)
                self._begun.append((key, making))
            making.asked.setdefault(bound, []).append((asked, time.monotonic()))

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
        except Exception as error:  # noqa: BLE001  as above
            _log_unexpected(error)
            for asked, _ in chain.from_iterable(making.asked.values()):
                asked.then(None)
            return
        latest = time.monotonic() - self._limits.seconds
        for (bound, together), answer in zip(making.asked.items(), made, strict=True):
            self._kept.keep(bound, making.within, making.version, answer)
            for asked, since in together:
                asked.then(self._too_late(asked) if since < latest else answer)

    def _too_late(self, asked: Asked) -> RequestError:
        asked.scope["state"]["context"].fine(REFUSED)
        return too_slow(self._limits.seconds)

    def _aged(self, read: Reads, within: Within, codes: Sequence[str]) -> tuple[bytes, datetime | None]:
        ages = stated(read, within, codes, self._hub.now())
        return orjson.dumps(beside(codes, ages)), good_until(ages)


def _refusal(error: Exception) -> RequestError | None:
    """What an error is to whoever asked."""
    if isinstance(error, RequestError):
        return error
    _log_unexpected(error)
    return None


def _log_unexpected(error: Exception) -> None:
    if not isinstance(error, NotCovered | DatabaseFault):
        _log.error("a request could not be answered ahead", exc_info=error)


def _beside(data: bytes, ages: bytes, until: datetime | None) -> Answer:
    return Answer(b'{"data":%b,"extensions":%b}' % (data, ages), until)
