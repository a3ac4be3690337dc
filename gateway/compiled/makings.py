"""Makes answers: what several ask at a time is made once, and what one statement can answer together, one does.

A line to the database answers what is quick and ready; all else is done by threads.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final

from gateway.compiled import NotCovered
from gateway.compiled.ages import Ages, AgesAt
from gateway.compiled.asked import Asked
from gateway.compiled.kept import Answer, KeptAnswers
from gateway.compiled.operation import Bound, Told, answers, ask
from gateway.compiled.standing_line import StandingLine
from gateway.hub import Hub
from gateway.limits.extension import REFUSED
from gateway.limits.refusals import too_slow
from gateway.offloading import hand_over
from schema.errors import RequestError
from sync.database import DatabaseFault
from sync.scope import Scope

if TYPE_CHECKING:
    from sync.repository.line import Line

_TOGETHER: Final = 64  # operations that are answered by one statement
_Key = tuple[object, Scope, str]  # what may be answered together, for whom, at which version
_log: Final = logging.getLogger("dexhub.gateway")


class _Making:
    """Answers that are made together: what is asked for, by whom and since when. Others may join until it is begun."""

    def __init__(self, within: Scope, version: str) -> None:
        self.within, self.version = within, version
        self.asked: dict[Bound, list[tuple[Asked, float]]] = {}


class Makings:
    """One for an application."""

    def __init__(self, hub: Hub, kept: KeptAnswers, line: StandingLine) -> None:
        self._hub, self._kept, self._line = hub, kept, line
        self._limits = hub.settings.limits
        self._ages = Ages(hub)
        self._open: dict[_Key, _Making] = {}  # that may still be joined
        self._begun: list[tuple[_Key, _Making]] = []
        self._joining = threading.Lock()

    def join(self, asked: Asked, bound: Bound, within: Scope, version: str) -> None:
        """Have an answer made, from `begin` on."""
        key = bound.joinable, within, version
        with self._joining:
            making = self._open.get(key)
            if making is None or (bound not in making.asked and len(making.asked) >= _TOGETHER):
                making = self._open[key] = _Making(within, version)
                self._begun.append((key, making))
            making.asked.setdefault(bound, []).append((asked, time.monotonic()))

    def begin(self) -> None:
        """With what is not begun."""
        begun, self._begun = self._begun, []
        line = self._line.now()
        for key, making in begun:
            try:
                is_asked = line is not None and self._asked(line, key, making)
            except Exception as error:  # noqa: BLE001  a thread does it, and tells it
                log_unexpected(error)
                is_asked = False
            if not is_asked:
                is_large = any(bound.is_large for bound in making.asked)
                hand_over(partial(self._made, key, making), partial(self._tell, making), is_large=is_large)

    def _asked(self, line: "Line", key: _Key, making: _Making) -> bool:
        """Whether a line was asked. It is nobody's in particular: within a region, it is a session that tells the database so."""
        ages = self._ages.known(making.within, making.version)
        if making.within.region is not None or ages is None:
            return False

        def then(told: Callable[[], Sequence[Told]]) -> None:
            self._tell(making, lambda: [_answer(each, ages) for each in told()])

        if not ask(list(making.asked), line, making.within, then):
            return False
        self._close(key, making)
        return True

    def _close(self, key: _Key, making: _Making) -> None:
        """Nobody may join any more."""
        with self._joining:
            if self._open.get(key) is making:
                del self._open[key]

    def _made(self, key: _Key, making: _Making) -> Sequence[Answer]:
        self._close(key, making)
        with self._hub.database.glance(making.within) as session:
            told = answers(list(making.asked), session, making.within)
            some = any(found for _, found in told)
            ages = self._ages.at(making.within, making.version, session) if some else None
        return [_answer(each, ages) for each in told]

    def _tell(self, making: _Making, found: Callable[[], Sequence[Answer]]) -> None:
        try:
            made = found()
        except Exception as error:  # noqa: BLE001  the ordinary way tells it
            log_unexpected(error)
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


def log_unexpected(error: Exception) -> None:
    """Of what the ordinary way tells, log what should not have been."""
    if not isinstance(error, NotCovered | DatabaseFault):
        _log.error("a request could not be answered ahead", exc_info=error)


def _answer(told: Told, ages: AgesAt | None) -> Answer:
    data, found = told
    if not found or ages is None:
        return Answer(b'{"data":%b}' % data, None)
    beside, until = ages.beside(found)
    return Answer(b'{"data":%b,"extensions":%b}' % (data, beside), until)
