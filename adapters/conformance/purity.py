"""Watches what the interpreter is asked to do with the world outside: sockets, files, processes, databases."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Final

_OUTSIDE: Final = (
    "socket.",
    "open",
    "subprocess.",
    "os.",
    "shutil.",
    "sqlite3.",
    "urllib.",
    "http.",
    "ftplib.",
    "smtplib.",
)
_touched: ContextVar[list[str] | None] = ContextVar("touched", default=None)


@contextmanager
def watched() -> Iterator[list[str]]:
    """The names of all dealings with the world outside while the context lasts; each of them is refused."""
    _listen()
    touched: list[str] = []
    token = _touched.set(touched)
    try:
        yield touched
    finally:
        _touched.reset(token)


@cache
def _listen() -> None:
    """Audit hooks stay for good: one is enough, and it is idle unless a context asks for it."""
    sys.addaudithook(_heard)


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    del arguments
    touched = _touched.get()
    if touched is not None and event.startswith(_OUTSIDE):
        touched.append(event)
        raise PermissionError(f"mapping must not touch the world outside: {event}")
