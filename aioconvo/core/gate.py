"""Who waits for what, in which order: permits of the pool, shared fairly, and the turnstile of one credential."""

from __future__ import annotations

import asyncio
import heapq
import os
import sys
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Protocol

from .clock import Clock
from .limits import Limits, LimitStore, Pause, RateRule
from .log import logger

__all__ = ["FairGate", "SharedLimits", "Turnstile", "Waits"]

_log = logger("limits")
_LONG_WAIT = 5.0
_NO_PAUSE = Pause().until
_LEASE_MARGIN = 5.0  # seconds beyond the request's own timeout
_WITHOUT_TIMEOUT = 3600.0  # seconds after which such a request no longer counts as under way


class FairGate:
    """A number of permits, handed to waiting lanes in turn, and inside a lane in order of arrival.

    One lane with thousands of waiters therefore delays another lane by one permit, not by thousands.
    """

    __slots__ = ("free", "lanes", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.free = size
        self.lanes: OrderedDict[object, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def in_use(self) -> int:
        """Permits that are out."""
        return self.size - self.free

    @property
    def waiting(self) -> int:
        """Tasks that wait for a permit."""
        return sum(len(lane) for lane in self.lanes.values())

    def try_acquire(self) -> bool:
        """Take a permit if one is free and nobody waits."""
        if self.free > 0 and not self.lanes:
            self.free -= 1
            return True
        return False

    async def acquire(self, lane: object) -> None:
        """Wait for a permit; give it back with `release`."""
        if self.try_acquire():
            return
        turn = asyncio.get_running_loop().create_future()
        turns = self.lanes.get(lane)
        if turns is None:
            turns = self.lanes[lane] = deque()
        turns.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.done() or turn.cancelled():
                self._forget(lane, turn)
            elif turn.exception() is None:
                self.release()
            raise

    def release(self) -> None:
        """Give a permit back: to the next lane in turn, if anybody waits."""
        while self.lanes:
            lane, turns = next(iter(self.lanes.items()))
            turn = turns.popleft()
            if not turns:
                del self.lanes[lane]
            elif len(self.lanes) > 1:
                self.lanes.move_to_end(lane)  # the end of the round
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1

    def close(self, error: Callable[[], Exception]) -> None:
        """Let nobody wait any longer: each gets an error of its own."""
        waiting, self.lanes = self.lanes, OrderedDict()
        for turn in [turn for turns in waiting.values() for turn in turns if not turn.done()]:
            turn.set_exception(error())

    def _forget(self, lane: object, turn: asyncio.Future[None]) -> None:
        turns = self.lanes.get(lane)
        if turns is not None and turn in turns:
            turns.remove(turn)
            if not turns:
                del self.lanes[lane]


class Waits(Protocol):
    """Where the seconds are counted that were waited for the pool."""

    waited_for_pool: float


class SharedLimits:
    """One credential's limits in a store that other processes use too, and the leases this turnstile has there."""

    __slots__ = ("_key", "_leases", "_limits", "_store", "_ticket")

    def __init__(self, store: LimitStore, key: str, limits: Limits) -> None:
        self._store = store
        self._key = key
        self._limits = limits
        self._ticket = os.urandom(8).hex()
        self._leases: list[tuple[float, str]] = []

    async def start(self, now: float, at_most: float | None) -> float:
        """Ask for one request that starts at `now` (monotonic); 0 when it may, or the seconds after which to ask again."""
        lease = _LEASE_MARGIN + (_WITHOUT_TIMEOUT if at_most is None else at_most)
        try:
            wait = await self._store.start(self._key, self._limits, self._ticket, lease)
        except BaseException:
            self._store.end(self._key, self._ticket)  # it may have been let through
            self._ticket = os.urandom(8).hex()
            raise
        # One that is refused keeps its ticket, and with it the place of this process among the others.
        if wait <= 0 and self._limits.concurrency is not None:
            heapq.heappush(self._leases, (now + lease, self._ticket))
            self._ticket = os.urandom(8).hex()
        return wait

    def end(self) -> None:
        """One of the requests ended."""
        # Whichever it was, the leases that are left last as long as the requests that are left.
        if self._leases:
            self._store.end(self._key, heapq.heappop(self._leases)[1])

    def pause(self, seconds: float) -> None:
        """Hold back this credential in every process."""
        self._store.pause(self._key, seconds)


class Turnstile:
    """One credential's limits, kept for all tasks that use it: lanes take turns, and in a lane it is order of arrival.

    What these let through, the limits that are shared with other processes are asked for, if there are any.

    Entering also takes a permit of the pool, because a request counts when it starts: one that was let through and only then
    waited for the pool would start in a bunch with others, or in the middle of a pause.
    """

    __slots__ = (
        "__weakref__",
        "_clock",
        "_gate",
        "_inside",
        "_name",
        "_pause",
        "_queue",
        "_rule",
        "_shared",
        "_slots",
        "_unlimited",
    )

    def __init__(
        self,
        limits: Limits,
        clock: Clock,
        name: str = "",
        gate: FairGate | None = None,
        *,
        pause: Pause | None = None,
        shared: SharedLimits | None = None,
    ) -> None:
        self._clock = clock
        self._name = name
        self._gate = FairGate(sys.maxsize) if gate is None else gate
        self._pause = Pause() if pause is None else pause
        self._rule = RateRule(limits.rates, self._pause)
        self._shared = shared
        self._queue = FairGate(1)
        self._slots = None if limits.concurrency is None else asyncio.Semaphore(limits.concurrency)
        self._inside = 0
        self._unlimited = not limits.rates and limits.concurrency is None and shared is None

    def try_enter(self) -> bool:
        """Let one more request start if nothing limits it and the pool has a permit. Leave with `leave`."""
        gate = self._gate
        if gate.free <= 0 or gate.lanes or not self._unlimited or not self._queue.free:
            return False
        if self._pause.until > _NO_PAUSE and self._is_held_back():
            return False
        gate.free -= 1
        self._inside += 1
        return True

    async def try_wait(self, lane: object) -> bool:
        """Like `try_enter`, but wait for the pool's permit; `False` where anything else holds the request back."""
        if self._is_held_back():
            return False
        self._inside += 1
        try:
            await self._gate.acquire(lane)
        except BaseException:
            self._inside -= 1
            raise
        if self._is_held_back():  # a 429 came meanwhile
            self.leave()
            return False
        return True

    def _is_held_back(self) -> bool:
        return not self._unlimited or not self._queue.free or self._pause.until > self._clock.monotonic()

    async def enter(self, lane: object = None, waits: Waits | None = None, at_most: float | None = None) -> float:
        """Wait until one more request, which takes at most `at_most` seconds, may start; the seconds waited.

        Leave with `leave`.
        """
        if self.try_enter():
            return 0.0
        began = self._clock.monotonic()
        if self._unlimited:
            await self._enter_unlimited(lane, waits)
        else:
            await self._enter_in_turn(lane, waits, at_most)
        return self._clock.monotonic() - began

    async def _enter_in_turn(self, lane: object, waits: Waits | None, at_most: float | None) -> None:
        await self._queue.acquire(lane)
        try:
            if self._slots is not None:
                await self._slots.acquire()
            self._inside += 1
            try:
                await self._held_back()
                while not (await self._permit(lane, waits) and await self._start_shared(at_most)):
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
            await self._sleep(wait)

    async def _sleep(self, wait: float) -> None:
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

    async def _start_shared(self, at_most: float | None) -> bool:
        """Whether the other processes leave room; if not, the permit was given back and the time they ask for has passed."""
        if self._shared is None:
            return True
        try:
            wait = await self._shared.start(self._clock.monotonic(), at_most)
        except BaseException:
            self._gate.release()
            raise
        if wait <= 0:
            return True
        self._gate.release()
        await self._sleep(wait)
        return False

    @property
    def idle(self) -> bool:
        """Whether nobody is inside or waits, and nothing that happened before holds anybody back."""
        return self._inside == 0 and not self._queue.in_use and self._rule.idle(self._clock.monotonic())

    def leave(self) -> None:
        """One request ended."""
        gate = self._gate
        if gate.lanes:
            gate.release()
        else:
            gate.free += 1
        self._inside -= 1
        if self._slots is not None:
            self._slots.release()
        if self._shared is not None:
            self._shared.end()

    def _retreat(self) -> None:
        self._inside -= 1
        if self._slots is not None:
            self._slots.release()

    def pause(self, seconds: float) -> None:
        """Hold back every task of this credential for `seconds`."""
        self._rule.pause(self._clock.monotonic() + seconds)
        if self._shared is not None:
            self._shared.pause(seconds)
