"""Limits that all machines of a Dask cluster keep together: decided in the scheduler's process, by its clock.

What is decided stands in `Desk`, plain functions over values and the time. `DeskPlugin` puts a desk into the scheduler, and
`ClusterLimits` asks it: one message there and back for each request. Locks and variables of Dask would take four, and go by
the clocks of machines that do not agree.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, TypeAlias

from distributed import Scheduler, SchedulerPlugin

from aioconvo.core.limits import Limits, RateLimit
from aioconvo.core.log import logger

__all__ = ["ClusterLimits", "Desk", "DeskPlugin"]

_log = logger("limits")
_LEASE_POLL = 0.025  # seconds between two looks whether a request elsewhere has ended
_PAUSE_POLL = 0.05  # seconds between two looks whether a 429 elsewhere holds requests back
_PLACE_KEPT = 1.0  # seconds that a place in the queue is kept for who does not ask again


@dataclasses.dataclass(slots=True)
class _Place:
    held: bool
    until: float


@dataclasses.dataclass(slots=True)
class _Credential:
    paused_until: float = float("-inf")
    longest: float = 0.0
    starts: deque[float] = dataclasses.field(default_factory=deque[float])
    places: dict[str, _Place] = dataclasses.field(default_factory=dict[str, _Place])


class Desk:
    """The limits of many credentials; see `LimitStore` for what is promised. `now` is seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._credentials: dict[str, _Credential] = {}

    def start(self, now: float, key: str, limits: Limits, *, ticket: str, lease: float) -> float:
        """Whether one more request may start: 0.0, and it is counted; or the seconds after which to ask again."""
        known = self._credentials.setdefault(key, _Credential())
        known.longest = max([known.longest, *(rate.seconds for rate in limits.rates)])
        while known.starts and known.starts[0] <= now - known.longest:
            known.starts.popleft()
        ready = known.paused_until
        for rate in limits.rates:
            if len(known.starts) >= rate.calls:
                ready = max(ready, known.starts[-rate.calls] + rate.seconds)
        if ready > now:
            return ready - now
        if limits.concurrency is not None and not _take_place(known, now, limits.concurrency, ticket, lease):
            return _LEASE_POLL
        if known.longest:
            known.starts.append(now)
        return 0.0

    def end(self, key: str, ticket: str) -> None:
        """The request ended, or nobody wants the ticket's place any more."""
        known = self._credentials.get(key)
        if known is not None:
            known.places.pop(ticket, None)

    def pause(self, now: float, key: str, seconds: float) -> None:
        """Let no request of `key` start for `seconds`; it never shortens a pause."""
        known = self._credentials.setdefault(key, _Credential())
        known.paused_until = max(known.paused_until, now + seconds)


def _take_place(known: _Credential, now: float, places: int, ticket: str, lease: float) -> bool:
    """Whether the ticket is among the first in the queue; it is put at its end when it is new."""
    for other in [other for other, place in known.places.items() if place.until <= now]:
        del known.places[other]
    own = known.places.setdefault(ticket, _Place(held=False, until=now))
    ahead = 0
    came_before = True
    for other, place in known.places.items():
        if other == ticket:
            came_before = False
        elif place.held or came_before:
            ahead += 1
    own.held = ahead < places
    own.until = now + (lease if own.held else _PLACE_KEPT)
    return own.held


class DeskPlugin(SchedulerPlugin):
    """Puts a `Desk` into a scheduler, which needs aioconvo in its environment; doing it again changes nothing."""

    name = "aioconvo-limits"
    idempotent = True

    def __init__(self) -> None:
        self._desk = Desk()

    async def start(self, scheduler: Scheduler) -> None:
        """Answer what `ClusterLimits` asks."""
        untyped: Any = scheduler
        untyped.handlers["aioconvo_limits"] = self._answer

    async def _answer(
        self, *, what: str, key: str, ticket: str, seconds: float, rates: Sequence[Sequence[float]], concurrency: int | None
    ) -> float:
        now = time.monotonic()
        if what == "end":
            self._desk.end(key, ticket)
        elif what == "pause":
            self._desk.pause(now, key, seconds)
        else:
            limits = Limits(rates=[RateLimit(int(calls), window) for calls, window in rates], concurrency=concurrency)
            return self._desk.start(now, key, limits, ticket=ticket, lease=seconds)
        return 0.0


_Ask: TypeAlias = Callable[..., Awaitable[float]]


class ClusterLimits:
    """The `LimitStore` of everybody on one cluster: `SessionPool(limit_store=ClusterLimits(worker.scheduler, worker.loop))`.

    A worker that is killed holds nothing for longer than its requests' timeout and 5 seconds. Requests without limits of
    their own are not counted; each process asks only every 50 milliseconds whether a 429 elsewhere holds them back.

    Args:
        scheduler: The connection of a worker or client to its scheduler, where a `DeskPlugin` is.
        loop: The event loop that this connection lives in; the store may be used in any other.
    """

    def __init__(self, scheduler: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._scheduler = scheduler
        self._loop = loop
        self._free_until: dict[str, float] = {}
        self._in_turn = asyncio.Lock()  # used in `loop` only; keeps the order in which one process calls

    async def start(self, key: str, limits: Limits, ticket: str, lease: float) -> float:
        """See `LimitStore`."""
        limited = bool(limits.rates) or limits.concurrency is not None
        if not limited and time.monotonic() < self._free_until.get(key, 0.0):
            return 0.0
        asked = self._submit(self._send("start", key, ticket, lease, limits))
        wait = await asyncio.shield(asyncio.wrap_future(asked))  # what is on its way arrives, before any later `end`
        if not limited and wait <= 0:
            self._free_until[key] = time.monotonic() + _PAUSE_POLL
        return wait

    def end(self, key: str, ticket: str) -> None:
        """See `LimitStore`."""
        self._submit(self._send("end", key, ticket)).add_done_callback(_log_failure)

    def pause(self, key: str, seconds: float) -> None:
        """See `LimitStore`."""
        self._free_until.pop(key, None)
        self._submit(self._send("pause", key, "", seconds)).add_done_callback(_log_failure)

    def _submit(self, message: Coroutine[Any, Any, float]) -> Future[float]:
        return asyncio.run_coroutine_threadsafe(message, self._loop)

    async def _send(self, what: str, key: str, ticket: str, seconds: float = 0.0, limits: Limits | None = None) -> float:
        rates = [] if limits is None else [(rate.calls, rate.seconds) for rate in limits.rates]
        concurrency = None if limits is None else limits.concurrency
        ask: _Ask = self._scheduler.aioconvo_limits
        async with self._in_turn:
            return await ask(what=what, key=key, ticket=ticket, seconds=seconds, rates=rates, concurrency=concurrency)

    def __repr__(self) -> str:
        return "<ClusterLimits>"


def _log_failure(done: Future[float]) -> None:
    error = done.exception()
    if error is not None:
        _log.warning("limits of the cluster: %s", type(error).__name__)
