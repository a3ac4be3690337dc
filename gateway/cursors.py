"""Cursors: where a row stands in an order, in a form that clients pass on and do not read.

A cursor holds its version, the order that it belongs to and the value of each of its keys, under a digest. The digest keeps out
what was cut off, mistyped or made up; it is no secret, as a cursor opens nothing that its holder could not ask for anyway.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from schema.errors import Problem, RequestError
from sync.repository.keyset import Key, Place

_VERSION: Final = 1
_DIGEST: Final = 6  # bytes
_LONGEST: Final = 4096
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def encode(order: Sequence[Key], place: Place) -> str:
    """The cursor of a place."""
    body = orjson.dumps([_VERSION, _signature(order), [_plain(value) for value in place]])
    return base64.urlsafe_b64encode(_digest(body) + body).decode().rstrip("=")


def decode(order: Sequence[Key], cursor: str, name: str) -> Place:
    """The place behind a cursor that was given as the argument `name`; RequestError where it is none of ours, or of another
    order.
    """
    try:
        return _decoded(order, cursor)
    except (ValueError, TypeError, OverflowError):
        raise RequestError(
            Problem(
                "CURSOR_INVALID",
                name,
                value=cursor[:80],
                zh="游标无效，或属于另一种排序",
                en="the cursor is not one of ours, or belongs to another sort",
                remedy_zh="使用同一查询所得的 endCursor（向后）或 startCursor（向前），不改动排序",
                remedy_en="use endCursor (forward) or startCursor (backward) of the same query with the same sort",
            )
        ) from None


def _decoded(order: Sequence[Key], cursor: str) -> Place:
    if len(cursor) > _LONGEST * 8:  # titles have no bound of their own
        raise ValueError(len(cursor))
    packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    digest, body = packed[:_DIGEST], packed[_DIGEST:]
    if digest != _digest(body):
        raise ValueError(cursor)
    version, signature, values = orjson.loads(body)
    if version != _VERSION or signature != _signature(order):
        raise ValueError(signature)
    return tuple(_value(key, value) for key, value in zip(order, values, strict=True))


def _signature(order: Sequence[Key]) -> str:
    return " ".join(f"{key.name}{'-' if key.descending else '+'}" for key in order)


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST).digest()


def _plain(value: Any) -> Any:  # noqa: ANN401  whatever a column holds
    return (value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else value


def _value(key: Key, value: Any) -> Any:  # noqa: ANN401  as above
    if value is None and key.nullable:
        return None
    if key.kind is datetime and isinstance(value, int):
        return _EPOCH + value * _MICROSECOND
    if isinstance(value, str) and "\x00" in value:  # which no database takes
        raise ValueError(value)
    if not isinstance(value, (int, float) if key.kind is float else key.kind):
        raise TypeError(value)
    return value
