"""Limits that all machines of a Dask cluster keep together: decided in the scheduler's process, by its clock.

`Desk` keeps a `LimitAccount` of each credential. `DeskPlugin` puts a desk into the scheduler, and `ClusterLimits` asks it: at
most one message there and back for each request. Locks and variables of Dask would take four, and go by the clocks of machines
that do not agree.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeAlias, TypeVar

import msgspec
from distributed import Scheduler, SchedulerPlugin

from aioconvo.core.limits.rule import LimitAccount, Limits, Quota, RateLimit
from aioconvo.core.log import logger

__all__ = ["ClusterLimits", "Desk", "DeskPlugin", "Told"]

_log = logger("limits")
_PAUSE_POLL = 0.05  # seconds between two looks whether a 429 elsewhere holds requests back
_KEPT_WITHOUT_A_LOOK = 64


T = TypeVar("T")
_Ask: TypeAlias = Callable[..., Awaitable[list[bytes]]]


class Told(NamedTuple):
    """One thing that a store does, as it is sent."""

    what: str
    key: str
    ticket: str
    seconds: float
    rates: Sequence[tuple[int, float]]
    concurrency: int | None


class Desk:
    """The limits of many credentials; see `LimitStore` for what is promised. `now` is seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._accounts: dict[str, LimitAccount] = {}
        self._keeps_at_most = _KEPT_WITHOUT_A_LOOK

    def account(self, now: float, key: str) -> LimitAccount:
        """The account of one credential."""
        found = self._accounts.get(key)
        if found is None:
            if len(self._accounts) >= self._keeps_at_most:
                self._accounts = {key: one for key, one in self._accounts.items() if not one.idle(now)}
                self._keeps_at_most = max(_KEPT_WITHOUT_A_LOOK, 2 * len(self._accounts))
            found = self._accounts[key] = LimitAccount()
        return found

    def answer(self, now: float, told: Told) -> float | Quota:
        """Do one of the things that a store does; what it answers."""
        what, key, ticket, seconds, rates, concurrency = told
        account = self.account(now, key)
        limits = Limits(rates=[RateLimit(calls, window) for calls, window in rates], concurrency=concurrency)
        if what == "start":
            return account.ask(now, limits, ticket, seconds)
        if what == "quota":
            return account.quota(now, limits)
        if what == "note":  # it has started already
            account.note(now, ticket, now + seconds)
            return max(0.0, account.paused_until - now)
        if what == "end":
            account.end(ticket)
        else:
            account.pause(now + seconds)
        return 0.0


class DeskPlugin(SchedulerPlugin):
    """Puts a `Desk` into a scheduler, which needs aioconvo in its environment; doing it again changes nothing."""

    name = "aioconvo-limits"
    idempotent = True

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._desk = Desk()
        self._monotonic = monotonic

    async def start(self, scheduler: Scheduler) -> None:
        """Answer what `ClusterLimits` asks."""
        untyped: Any = scheduler
        untyped.handlers["aioconvo_limits"] = self._answer

    async def _answer(self, *, told: Sequence[Told]) -> list[bytes]:
        now = self._monotonic()
        return [msgspec.json.encode(self._desk.answer(now, Told(*one))) for one in told]


class ClusterLimits:
    """The `LimitStore` of everybody on one cluster: `SessionPool(limit_store=ClusterLimits(worker.scheduler, worker.loop))`.

    A worker that is killed holds nothing for longer than its requests' timeout and 5 seconds. Requests without limits of their
    own do not wait for the scheduler: they are counted a moment later, and a 429 elsewhere holds them back from then on.

    Args:
        scheduler: The connection of a worker or client to its scheduler, where a `DeskPlugin` is.
        loop: The event loop that this connection lives in; the store may be used in any other.
    """

    def __init__(self, scheduler: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._scheduler = scheduler
        self._loop = loop
        self._free_until: dict[str, float] = {}
        self._unsent: deque[tuple[Told, Future[bytes]]] = deque()
        self._in_turn = asyncio.Lock()  # used in `loop` only; keeps the order in which one process calls

    async def start(self, key: str, limits: Limits, ticket: str, lease: float) -> float:
        """See `LimitStore`."""
        limited = bool(limits.rates) or limits.concurrency is not None
        if not limited and time.monotonic() < self._free_until.get(key, 0.0):
            noted = self._send(_told("note", key, ticket, lease))
            noted.add_done_callback(lambda done: self._look(key, done))
            return 0.0
        wait = _decode(await asyncio.wrap_future(self._send(_told("start", key, ticket, lease, limits))), float)
        if not limited and wait <= 0:
            self._free_until[key] = time.monotonic() + _PAUSE_POLL
        return wait

    def _look(self, key: str, noted: Future[bytes]) -> None:
        """Whether the answer to what was only told says that a 429 elsewhere holds requests back."""
        _log_failure(noted)
        free = noted.exception() is None and _decode(noted.result(), float) <= 0
        self._free_until[key] = time.monotonic() + _PAUSE_POLL if free else 0.0

    async def quota(self, key: str, limits: Limits) -> Quota:
        """See `LimitStore`."""
        return _decode(await asyncio.wrap_future(self._send(_told("quota", key, "", 0.0, limits))), Quota)

    def end(self, key: str, ticket: str) -> None:
        """See `LimitStore`."""
        self._send(_told("end", key, ticket)).add_done_callback(_log_failure)

    def pause(self, key: str, seconds: float) -> None:
        """See `LimitStore`."""
        self._free_until.pop(key, None)
        self._send(_told("pause", key, "", seconds)).add_done_callback(_log_failure)

    async def aclose(self) -> None:
        """See `LimitStore`; what was told is sent before."""
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._send_all(), self._loop))

    def _send(self, told: Told) -> Future[bytes]:
        """Send it with all that waits to be sent; its answer."""
        answer: Future[bytes] = Future()
        self._unsent.append((told, answer))
        asyncio.run_coroutine_threadsafe(self._send_all(), self._loop)
        return answer

    async def _send_all(self) -> None:
        async with self._in_turn:
            sent = [self._unsent.popleft() for _ in range(len(self._unsent))]
            waited_for = [(told, answer) for told, answer in sent if answer.set_running_or_notify_cancel()]
            if not waited_for:
                return
            ask: _Ask = self._scheduler.aioconvo_limits
            try:
                answers = await ask(told=[told for told, _ in waited_for])
            except BaseException as error:  # noqa: BLE001 -- whoever waits is told
                for _, answer in waited_for:
                    answer.set_exception(error)
            else:
                for (_, answer), came in zip(waited_for, answers, strict=True):
                    answer.set_result(came)

    def __repr__(self) -> str:
        return "<ClusterLimits>"


def _told(what: str, key: str, ticket: str, seconds: float = 0.0, limits: Limits | None = None) -> Told:
    rates = () if limits is None else tuple((rate.calls, rate.seconds) for rate in limits.rates)
    return Told(what, key, ticket, seconds, rates, None if limits is None else limits.concurrency)


def _decode(answer: bytes, kind: type[T]) -> T:
    return msgspec.json.decode(answer, type=kind)


def _log_failure(done: Future[bytes]) -> None:
    error = done.exception()
    if error is not None:
        _log.warning("limits of the cluster: %s", type(error).__name__)
