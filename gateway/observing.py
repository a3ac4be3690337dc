"""What happens can be seen: one line of JSON for each request and figures for a monitor, neither with anything personal.

A line names the route by its template, never by its address: an address may hold a query, and a query anything. Who asked
is a key's prefix. Errors that nobody expected are logged whole under their reference, with every long number hidden.
"""

import asyncio
import logging
import random
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TextIO

import orjson
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.tracing import Traces
from schema.errors import redact_all, unnumbered

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
_requests: Final = logging.getLogger("dexhub.requests")
_METHODS: Final = ("GET", "POST", "HEAD")
_CHILDREN: Final = 1000  # of routes, methods and statuses
_TOGETHER: Final = 0.1  # seconds that lines of requests wait for each other
BEGAN: Final = "began"  # in a scope's state: when a request came that took this way later
_hidden: Final = lru_cache(1000)(redact_all)  # of holders of keys
_chance: Final = random.Random()  # noqa: S311  a number that names a request; the system's own would hand the interpreter over


class Figures:
    """The figures of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "dexhub_requests", "Requests answered", ["route", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "dexhub_request_seconds", "Time to answer", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self.running = 0  # requests; the loop's thread alone says so
        Gauge("dexhub_requests_running", "Requests being answered", registry=self.registry).set_function(
            lambda: self.running
        )
        self.refusals = Counter("dexhub_refusals", "Requests refused, by code", ["code"], registry=self.registry)
        self.cost = Counter("dexhub_cost", "Units of cost that operations were charged", registry=self.registry)
        self._answered = lru_cache(_CHILDREN)(self.requests.labels)
        self._took = lru_cache(_CHILDREN)(self.seconds.labels)

    def note(self, route: str, method: str, status: int, seconds: float, code: str | None) -> None:
        """One request that was answered."""
        self._answered(route, method, status).inc()
        self._took(route).observe(seconds)
        if code:
            self.refusals.labels(code).inc()

    def text(self) -> bytes:
        """As Prometheus reads it."""
        return generate_latest(self.registry)


class Observed:
    """Notes every request: stands outside everything else, so that what others refuse is noted too."""

    def __init__(self, app: ASGIApp, figures: Figures, traces: Traces | None) -> None:
        self._app = app
        self._figures = figures
        self._traces = traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through, then say how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state, status = scope.setdefault("state", {}), 499  # gone before an answer
        started = state.pop(BEGAN, None) or time.perf_counter()
        state["request_id"] = number = request_number()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode())]
            await send(message)

        span = self._traces.begin(scope) if self._traces else None
        self._figures.running += 1
        try:
            await self._app(scope, receive, noting)
        finally:
            self._figures.running -= 1
            told = note(self._figures, scope, _template(scope), status, time.perf_counter() - started)
            if self._traces and span:
                self._traces.end(span, told)


def request_number() -> str:
    """By which a request is found in the log."""
    return unnumbered(f"{_chance.getrandbits(64):016x}")


def note(figures: Figures, scope: Scope, route: str, status: int, seconds: float) -> dict[str, Any]:
    """Count a request that was answered, and log it; what the log says."""
    state, method = scope["state"], scope["method"] if scope["method"] in _METHODS else "other"
    code = state.get("code")
    figures.note(route, method, status, seconds, code)
    told = {
        "request": state["request_id"], "route": route, "method": method, "status": status,
        "ms": round(seconds * 1000, 1), "holder": _hidden(state.get("holder") or "") or None, "code": code,
        "event": "request",
    }  # fmt: skip
    request_log.tell(told)
    return told


class _RequestLog:
    """Logs requests several together: a record for each would take as long as an answer that is kept, and each write hands the
    interpreter to another thread. Whatever else is logged, and the end of the process, brings those that wait out before it.
    """

    def __init__(self) -> None:
        self._waiting: list[dict[str, Any]] = []
        self._promised_by: asyncio.AbstractEventLoop | None = None

    def tell(self, told: Mapping[str, Any]) -> None:
        """Have it logged, soon where a loop runs that will do it."""
        if not _requests.isEnabledFor(logging.INFO):
            return
        line = {**told, "level": "info", "logger": _requests.name, "timestamp": time.time()}
        self._waiting.append(line)  # in one step, as another thread may be writing
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.write()
            return
        if len(self._waiting) == 1 or loop is not self._promised_by:
            self._promised_by = loop
            loop.call_later(_TOGETHER, self.write)

    def write(self) -> None:
        """Log what waits."""
        together, self._waiting = self._waiting, []
        if together:
            _requests.handle(logging.LogRecord(_requests.name, logging.INFO, "", 0, together, None, None))


request_log: Final = _RequestLog()


def _template(scope: Scope) -> str:
    route = scope.get("route")
    return (
        "unmatched" if route is None else str(getattr(route, "path", "")) or "/graphql"
    )  # which is a router's own root


class _Lines(logging.Formatter):
    """Makes lines of JSON. Those of requests, which are the most, hold nothing that has to be looked for."""

    def format(self, record: logging.LogRecord) -> str:
        """A line, or one for each of some requests."""
        if record.name == _requests.name and isinstance(record.msg, list):
            return "\n".join(map(_line, record.msg))
        told = {"level": record.levelname.lower(), "logger": record.name, "timestamp": record.created}
        return _line(self._told(record) | told)

    def _told(self, record: logging.LogRecord) -> dict[str, str]:
        told = {"event": record.getMessage()}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        # Halves of characters, which JSON cannot hold, are what a client may well have sent.
        return {name: redact_all(text.encode("utf-8", "backslashreplace").decode()) for name, text in told.items()}


def _line(told: Mapping[str, Any]) -> str:
    moment = datetime.fromtimestamp(told["timestamp"], UTC)
    return orjson.dumps({**told, "timestamp": moment}, option=orjson.OPT_UTC_Z).decode()


class _Log(logging.StreamHandler[TextIO]):
    """Writes lines, in order."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it behind the requests that wait."""
        if record.name != _requests.name:
            request_log.write()
        super().emit(record)

    def flush(self) -> None:
        """Write what waits."""
        request_log.write()
        super().flush()


def configure(level: str, stream: TextIO = sys.stderr) -> None:
    """Have everything that is logged, by us or by libraries, leave as lines of JSON on `stream`, with every number
    hidden that could be a person's. Strawberry's own log is shut: it holds what clients wrote.
    """
    handler = _Log(stream)
    handler.setFormatter(_Lines())
    # No line tells them, and each record would look them up.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("strawberry.execution").setLevel(logging.CRITICAL + 1)
    logging.getLogger("uvicorn.access").setLevel(logging.CRITICAL + 1)
