"""Ids a part at a time, as many as one statement takes."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

_T = TypeVar("_T")
_MOST: Final = 1000  # SQLite's limit on parameters is 32,766, PostgreSQL's 65,535


def in_parts(ids: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """`ids` in their order; none at all where there are none."""
    return (ids[start : start + _MOST] for start in range(0, len(ids), _MOST))
