"""How much a holder of a key may ask for in a minute, by cost, and how often a stranger may knock.

Windows are fixed: who has nothing left waits for the next minute. In a sliding one a little comes back every moment, and a
flood of refused documents would go on being read. The counts are in the memory of the process: with several workers each has
its own, so a key may spend as many times its budget as there are workers, and a restart forgets. What must hold across workers
belongs to the proxy in front.
"""

import math
import time

from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

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
        self._limiter = FixedWindowRateLimiter(Counts())
        self._budget = RateLimitItemPerMinute(settings.cost_per_minute, namespace="key")
        self._strangers = RateLimitItemPerMinute(settings.refusals_per_minute, namespace="address")

    def spend(self, holder: str, cost: int) -> None:
        """Take `cost` off what a key's holder has left; TooManyRequests where that is not enough."""
        if not self._limiter.hit(self._budget, holder, cost=max(cost, 1)):
            raise self._refused(self._budget, holder)

    def fine(self, holder: str, cost: int) -> None:
        """Take `cost` off what is left, or all of it: for what was read and refused."""
        left = self._limiter.get_window_stats(self._budget, holder).remaining
        self._limiter.hit(self._budget, holder, cost=min(cost, left))

    def check(self, holder: str) -> None:
        """TooManyRequests for whoever has nothing left, before anything is looked up for them."""
        self._admit(self._budget, holder)

    def refused(self, address: str) -> None:
        """Note that somebody at an address showed no valid key."""
        self._limiter.hit(self._strangers, address)

    def admit(self, address: str) -> None:
        """TooManyRequests for an address from which too many keys were wrong of late."""
        self._admit(self._strangers, address)

    def _admit(self, item: RateLimitItemPerMinute, who: str) -> None:
        if not self._limiter.test(item, who):
            raise self._refused(item, who)

    def _refused(self, item: RateLimitItemPerMinute, who: str) -> TooManyRequests:
        reset = self._limiter.get_window_stats(item, who).reset_time
        return TooManyRequests(item.amount, max(1, math.ceil(reset - time.time())))
