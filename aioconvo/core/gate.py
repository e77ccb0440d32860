"""Who waits for what, in which order: permits of the pool, shared fairly, and the turnstile of one credential."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque

from .clock import Clock
from .limits import Limits, RateRule

__all__ = ["FairGate", "Turnstile"]


class FairGate:
    """A number of permits, handed to waiting lanes in turn, and inside a lane in order of arrival.

    One lane with thousands of waiters therefore delays another lane by one permit, not by thousands.
    """

    __slots__ = ("_free", "_waiting", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self._free = size
        self._waiting: OrderedDict[object, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def in_use(self) -> int:
        """Permits that are out."""
        return self.size - self._free

    @property
    def waiting(self) -> int:
        """Tasks that wait for a permit."""
        return sum(len(lane) for lane in self._waiting.values())

    def try_acquire(self) -> bool:
        """Take a permit if one is free and nobody waits."""
        if self._free > 0 and not self._waiting:
            self._free -= 1
            return True
        return False

    async def acquire(self, lane: object) -> None:
        """Wait for a permit; give it back with `release`."""
        if self.try_acquire():
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(lane, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release()
            else:
                self._forget(lane, turn)
            raise

    def release(self) -> None:
        """Give a permit back: to the next lane in turn, if anybody waits."""
        while self._waiting:
            lane, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            if turns:
                self._waiting[lane] = turns  # to the end of the round
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _forget(self, lane: object, turn: asyncio.Future[None]) -> None:
        turns = self._waiting.get(lane)
        if turns is not None and turn in turns:
            turns.remove(turn)
            if not turns:
                del self._waiting[lane]


class Turnstile:
    """One credential's limits, kept for all tasks that use it, in order of arrival."""

    __slots__ = ("__weakref__", "_clock", "_inside", "_queue", "_rule", "_slots", "_unlimited")

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._clock = clock
        self._rule = RateRule(limits.rates)
        self._queue = asyncio.Lock()
        self._slots = None if limits.concurrency is None else asyncio.Semaphore(limits.concurrency)
        self._inside = 0
        self._unlimited = not limits.rates and limits.concurrency is None

    async def enter(self) -> float:
        """Wait until one more request may start; the seconds waited. Leave with `leave`."""
        if self._unlimited and not self._queue.locked() and self._rule.wait(self._clock.monotonic()) <= 0:
            self._inside += 1
            return 0.0
        began = self._clock.monotonic()
        async with self._queue:
            if self._slots is not None:
                await self._slots.acquire()
            self._inside += 1
            try:
                while (wait := self._rule.wait(self._clock.monotonic())) > 0:
                    await self._clock.sleep(wait)
            except BaseException:
                self.leave()
                raise
            now = self._clock.monotonic()
            self._rule.start(now)
        return now - began

    @property
    def idle(self) -> bool:
        """Whether nobody is inside or waits, and nothing that happened before holds anybody back."""
        return self._inside == 0 and not self._queue.locked() and self._rule.idle(self._clock.monotonic())

    def leave(self) -> None:
        """One request ended."""
        self._inside -= 1
        if self._slots is not None:
            self._slots.release()

    def pause(self, seconds: float) -> None:
        """Hold back every task of this credential for `seconds`."""
        self._rule.pause(self._clock.monotonic() + seconds)
