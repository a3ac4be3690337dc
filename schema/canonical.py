"""Canonical JSON (RFC 8785): one text for one content, so that equal contents have equal digests wherever they are made."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import orjson

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
_LARGEST = 2**53  # beyond it, numbers of JSON are not exact everywhere


def canonical(value: Json) -> bytes:
    """`value` with sorted keys, no spaces, in UTF-8. Numbers must be whole and keys ASCII: those are the cases in which
    orjson's order and spelling are RFC 8785's; ValueError for anything else.
    """
    _check(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _check(value: object) -> None:
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= _LARGEST):
        raise ValueError(f"{value} has no canonical form here")
    if isinstance(value, dict):
        if not all(key.isascii() for key in value):
            raise ValueError("a key outside ASCII has no canonical order here")
        for each in value.values():
            _check(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _check(each)
