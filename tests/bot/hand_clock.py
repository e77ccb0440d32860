"""A clock that a test moves on, while the event loop and its threads keep to real time."""

from __future__ import annotations

import asyncio
import heapq
import itertools

_ROUNDING = 1e-6  # of seconds since 1970


class HandClock:
    """Time that stands still until `advance`; who sleeps wakes when it has gone far enough."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        wakes = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), wakes))
        await wakes

    async def advance(self, seconds: float) -> None:
        """Let so much time go by; who wakes on the way has a turn at its own time."""
        end = self.now + seconds
        while self._sleepers and self._sleepers[0][0] <= end + _ROUNDING:
            at, _, wakes = heapq.heappop(self._sleepers)
            self.now = min(at, end)
            if not wakes.done():
                wakes.set_result(None)
                await asyncio.sleep(0)
        self.now = end
        await asyncio.sleep(0)
