"""Counts what everybody uses, in the memory of this process, in windows of a minute that begin with the first use.

`limits`, which does the same, starts a timer thread for nearly every use and puts a key together for each.
"""

import threading
import time
from typing import Final

_WINDOW: Final = 60.0  # seconds


class Counts:
    """Uses by user. Windows that are over are forgotten at least once a minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[str, tuple[int, float]] = {}  # how much, and when the window ends
        self._looked_through = time.time()

    def add(self, user: str, amount: int) -> int:
        """Note a use; all of this window."""
        with self._lock:
            now = time.time()
            used, end = self._of(user, now)
            self._used[user] = used + amount, end
            if now - self._looked_through >= _WINDOW:
                self._used = {user: each for user, each in self._used.items() if each[1] > now}
                self._looked_through = now
        return used + amount

    def used(self, user: str) -> int:
        """All of the window that is open."""
        return self._of(user, time.time())[0]

    def until(self, user: str) -> float:
        """When the window that is open ends, or one that began now would, in seconds since the epoch."""
        return self._of(user, time.time())[1]

    def __len__(self) -> int:
        """How many users are known."""
        return len(self._used)

    def _of(self, user: str, now: float) -> tuple[int, float]:
        found = self._used.get(user)
        return (0, now + _WINDOW) if found is None or found[1] <= now else found
