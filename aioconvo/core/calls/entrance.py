"""How a call that may not start at once comes through its credential's limits and the pool's gate."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import NamedTuple

from aioconvo.core import errors
from aioconvo.core.clock import Clock
from aioconvo.core.limits.gate import Patience
from aioconvo.core.limits.turnstile import HeldBackError, Turnstile
from aioconvo.core.wire.pool import LoopState

from .call import Call
from .stats import Counts

__all__ = ["Waiter"]


class Waiter(NamedTuple):
    """What all calls of a client wait by: `max_wait` seconds at most for limits, then `timeout` for an answer."""

    clock: Clock
    counts: Counts
    lane: object
    max_wait: float
    timeout: float | None

    async def enter(self, call: Call, state: LoopState, turnstile: Turnstile) -> None:
        """Wait until the call may start.

        Raises:
            LimitReachedError: It is known that the limits hold it back for too long.
            LimitStoreError: The pool's `limit_store` did not answer for so long.
            PoolClosedError: The pool was closed.
        """
        began = self.clock.monotonic()
        entered = False
        try:
            entered = await turnstile.try_wait(self.lane)
        finally:
            call.waited_for_pool = self.clock.monotonic() - began
            self.counts.waited_for_pool += call.waited_for_pool
        if not entered:
            await self._wait_for_limits(call, state, turnstile)
        # The waits may have been longer than credentials live that were good before them.
        call.credentials = call.auth.headers(self.clock.time()) or call.credentials

    async def _wait_for_limits(self, call: Call, state: LoopState, turnstile: Turnstile) -> None:
        began, waited_before = self.clock.monotonic(), call.waited_for_pool
        self.counts.wait_begins(began)
        patience = Patience(self.max_wait, math.inf if call.deadline is None else call.deadline)
        try:
            async with state.wait():
                await turnstile.enter(self.lane, call, self.timeout, patience)
        except HeldBackError as held:
            raise self._held_back(call, held.wait) from None
        finally:
            ended = self.clock.monotonic()
            for_pool = call.waited_for_pool - waited_before
            self.counts.wait_ends(ended - for_pool)
            for_limits = ended - began - for_pool
            call.waited_for_limits += for_limits
            self.counts.waited_for_limits += for_limits
            self.counts.waited_for_pool += for_pool

    def _held_back(self, call: Call, wait: float) -> errors.CallError:
        call.attempts -= 1  # this one was not sent
        bound = "its RetryPolicy (max_own_wait, max_wait)" if wait > self.max_wait else "the deadline"
        reason = f"the credential's own limits hold this call back for {wait:.0f} s, more than {bound} allows; it was not sent"
        facts = call.facts(self.clock.monotonic())
        return errors.LimitReachedError(reason, facts, HTTPStatus.TOO_MANY_REQUESTS.value, retry_after=wait)
