"""How much a holder of a key may ask for in a minute, by cost, and how often a stranger may knock.

Windows are fixed: who has nothing left waits for the next minute. In a sliding one a little comes back every moment, and a
flood of refused documents would go on being read. The counts are in the memory of the process: with several workers each has
its own, so a key may spend as many times its budget as there are workers, and a restart forgets. What must hold across workers
belongs to the proxy in front.
"""

import math
import time

from gateway.limits.counting import Counts
from schema.errors import Problem, RequestError
from sync.settings import LimitSettings


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


class Rates:
    """One for a process."""

    def __init__(self, settings: LimitSettings) -> None:
        self._budget, self._spent = settings.cost_per_minute, Counts()  # by holder
        self._patience, self._wrong = settings.refusals_per_minute, Counts()  # by address

    def spend(self, holder: str, cost: int) -> None:
        """Take `cost` off what a key's holder has left; TooManyRequests where that is not enough."""
        if self._spent.add(holder, max(cost, 1)) > self._budget:
            raise TooManyRequests(self._budget, _wait(self._spent, holder))

    def fine(self, holder: str, cost: int) -> None:
        """Take `cost` off what is left, or all of it: for what was read and refused."""
        self._spent.add(holder, min(cost, max(self._budget - self._spent.used(holder), 0)))

    def check(self, holder: str) -> None:
        """TooManyRequests for whoever has nothing left, before anything is looked up for them."""
        if self._spent.used(holder) >= self._budget:
            raise TooManyRequests(self._budget, _wait(self._spent, holder))

    def refused(self, address: str) -> None:
        """Note that somebody at an address showed no valid key."""
        self._wrong.add(address, 1)

    def admit(self, address: str) -> None:
        """TooManyRequests for an address from which too many keys were wrong of late."""
        if self._wrong.used(address) >= self._patience:
            raise TooManyRequests(self._patience, _wait(self._wrong, address))


def _wait(counts: Counts, user: str) -> int:
    return max(1, math.ceil(counts.until(user) - time.time()))
