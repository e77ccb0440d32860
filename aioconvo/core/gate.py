"""Who waits for what, in which order: permits of the pool, shared fairly, and the turnstile of one credential."""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict, deque
from typing import Protocol

from .clock import Clock
from .limits import Limits, RateRule
from .log import logger

__all__ = ["FairGate", "Turnstile", "Waits"]

_log = logger("limits")
_LONG_WAIT = 5.0


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


class Waits(Protocol):
    """Where the seconds are counted that were waited for the pool."""

    waited_for_pool: float


class Turnstile:
    """One credential's limits, kept for all tasks that use it: lanes take turns, and in a lane it is order of arrival.

    Entering also takes a permit of the pool, because a request counts when it starts: one that was let through and only then
    waited for the pool would start in a bunch with others, or in the middle of a pause.
    """

    __slots__ = ("__weakref__", "_clock", "_gate", "_inside", "_name", "_queue", "_rule", "_slots", "_unlimited")

    def __init__(self, limits: Limits, clock: Clock, name: str = "", gate: FairGate | None = None) -> None:
        self._clock = clock
        self._name = name
        self._gate = FairGate(sys.maxsize) if gate is None else gate
        self._rule = RateRule(limits.rates)
        self._queue = FairGate(1)
        self._slots = None if limits.concurrency is None else asyncio.Semaphore(limits.concurrency)
        self._inside = 0
        self._unlimited = not limits.rates and limits.concurrency is None

    def try_enter(self) -> bool:
        """Let one more request start if nothing limits it and the pool has a permit. Leave with `leave`."""
        if not self._unlimited or self._queue.in_use or self._rule.wait(self._clock.monotonic()) > 0:
            return False
        if not self._gate.try_acquire():
            return False
        self._inside += 1
        return True

    async def enter(self, lane: object = None, waits: Waits | None = None) -> float:
        """Wait until one more request may start; the seconds waited. Leave with `leave`."""
        if self.try_enter():
            return 0.0
        began = self._clock.monotonic()
        if self._unlimited:
            await self._enter_unlimited(lane, waits)
        else:
            await self._enter_in_turn(lane, waits)
        return self._clock.monotonic() - began

    async def _enter_in_turn(self, lane: object, waits: Waits | None) -> None:
        await self._queue.acquire(lane)
        try:
            if self._slots is not None:
                await self._slots.acquire()
            self._inside += 1
            try:
                await self._held_back()
                while not await self._permit(lane, waits):
                    await self._held_back()
            except BaseException:
                self._retreat()
                raise
            self._rule.start(self._clock.monotonic())
        finally:
            self._queue.release()

    async def _enter_unlimited(self, lane: object, waits: Waits | None) -> None:
        # Only a pause makes a queue here; those it lets through wait for the pool side by side.
        self._inside += 1
        try:
            while True:
                await self._queue.acquire(lane)
                try:
                    await self._held_back()
                finally:
                    self._queue.release()
                if await self._permit(lane, waits):
                    return
        except BaseException:
            self._retreat()
            raise

    async def _held_back(self) -> None:
        """Wait until the limits and the pauses let one more request start."""
        while (wait := self._rule.wait(self._clock.monotonic())) > 0:
            if wait > _LONG_WAIT:
                _log.warning("%s: a credential's limits hold its requests back for %.0f s", self._name, wait)
            await self._clock.sleep(wait)

    async def _permit(self, lane: object, waits: Waits | None) -> bool:
        """Wait for a permit of the pool; given back, and `False`, when a 429 came meanwhile."""
        began = self._clock.monotonic()
        try:
            await self._gate.acquire(lane)
        finally:
            if waits is not None:
                waits.waited_for_pool += self._clock.monotonic() - began
        if self._rule.wait(self._clock.monotonic()) <= 0:
            return True
        self._gate.release()
        return False

    @property
    def idle(self) -> bool:
        """Whether nobody is inside or waits, and nothing that happened before holds anybody back."""
        return self._inside == 0 and not self._queue.in_use and self._rule.idle(self._clock.monotonic())

    def leave(self) -> None:
        """One request ended."""
        self._gate.release()
        self._retreat()

    def _retreat(self) -> None:
        self._inside -= 1
        if self._slots is not None:
            self._slots.release()

    def pause(self, seconds: float) -> None:
        """Hold back every task of this credential for `seconds`."""
        self._rule.pause(self._clock.monotonic() + seconds)
