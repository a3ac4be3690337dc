"""Spreads work over processes that share what was read before they parted, so that nothing large is copied to them.

Only for a command of its own: a process that serves others has threads, and parting under threads may hang.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")

_work: list[
    Callable[[Any], Any]
] = []  # what the processes do; set just before they part, since closures cannot be sent


def mapped(work: Callable[[Piece], Result], pieces: Sequence[Piece], workers: int) -> Iterator[Result]:
    """The results in the order of `pieces`; with one worker, or one piece, in this process."""
    if workers < 2 or len(pieces) < 2:
        yield from map(work, pieces)
        return
    _work.append(work)
    try:
        with multiprocessing.get_context("fork").Pool(min(workers, len(pieces))) as pool:
            yield from pool.imap(_run, pieces)
    finally:
        _work.pop()


def _run(piece: Any) -> Any:  # noqa: ANN401  whatever the work takes and gives
    return _work[-1](piece)


def slices(count: int, size: int) -> list[slice]:
    """`count` things in slices of `size`."""
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]
