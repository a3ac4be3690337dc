"""What happens can be seen: one line of JSON for each request and figures for a monitor, neither with anything personal.

A line names the route by its template, never by its address: an address may hold a query, and a query anything. Who asked
is a key's prefix. Errors that nobody expected are logged whole under their reference, with every long number hidden.
"""

import asyncio
import logging
import random
import sys
import time
from contextlib import nullcontext
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
        self.running = Gauge("dexhub_requests_running", "Requests being answered", registry=self.registry)
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
        state, started, status = scope.setdefault("state", {}), time.perf_counter(), 499  # gone before an answer
        state["request_id"] = number = unnumbered(f"{_chance.getrandbits(64):016x}")

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode())]
            await send(message)

        span = self._traces.begin(scope) if self._traces else None
        self._figures.running.inc()
        try:
            await self._app(scope, receive, noting)
        finally:
            self._figures.running.dec()
            told = self._note(scope, status, time.perf_counter() - started)
            if self._traces and span:
                self._traces.end(span, told)

    def _note(self, scope: Scope, status: int, seconds: float) -> dict[str, Any]:
        state, method = scope["state"], scope["method"] if scope["method"] in _METHODS else "other"
        route, code = _template(scope), state.get("code")
        self._figures.note(route, method, status, seconds, code)
        told = {
            "request": state["request_id"], "route": route, "method": method, "status": status,
            "ms": round(seconds * 1000, 1), "holder": redact_all(state.get("holder") or "") or None, "code": code,
            "event": "request",
        }  # fmt: skip
        if _requests.isEnabledFor(logging.INFO):
            _requests.handle(logging.LogRecord(_requests.name, logging.INFO, "", 0, told, None, None))
        return told


def _template(scope: Scope) -> str:
    route = scope.get("route")
    return (
        "unmatched" if route is None else str(getattr(route, "path", "")) or "/graphql"
    )  # which is a router's own root


class _Lines(logging.Formatter):
    """Makes lines of JSON. Those of requests, which are the most, hold nothing that has to be looked for."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        told = record.msg if record.name == _requests.name and isinstance(record.msg, dict) else self._told(record)
        moment = datetime.fromtimestamp(record.created, UTC)
        told = {**told, "level": record.levelname.lower(), "logger": record.name, "timestamp": moment}
        return orjson.dumps(told, option=orjson.OPT_UTC_Z).decode()

    def _told(self, record: logging.LogRecord) -> dict[str, str]:
        told = {"event": record.getMessage()}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        # Halves of characters, which JSON cannot hold, are what a client may well have sent.
        return {name: redact_all(text.encode("utf-8", "backslashreplace").decode()) for name, text in told.items()}


class _Log(logging.StreamHandler[TextIO]):
    """Writes lines, those of requests several at a time: each write by itself would hand the interpreter to another thread. Whatever
    else is logged, and the end of the process, brings those that wait out before it.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._waiting: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Write it, or have it wait where a loop runs that will write it."""
        if record.name == _requests.name and (loop := _running()):
            self._waiting.append(self.format(record))
            if len(self._waiting) == 1:
                loop.call_later(_TOGETHER, self.flush)
        else:
            self.flush()
            super().emit(record)

    def flush(self) -> None:
        """Write what waits."""
        with self.lock or nullcontext():
            waiting, self._waiting = self._waiting, []
            if waiting:
                self.stream.write("\n".join([*waiting, ""]))
        super().flush()


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


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
