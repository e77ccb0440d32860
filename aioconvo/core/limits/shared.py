"""One turnstile's dealings with a store that other pools or processes use too."""

from __future__ import annotations

import asyncio
import heapq
import math
import os
from collections.abc import Awaitable, Callable
from typing import Any

from aioconvo.core.access import settings
from aioconvo.core.errors import AioconvoError, LimitStoreError
from aioconvo.core.log import logger

from .rule import Limits, LimitStore, Quota

__all__ = ["Errands", "SharedLimits", "quota_of"]

_log = logger("limits")
_LEASE_MARGIN = 5.0  # seconds beyond the request's own timeout
_WITHOUT_TIMEOUT = 3600.0  # seconds after which such a request no longer counts as under way
_PATIENCE = 5.0  # seconds that the pool's end waits for what stores are still to be told


class Errands:
    """What nobody waits for and what must be done all the same, such as telling a store over a network that a request ended."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Future[Any]] = set()

    def run(self, tell: Callable[[], Awaitable[object] | None]) -> asyncio.Future[Any] | None:
        """Tell; where there is anything to wait for, that is seen through in the background. A failure is logged."""
        try:
            told = tell()
        except Exception as error:  # noqa: BLE001 -- a store may be anybody's, and a call does not fail by it
            _log_failure(error)
            return None
        if told is None:
            return None
        task = asyncio.ensure_future(told)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log_failure(error)

    async def finish(self) -> None:
        """Wait until all is done, but not for ever."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=_PATIENCE)


class SharedLimits:
    """One credential's limits in a store, and the leases that one turnstile has there."""

    __slots__ = ("_errands", "_in_line", "_key", "_leases", "_limits", "_settling", "_store", "_ticket")

    def __init__(self, store: LimitStore, key: str, limits: Limits, errands: Errands) -> None:
        self._store = store
        self._key = key
        self._limits = limits
        self._errands = errands
        self._ticket = _new_ticket()
        self._in_line = False
        self._settling: asyncio.Future[Any] | None = None  # what was asked and is not wanted any more
        self._leases: list[tuple[float, str]] = []

    async def start(self, now: float, at_most: float | None) -> float:
        """Ask for one request that starts at `now` (monotonic); 0 when it may, or the seconds after which to ask again.

        Raises:
            LimitStoreError: The store cannot answer.
            ConfigurationError: What it answers is no number of seconds.
        """
        if self._settling is not None:  # it may hold the place that is asked for now
            await asyncio.wait([self._settling])
            self._settling = None
        lease = _LEASE_MARGIN + (_WITHOUT_TIMEOUT if at_most is None else at_most)
        try:
            answer = self._store.start(self._key, self._limits, self._ticket, lease)
            wait = await self._later(answer) if isinstance(answer, Awaitable) else answer
            settings.number("what start of the limit_store answers", wait, -math.inf, math.inf)
        except AioconvoError:
            self._give_up()
            raise
        except Exception as error:
            self._give_up()
            raise LimitStoreError(f"the limit store failed: {_named(error)}; nothing was sent") from error
        # One that is refused keeps its ticket, and with it the place of this process among the others.
        self._in_line = wait > 0
        if not self._in_line:
            heapq.heappush(self._leases, (now + lease, self._ticket))
            self._ticket = _new_ticket()
        return wait

    async def _later(self, answer: Awaitable[float]) -> float:
        asked = asyncio.ensure_future(answer)
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            ticket, self._ticket = self._ticket, _new_ticket()
            self._settling = self._errands.run(lambda: self._unwanted(asked, ticket))
            raise

    async def _unwanted(self, asked: asyncio.Future[float], ticket: str) -> None:
        # It may have been let through: first its answer, then its end.
        await asyncio.wait([asked])
        if not asked.cancelled():
            asked.exception()
        ended = self._store.end(self._key, ticket)
        if ended is not None:
            await ended

    def leave_line(self) -> None:
        """Nobody of this turnstile waits any more."""
        if self._in_line:
            self._give_up()

    def _give_up(self) -> None:
        self._in_line = False
        self._tell_end(self._ticket)
        self._ticket = _new_ticket()

    def end(self) -> None:
        """One of the requests ended."""
        # Whichever it was, the leases that are left last as long as the requests that are left.
        if self._leases:
            self._tell_end(heapq.heappop(self._leases)[1])

    def _tell_end(self, ticket: str) -> None:
        self._errands.run(lambda: self._store.end(self._key, ticket))

    def pause(self, seconds: float) -> None:
        """Hold back this credential everywhere."""
        self._errands.run(lambda: self._store.pause(self._key, seconds))


async def quota_of(store: LimitStore, key: str, limits: Limits) -> Quota:
    """What a store says is left of these limits.

    Raises:
        LimitStoreError: The store cannot answer.
    """
    try:
        answer = store.quota(key, limits)
        return await answer if isinstance(answer, Awaitable) else answer
    except AioconvoError:
        raise
    except Exception as error:
        raise LimitStoreError(f"the limit store failed: {_named(error)}") from error


def _new_ticket() -> str:
    return os.urandom(8).hex()


def _log_failure(error: BaseException) -> None:
    _log.warning("a limit store was told in vain: %s", _named(error))


def _named(error: BaseException) -> str:
    return str(error) if isinstance(error, AioconvoError) else type(error).__name__
