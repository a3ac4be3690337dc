"""Draws from small collections. `random`'s own take three times as long, and a corpus makes some fifty draws an entry."""

import random
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


def one_of(rng: random.Random, items: Sequence[_T]) -> _T:
    """Any one item."""
    return items[int(rng.random() * len(items))]


def some(rng: random.Random, items: Sequence[_T], count: int) -> list[_T]:
    """`count` different items."""
    left = list(items)
    return [left.pop(int(rng.random() * len(left))) for _ in range(count)]
