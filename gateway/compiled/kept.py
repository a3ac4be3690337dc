"""Answers that are kept for as long as nobody commits anything.

What is kept belongs to an operation with its variables and to what a viewer may see, and to the version of the data that was
there before it was worked out. A version never comes back: as long as a later look finds the same one, nothing was committed
since, so the answer is what it would be now. Only the ages of regions grow by themselves; an answer that tells one is good until
the next is a minute older.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from gateway.compiled.operation import Bound
from sync.scope import Scope

_OVERHEAD: Final = 500  # bytes about an answer
_LARGEST: Final = 16  # that many answers find room at least


@dataclass(frozen=True)
class Answer:
    """An answer as it is sent, and until when it is true by itself, None for ever."""

    body: bytes
    until: datetime | None

    @cached_property
    def tag(self) -> str:
        """By which a client says that it has this answer."""
        return f'"{hashlib.blake2b(self.body, digest_size=12).hexdigest()}"'


class KeptAnswers:
    """At most so many bytes of them; what was not asked for longest goes first. Of no bytes, none are kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[tuple[Bound, Scope], tuple[str, Answer]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, bound: Bound, scope: Scope, version: str, now: datetime) -> Answer | None:
        """What was answered at this version, if it is still true."""
        with self._lock:
            found = self._kept.get((bound, scope))
            if found is None or found[0] != version or (found[1].until is not None and found[1].until <= now):
                return None
            self._kept.move_to_end((bound, scope))
            return found[1]

    def keep(self, bound: Bound, scope: Scope, version: str, answer: Answer) -> None:
        """What was worked out after a look that found this version."""
        if len(answer.body) * _LARGEST > self._most:
            return
        with self._lock:
            replaced = self._kept.pop((bound, scope), None)
            self._size -= _size(replaced[1]) if replaced else 0
            self._kept[bound, scope] = version, answer
            self._size += _size(answer)
            while self._size > self._most:
                _, (_, oldest) = self._kept.popitem(last=False)
                self._size -= _size(oldest)


def _size(answer: Answer) -> int:
    return len(answer.body) + _OVERHEAD
