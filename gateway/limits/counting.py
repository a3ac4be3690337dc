"""Where `limits` counts: in the memory of this process, as its own storage for that does, but without a timer thread, which that
starts for nearly every use, ten milliseconds apart.
"""

import threading
import time

from limits.storage import Storage


class Counts(Storage):
    """Uses by key within a window that begins with the first of them. What is over is forgotten at least once a minute."""

    STORAGE_SCHEME = None  # it has no address to be made by
    _STEP = 60.0  # seconds between two times that all is looked through

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._used: dict[str, tuple[int, float]] = {}  # how much, and when the window ends
        self._looked_through = time.time()

    @property
    def base_exceptions(self) -> type[Exception]:
        """None of ours: memory does not fail."""
        return MemoryError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Note a use in a window of so many seconds; all of this window."""
        with self._lock:
            now = time.time()
            used, end = self._of(key, now, expiry)
            self._used[key] = used + amount, end
            if now - self._looked_through >= self._STEP:
                self._used = {key: each for key, each in self._used.items() if each[1] > now}
                self._looked_through = now
        return used + amount

    def get(self, key: str) -> int:
        """What was used in the window that is open."""
        return self._of(key, time.time())[0]

    def get_expiry(self, key: str) -> float:
        """When it ends, in seconds since the epoch; now where none is open."""
        return self._of(key, time.time())[1]

    def check(self) -> bool:
        """Memory is there."""
        return True

    def reset(self) -> int:
        """Forget everything; how much that was."""
        with self._lock:
            number = len(self._used)
            self._used = {}
        return number

    def clear(self, key: str) -> None:
        """Forget one."""
        with self._lock:
            self._used.pop(key, None)

    def _of(self, key: str, now: float, expiry: float = 0) -> tuple[int, float]:
        found = self._used.get(key)
        return (0, now + expiry) if found is None or found[1] <= now else found
