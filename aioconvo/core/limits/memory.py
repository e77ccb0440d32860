"""Limits that the pools of one process keep together, in memory."""

from __future__ import annotations

import asyncio
import functools
import threading
import weakref
from typing import Protocol

from aioconvo.core.access import settings
from aioconvo.core.clock import SYSTEM_CLOCK, Clock

from .rule import LimitAccount, Limits, Quota

__all__ = ["LiveAccount", "MemoryLimits", "Sleeper"]

_KEPT_WITHOUT_A_LOOK = 64


class Sleeper(Protocol):
    """Who waits until something changes in an account."""

    def wake(self, *, paused: bool) -> None:
        """A request ended, or the account was paused; called in the loop that the sleeper waits in."""
        ...


class LiveAccount(LimitAccount):
    """An account of which tasks of this process, in any of its loops, are told what changes; `lock` guards it."""

    __slots__ = ("__weakref__", "lock", "sleepers")

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()
        self.sleepers: dict[Sleeper, asyncio.AbstractEventLoop] = {}

    def wake(self, *, paused: bool = False) -> None:
        """Tell all that wait."""
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:  # a thread without a loop
            here = None
        for sleeper, loop in list(self.sleepers.items()):
            if loop is here:
                sleeper.wake(paused=paused)
            elif not loop.is_closed():
                loop.call_soon_threadsafe(functools.partial(sleeper.wake, paused=paused))


class MemoryLimits:
    """Keeps limits for the pools of one process, over all its event loops and threads: `SessionPool(limit_store=...)`.

    Each pool has one of its own unless it is given another.
    """

    def __init__(self, *, clock: Clock = SYSTEM_CLOCK) -> None:
        settings.clock("clock", clock)
        self._clock = clock
        self._lock = threading.Lock()
        self._accounts: weakref.WeakValueDictionary[str, LiveAccount] = weakref.WeakValueDictionary()
        # Clients and pools come and go; what a credential did lately must outlive them.
        self._kept: dict[str, LiveAccount] = {}
        self._keeps_at_most = _KEPT_WITHOUT_A_LOOK

    def account(self, key: str) -> LiveAccount:
        """The account of one credential, the same object as long as it matters or anybody has it."""
        with self._lock:
            found = self._accounts.get(key)
            if found is None:
                found = self._accounts[key] = LiveAccount()
            if key not in self._kept:
                self._keep(key, found)
            return found

    def _keep(self, key: str, account: LiveAccount) -> None:
        if len(self._kept) >= self._keeps_at_most:
            now = self._clock.monotonic()
            self._kept = {key: one for key, one in self._kept.items() if not one.idle(now)}
            self._keeps_at_most = max(_KEPT_WITHOUT_A_LOOK, 2 * len(self._kept))
        self._kept[key] = account

    def start(self, key: str, limits: Limits, ticket: str, lease: float) -> float:
        """See `LimitStore`."""
        account = self.account(key)
        with account.lock:
            return account.ask(self._clock.monotonic(), limits, ticket, lease)

    def end(self, key: str, ticket: str) -> None:
        """See `LimitStore`."""
        account = self.account(key)
        with account.lock:
            account.end(ticket)
        account.wake()

    def pause(self, key: str, seconds: float) -> None:
        """See `LimitStore`."""
        account = self.account(key)
        with account.lock:
            account.pause(self._clock.monotonic() + seconds)
        account.wake(paused=True)

    def quota(self, key: str, limits: Limits) -> Quota:
        """See `LimitStore`."""
        account = self.account(key)
        with account.lock:
            return account.quota(self._clock.monotonic(), limits)

    async def aclose(self) -> None:
        """See `LimitStore`; there is nothing to let go of."""

    def __repr__(self) -> str:
        return f"<MemoryLimits of {len(self._kept)} credentials>"
