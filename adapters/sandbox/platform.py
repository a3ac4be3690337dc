"""The frame of a simulated platform: a real aiohttp server that speaks one province's dialect, with fault switches.

A province's sandbox.py gives `render` (a registration in its own shape), `routes`, and `SPOIL`: which field to break for
each flaw. Faults: `platform.fault = Fault("status", 503, times=2)` breaks the next two answers. What happens on the
platform between two answers: `platform.after_answer = callable`.
"""

import hashlib
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

import orjson
from aiohttp import web

from adapters.base import Adapter
from adapters.sandbox.faults import Fault, Handler
from adapters.sandbox.profile import Profile
from adapters.sandbox.registrations import Registration
from adapters.transport import Endpoint


class Platform(ABC):
    """One province's platform with its entries, in order of last change."""

    # Which top-level field of a rendered row each flaw breaks, and with what: {"no_title": ("projectName", "")}.
    SPOIL: ClassVar[Mapping[str, tuple[str, Any]]]

    def __init__(self, adapter: Adapter, registrations: Iterable[Registration], secret_seed: int = 0) -> None:
        self.adapter = adapter
        self.secret = hashlib.sha256(f"{secret_seed}/{adapter.manifest.slug}".encode()).hexdigest()
        self.fault: Fault | None = None
        self.after_answer: Callable[[], None] | None = None
        self._given: deque[web.Response] = deque(maxlen=2)
        self._rows: dict[str, tuple[datetime, dict[str, Any]]] = {}
        self._order: list[tuple[datetime, str]] = []
        for registration in registrations:
            self._rows[registration.native_id] = (registration.updated_at, self._spoiled(registration))
        self._sort()

    @staticmethod
    @abstractmethod
    def profile(adapter: Adapter) -> Profile:
        """What the generator must know of this province."""

    @abstractmethod
    def render(self, registration: Registration) -> dict[str, Any]:
        """One entry in the platform's own shape."""

    @abstractmethod
    def cancel(self, native_id: str, at: datetime) -> None:
        """Withdraw an entry, leaving of it what this platform leaves."""

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """The platform's own interface."""

    def endpoint(self, url: str) -> Endpoint:
        """How the hub reaches it."""
        return Endpoint(url, key_id="dexhub", secret=self.secret)

    def put(self, registration: Registration) -> None:
        """Add an entry, or change it."""
        self._rows[registration.native_id] = (registration.updated_at, self._spoiled(registration))
        self._sort()

    def remove(self, native_id: str, at: datetime, tombstone: dict[str, Any] | None = None) -> None:
        """Take an entry off the platform, leaving `tombstone` in its place where the dialect has them."""
        if tombstone is None:
            del self._rows[native_id]
        else:
            self._rows[native_id] = (at, tombstone)
        self._sort()

    def rows(self, since: datetime | None = None) -> list[dict[str, Any]]:
        """The rows changed at or after `since`, oldest change first."""
        start = 0 if since is None else bisect_left(self._order, (since, ""))
        return [self._rows[native_id][1] for _, native_id in self._order[start:]]

    def rows_of(self, native_ids: Iterable[str]) -> list[dict[str, Any]]:
        """The rows of these entries, without those that are not there."""
        return [self._rows[native_id][1] for native_id in native_ids if native_id in self._rows]

    def dated_rows(self) -> list[tuple[datetime, dict[str, Any]]]:
        """All rows with the time of their last change."""
        return [self._rows[native_id] for _, native_id in self._order]

    def warm(self) -> None:  # noqa: B027  most dialects have nothing to prepare
        """Prepare what the platform would have ready before anyone asks; nothing for most dialects."""

    def application(self) -> web.Application:
        """The server's application."""
        application = web.Application(middlewares=[self._faulty], client_max_size=1 << 20)
        application.add_routes(self.routes())
        return application

    def _sort(self) -> None:
        self._order = sorted((moment, native_id) for native_id, (moment, _) in self._rows.items())

    def _spoiled(self, registration: Registration) -> dict[str, Any]:
        row = self.render(replace(registration, flaw=None))
        if registration.flaw is not None:
            name, value = self.SPOIL[registration.flaw]
            row = {**row, name: value}
        return row

    @web.middleware
    async def _faulty(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = self.fault
        if fault is not None:
            self.fault = fault.used()
        answer = await (
            handler(request) if fault is None or fault.after else fault.spoilt(request, handler, self._given)
        )
        if isinstance(answer, web.Response):
            self._given.append(answer)
        if self.after_answer is not None:
            self.after_answer()
        return answer


def json_response(content: Any, status: int = 200) -> web.Response:  # noqa: ANN401  any JSON value
    """JSON, UTF-8, unescaped."""
    return web.Response(body=orjson.dumps(content), status=status, content_type="application/json")
