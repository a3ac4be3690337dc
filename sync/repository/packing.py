"""Rows as they are stored: JSON, compressed with Zstandard."""

import threading
from typing import Any

import orjson
import zstandard

_LEVEL = -1  # a sixth larger than level 1 on rows of 2 kB, in half the time
_LARGEST = 16 * 1024 * 1024  # bytes; what is larger than that was not packed here
_own = threading.local()  # a compressor is not for several threads, and making one costs five times what a row does


def packed(payload: bytes) -> bytes:
    """A payload as it is stored."""
    if not hasattr(_own, "compressor"):
        _own.compressor = zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True)
    body: bytes = _own.compressor.compress(payload)
    return body


def unpacked(body: bytes) -> dict[str, Any]:
    """A stored payload as a row."""
    row: dict[str, Any] = orjson.loads(unpacked_bytes(body))
    return row


def unpacked_bytes(body: bytes) -> bytes:
    """A stored payload as it was packed."""
    payload: bytes = zstandard.decompress(body, _LARGEST)
    return payload
