"""How often one caller may ask; kept in memory, so of each process of the API."""

import math
import time

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from services.api.problems import Problem


class Limits:
    """A moving window of a minute for each caller.

    Args:
        per_minute: How many requests one caller has in a minute.
    """

    def __init__(self, per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def take(self, kind: str, name: str) -> None:
        """Counts a request.

        Args:
            kind: What the name is of, so that a subject and an address never share a window.
            name: Who asks.

        Raises:
            Problem: The caller has used up its minute (429); `Retry-After` says how long to wait, in seconds.
        """
        if await self._limiter.hit(self._item, kind, name):
            return
        window = await self._limiter.get_window_stats(self._item, kind, name)
        wait = max(1, math.ceil(window.reset_time - time.time()))
        raise Problem(
            429, f"at most {self._item.amount} requests a minute", headers={"Retry-After": str(wait)}
        )
