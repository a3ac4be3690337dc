"""Answers what was asked before without the pipeline: a document that was once measured, parsed, validated and compiled there is
recognised by its text, and only what depends on this request is done again.

That is: who asks, what it costs with these variables and whether the asker has as much left, the answer itself. Everything
unusual (another media type, a document that is not trusted, a refused value, a field that fails) goes the ordinary way, which
tells it in its own words; whoever was recognised, and what was paid, is known there already.

Whoever asks while the database is looked at for others is next, in one turn with all who came meanwhile: one look serves a turn, and
what one statement can answer together, it does. Under load that is what makes a request cheap; a single one waits for nobody.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial
from typing import Final, Literal

from starlette.types import Scope
from strawberry import Schema

from gateway.admission import address_of, entering, known_viewer, viewer_at
from gateway.auth import Viewer
from gateway.compiled import NotCovered
from gateway.compiled.asked import Asked
from gateway.compiled.kept import Answer, KeptAnswers
from gateway.compiled.makings import Makings, log_unexpected
from gateway.compiled.recognition import Recognition
from gateway.compiled.standing_line import StandingLine
from gateway.context import Context
from gateway.headers import said
from gateway.hub import Hub
from gateway.offloading import Outcome, hand_over
from gateway.trusted_documents import TrustedDocuments
from schema.errors import RequestError

_Shown = tuple[str, str | None]  # an address and a header, by which it is known who asks


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
        self.line = StandingLine(hub.database)
        self._makings = Makings(hub, self._kept, self.line)
        self._next: list[Asked] = []
        self._looking = False
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
        line = self.line.now()
        if line is None:
            hand_over(self._hub.version.look, partial(self._looked, turn))
        else:
            self._hub.version.ask(line, partial(self._looked, turn))

    def _looked(self, turn: Sequence[Asked], found: Callable[[], str]) -> None:
        if self._next:
            self._look()
        else:
            self._looking = False
        self._take(turn, found)

    def _take(self, turn: Sequence[Asked], found: Callable[[], str]) -> None:
        try:
            version = found()
        except Exception as error:  # noqa: BLE001  the ordinary way tells it
            log_unexpected(error)
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
        self._makings.begin()
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
        self._makings.begin()

    def _answer(self, asked: Asked, viewer: Viewer, version: str) -> _Found:
        context = asked.scope["state"]["context"] = Context(self._hub, viewer, said(asked.scope, b"authorization"))
        try:
            bound = self._recognition.paid(asked.raw, context, by_get=asked.by_get)
        except (NotCovered, RequestError):
            return None
        kept = self._kept.find(bound, viewer.scope, version, self._hub.now())
        if kept is None:
            self._makings.join(asked, bound, viewer.scope, version)
        return kept or LATER


def _refusal(error: Exception) -> RequestError | None:
    """What an error is to whoever asked."""
    if isinstance(error, RequestError):
        return error
    log_unexpected(error)
    return None
