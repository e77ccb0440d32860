"""The turnstile of one credential: its limits, a 429 of it, and a permit of the pool, in one step."""

from __future__ import annotations

import asyncio
import math
import os
import sys
from typing import Protocol

from aioconvo.core.clock import Clock
from aioconvo.core.errors import LimitStoreError
from aioconvo.core.log import logger

from .gate import PATIENT, FairGate, Patience
from .memory import LiveAccount
from .rule import Limits
from .shared import SharedLimits

__all__ = ["HeldBackError", "Turnstile", "Waits"]

_log = logger("limits")
_LONG_WAIT = 5.0
_SHORT_WAIT = 1.0
_ASK_STORE_AGAIN = 1.0  # seconds after it failed
_STORE_ANSWERS_IN = 5.0  # seconds that are given to it also by calls that have less patience


class Waits(Protocol):
    """Where the seconds are counted that were waited for the pool."""

    waited_for_pool: float


class HeldBackError(Exception):
    """A request would have to wait for `wait` seconds, which is more than it may."""

    def __init__(self, wait: float) -> None:
        super().__init__(wait)
        self.wait = wait


class Turnstile:
    """One credential's limits as one client states them: lanes take turns, and in a lane it is order of arrival.

    The account is the credential's: clients with other limits have turnstiles of their own, and all that start count there.
    What it lets through, the limits that are shared with other processes are asked for, if there are any.

    Entering also takes a permit of the pool, because a request counts when it starts: one that was let through and only then
    waited for the pool would start in a bunch with others, or in the middle of a pause.
    """

    __slots__ = (
        "__weakref__",
        "_account",
        "_asleep",
        "_bell",
        "_clock",
        "_failing_since",
        "_gate",
        "_inside",
        "_least",
        "_limits",
        "_name",
        "_queue",
        "_shared",
        "_tickets",
        "_told_until",
        "_unlimited",
    )

    def __init__(
        self,
        limits: Limits,
        clock: Clock,
        name: str = "",
        gate: FairGate | None = None,
        *,
        account: LiveAccount | None = None,
        shared: SharedLimits | None = None,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._name = name
        self._gate = FairGate(sys.maxsize) if gate is None else gate
        self._account = LiveAccount() if account is None else account
        self._shared = shared
        self._unlimited = not limits.rates and limits.concurrency is None and shared is None
        self._queue = FairGate(1)
        self._inside: list[str] = []  # tickets of the requests under way; of this process's own, one is like another
        self._tickets: list[str] = []  # to be used again
        self._bell: asyncio.Future[None] | None = None
        self._asleep: asyncio.Timeout | None = None
        self._told_until = -math.inf  # what the shared limits said last
        self._failing_since: float | None = None
        self._least = PATIENT  # of those that wait

    def try_enter(self) -> bool:
        """Let one more request start if nothing holds it back and the pool has a permit. Leave with `leave`."""
        gate = self._gate
        if gate.free <= 0 or gate.lanes or not self._queue.free or self._shared is not None or not self._start():
            return False
        gate.free -= 1
        return True

    def _start(self) -> bool:
        """Count a request that starts now, if it may."""
        account = self._account
        now = self._clock.monotonic()
        if account.paused_until > now:
            return False
        tickets = self._tickets
        ticket = tickets.pop() if tickets else _new_ticket()
        if self._unlimited:  # what nothing is judged by needs no lock
            account.note(now, ticket)
        else:
            with account.lock:
                if account.wait(now, self._limits, ticket) > 0:
                    tickets.append(ticket)
                    return False
                account.note(now, ticket)
        self._inside.append(ticket)
        return True

    async def try_wait(self, lane: object) -> bool:
        """Like `try_enter`, but wait for the pool's permit; `False` where anything else holds the request back."""
        if not self._unlimited or not self._queue.free or self._account.paused_until > self._clock.monotonic():
            return False
        await self._gate.acquire(lane)
        if self._start():
            return True
        self._gate.release()  # a 429 came meanwhile
        return False

    async def enter(
        self,
        lane: object = None,
        waits: Waits | None = None,
        at_most: float | None = None,
        patience: Patience = PATIENT,
    ) -> float:
        """Wait until one more request, which takes at most `at_most` seconds, may start; the seconds waited.

        Leave with `leave`.

        Raises:
            HeldBackError: It is known that the wait would be longer than `patience` allows.
            LimitStoreError: The shared limits could not be asked for as long as `patience` allows.
        """
        if self.try_enter():
            return 0.0
        began = self._clock.monotonic()
        if self._unlimited:
            await self._enter_unlimited(lane, waits, patience)
        else:
            await self._enter_in_turn(lane, waits, at_most, patience)
        return self._clock.monotonic() - began

    async def _enter_in_turn(self, lane: object, waits: Waits | None, at_most: float | None, patience: Patience) -> None:
        await self._line_up(lane, patience)
        ticket = self._tickets.pop() if self._tickets else _new_ticket()
        try:
            await self._start_first(ticket, lane, waits, at_most, patience)
        except BaseException:
            self._retreat(ticket)
            raise
        finally:
            self._step_aside()
        self._inside.append(ticket)

    async def _enter_unlimited(self, lane: object, waits: Waits | None, patience: Patience) -> None:
        # Only a pause makes a queue here; those it lets through wait for the pool side by side.
        while True:
            await self._line_up(lane, patience)
            try:
                while (wait := self._account.paused_until - self._clock.monotonic()) > 0:
                    await self._rest(wait, patience)
            finally:
                self._step_aside()
            await self._permit(lane, waits)
            if self._start():
                return
            self._gate.release()

    async def _line_up(self, lane: object, patience: Patience) -> None:
        """Wait until this is the first of the queue."""
        others = self._queue.in_use
        self._check(patience, self._known_wait(others + self._queue.ahead(lane)))
        self._least = self._least.least(patience) if others else patience
        await self._queue.acquire(lane, patience)
        self._account.sleepers[self] = asyncio.get_running_loop()

    def _step_aside(self) -> None:
        """Let the next be the first of the queue."""
        self._account.sleepers.pop(self, None)
        self._queue.release()

    async def _start_first(
        self, ticket: str, lane: object, waits: Waits | None, at_most: float | None, patience: Patience
    ) -> None:
        """Start as the first of the queue."""
        account = self._account
        while True:
            with account.lock:
                wait = account.line_up(self._clock.monotonic(), self._limits, ticket)
            if wait <= 0:
                await self._permit(lane, waits)
                try:
                    wait = await self._start_with_permit(ticket, at_most, patience)
                    if wait <= 0:
                        return
                except BaseException:
                    self._gate.release()
                    raise
                self._gate.release()
            await self._rest(wait, patience)

    async def _start_with_permit(self, ticket: str, at_most: float | None, patience: Patience) -> float:
        """Count a request that starts now, if it may: 0.0 or less; else the seconds after which to try again."""
        account = self._account
        with account.lock:  # anything may have happened since the last look
            wait = account.line_up(self._clock.monotonic(), self._limits, ticket)
            if wait > 0:
                return wait
            if self._shared is None:
                account.note(self._clock.monotonic(), ticket)
                return wait
            # Its place is kept while the others are asked: two of this process would get into each other's way there.
            account.reserve(ticket)
        wait = await self._ask(self._shared, at_most, patience)
        with account.lock:
            if wait <= 0:
                account.note(self._clock.monotonic(), ticket)
            elif wait > _SHORT_WAIT:  # by rates or a pause: others of this process may go before
                account.end(ticket)
        if wait > _SHORT_WAIT and account.waiting:
            account.wake()
        return wait

    async def _ask(self, shared: SharedLimits, at_most: float | None, patience: Patience) -> float:
        """What the shared limits say: 0.0 when the request may start, or the seconds after which to ask again."""
        now = self._clock.monotonic()
        longest = max(patience.longest, _STORE_ANSWERS_IN)
        try:
            async with asyncio.timeout(None if longest == math.inf else longest):
                wait = await shared.start(now, at_most)
        except TimeoutError:  # never the store's own
            error = LimitStoreError(f"the limit store gave no answer for {longest:g} s; nothing was sent")
            return self._store_failed(error, now, patience)
        except LimitStoreError as error:
            return self._store_failed(error, now, patience)
        self._failing_since = None
        if wait > 0:
            self._told_until = now + wait
            self._review()
        return wait

    def _store_failed(self, error: LimitStoreError, began: float, patience: Patience) -> float:
        """After how many seconds to ask again; raises the error where it has lasted too long for that."""
        now = self._clock.monotonic()
        since = self._failing_since = began if self._failing_since is None else self._failing_since
        lasts = now - since + _ASK_STORE_AGAIN

        def may_wait(one: Patience) -> bool:
            return lasts <= one.longest and now + _ASK_STORE_AGAIN < one.until

        # Those that wait behind this one would only find out the same, one after the other.
        self._queue.refuse(lambda _, other: None if may_wait(other) else LimitStoreError(*error.args))
        if not may_wait(patience):
            raise error
        _log.warning("%s: %s; it is asked again", self._name, error)
        return _ASK_STORE_AGAIN

    async def _rest(self, wait: float, patience: Patience) -> None:
        """Wait, but not longer than until something changes; for ever where only a place is lacking."""
        if wait == math.inf:
            self._bell = asyncio.get_running_loop().create_future()
            try:
                await self._bell
            finally:
                self._bell = None
            return
        self._check(patience, wait)
        if wait > _LONG_WAIT:
            _log.warning("%s: a credential's limits hold its requests back for %.0f s", self._name, wait)
        scope = asyncio.timeout(None)
        try:
            async with scope:
                self._asleep = scope
                try:
                    await self._clock.sleep(wait)
                finally:
                    self._asleep = None
        except TimeoutError:
            if not scope.expired():
                raise

    def wake(self, *, paused: bool) -> None:
        """See `Sleeper`."""
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)
        if paused:
            self._review()
            asleep, self._asleep = self._asleep, None
            if asleep is not None:
                asleep.reschedule(0.0)

    def _review(self) -> None:
        """Let those go whose wait has become longer than they have patience for."""
        queue, now = self._queue, self._clock.monotonic()
        if queue.lanes and not self._least.allows(now, self._known_wait(queue.in_use + queue.waiting)):
            self._least = queue.refuse(lambda ahead, patience: self._refusal(now, queue.in_use + ahead, patience))

    def _refusal(self, now: float, ahead: int, patience: Patience) -> HeldBackError | None:
        wait = self._known_wait(ahead)
        return None if patience.allows(now, wait) else HeldBackError(wait)

    def _known_wait(self, ahead: int) -> float:
        return self._account.known_wait(self._clock.monotonic(), self._limits, ahead, self._told_until)

    def _check(self, patience: Patience, wait: float) -> None:
        if not patience.allows(self._clock.monotonic(), wait):
            raise HeldBackError(wait)

    async def _permit(self, lane: object, waits: Waits | None) -> None:
        """Wait for a permit of the pool."""
        began = self._clock.monotonic()
        try:
            await self._gate.acquire(lane)
        finally:
            if waits is not None:
                waits.waited_for_pool += self._clock.monotonic() - began

    def leave(self) -> None:
        """One request ended."""
        gate = self._gate
        if gate.lanes:
            gate.release()
        else:
            gate.free += 1
        account, ticket = self._account, self._inside.pop()
        self._tickets.append(ticket)
        if self._unlimited:
            account.held.pop(ticket, None)
        else:
            with account.lock:
                account.held.pop(ticket, None)
        if account.waiting:
            account.wake()
        if self._shared is not None:
            self._shared.end()

    def _retreat(self, ticket: str) -> None:
        account = self._account
        with account.lock:
            account.end(ticket)
        self._tickets.append(ticket)
        if account.waiting:
            account.wake()
        if self._shared is not None and not self._queue.lanes:
            self._shared.leave_line()

    def pause(self, seconds: float) -> None:
        """Hold back every task of this credential for `seconds`."""
        account = self._account
        with account.lock:
            account.pause(self._clock.monotonic() + seconds)
        account.wake(paused=True)
        if self._shared is not None:
            self._shared.pause(seconds)


def _new_ticket() -> str:
    return os.urandom(8).hex()
