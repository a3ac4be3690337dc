"""How much a holder of a key may ask for in a minute, by cost, and how often a stranger may knock.

Windows are fixed: who has nothing left waits for the next minute. In a sliding one a little comes back every moment, and a
flood of refused documents would go on being read. The counts are in the memory of the process: with several workers each has
its own, so a key may spend as many times its budget as there are workers, and a restart forgets. What must hold across workers
belongs to the proxy in front.
"""

import math
import threading
import time
from typing import Final

from schema.errors import Problem, RequestError
from sync.settings import LimitSettings

_WINDOW: Final = 60.0  # seconds


class TooManyRequests(RequestError):  # noqa: N818  HTTP's own name for it
    """Status 429; `retry_after` is in seconds."""

    def __init__(self, bound: int, retry_after: int) -> None:
        super().__init__(
            Problem(
                "RATE_LIMITED",
                "Authorization",
                f"请求过于频繁：每分钟 {bound} 单位",
                f"too much was asked for: {bound} units a minute",
                remedy_zh=f"{retry_after} 秒后再试，或减小查询",
                remedy_en=f"try again in {retry_after} seconds, or ask for less",
            ),
            status=429,
        )
        self.retry_after = retry_after


class Counts:
    """What each of many has used up of one bound in its minute, which begins with the first use. Minutes that are over are
    forgotten at least once a minute.
    """

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self._lock = threading.Lock()
        self._used: dict[str, tuple[int, float]] = {}  # how much, and when the minute ends
        self._looked_through = time.monotonic()

    def add(self, who: str, cost: int = 1) -> bool:
        """Note a use; whether it was within the bound."""
        with self._lock:
            now = time.monotonic()
            used, end = self._of(who, now)
            self._used[who] = used + cost, end
            self._forget(now)
        return used + cost <= self.bound

    def left(self, who: str) -> int:
        """How much of the bound is left, or 0."""
        return max(0, self.bound - self._of(who, time.monotonic())[0])

    def seconds(self, who: str) -> int:
        """How long the minute still lasts, at least 1."""
        now = time.monotonic()
        used, end = self._of(who, now)
        return max(1, math.ceil(end - now)) if used else 1

    def _of(self, who: str, now: float) -> tuple[int, float]:
        found = self._used.get(who)
        return (0, now + _WINDOW) if found is None or found[1] <= now else found

    def _forget(self, now: float) -> None:
        if now - self._looked_through >= _WINDOW:
            self._used = {who: each for who, each in self._used.items() if each[1] > now}
            self._looked_through = now


class Rates:
    """One for a process."""

    def __init__(self, settings: LimitSettings) -> None:
        self._budgets = Counts(settings.cost_per_minute)
        self._strangers = Counts(settings.refusals_per_minute)

    def spend(self, holder: str, cost: int) -> None:
        """Take `cost` off what a key's holder has left; TooManyRequests where that is not enough."""
        if not self._budgets.add(holder, max(cost, 1)):
            raise _refused(self._budgets, holder)

    def fine(self, holder: str, cost: int) -> None:
        """Take `cost` off what is left, or all of it: for what was read and refused."""
        self._budgets.add(holder, min(cost, self._budgets.left(holder)))

    def check(self, holder: str) -> None:
        """TooManyRequests for whoever has nothing left, before anything is looked up for them."""
        if not self._budgets.left(holder):
            raise _refused(self._budgets, holder)

    def refused(self, address: str) -> None:
        """Note that somebody at an address showed no valid key."""
        self._strangers.add(address)

    def admit(self, address: str) -> None:
        """TooManyRequests for an address from which too many keys were wrong of late."""
        if not self._strangers.left(address):
            raise _refused(self._strangers, address)


def _refused(counts: Counts, who: str) -> TooManyRequests:
    return TooManyRequests(counts.bound, counts.seconds(who))
