"""What handles the events of a store: one at a time in a lane, lanes side by side, and none lost when it ends."""

from __future__ import annotations

import asyncio
import functools
import itertools
import math
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

import anyio
import anyio.abc
import msgspec

from aioconvo.core.clock import SYSTEM_CLOCK, Clock
from aioconvo.core.errors import ConfigurationError, StoreError
from aioconvo.core.log import logger

from .retries import HandlerTimeoutError, Retries, name_of, place_of
from .stores.store import Again, Claim, Dead, Outcome, Store

T = TypeVar("T")

__all__ = ["Finished", "Runner"]

_log = logger("bot")

_LOOKS_ANYWAY_AFTER = 5.0  # seconds after which the store is asked even if nothing was told
_PRUNES_EVERY = 60.0
_STORE_WAITS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)  # between tries at a store that is away
_AFTER_A_CUT = 1.0  # seconds until the next attempt
_LAST_COMMITS = 0.5  # seconds that commits may take after the handlers were cancelled


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt that ended, and how: the outcome that was committed, the error, seconds in the handler."""

    claim: Claim
    outcome: Outcome
    seconds: float
    error: BaseException | None = None


class _Running:
    """A claim that is handled now."""

    __slots__ = ("claim", "commit", "is_lost", "renewed_at", "scope", "started_at", "timed_out")

    def __init__(self, claim: Claim, *, now: float, started_at: float) -> None:
        self.claim = claim
        self.scope = anyio.CancelScope()
        self.commit = anyio.CancelScope(shield=True)
        self.started_at = started_at
        self.renewed_at = now
        self.is_lost = False
        self.timed_out = False


class Runner:
    """Claims events of a store and has each one handled; `async with task_group: task_group.start_soon(runner.run)`.

    - `handle`: handles the event of a claim and says what came of it; what it raises is decided on by `retries`.
    - `concurrency`: events that are handled at once.
    - `drain`: seconds that running handlers get when the runner is to end; what is not finished then is cancelled, stays in
      the store and is handled another time, without this attempt being counted. Of a store that is not durable all that is due
      is handled within these seconds.
    - `handler_timeout`: seconds after which a handler is cancelled and has failed.
    - `on_finished`: told of each attempt that ended.
    """

    def __init__(
        self,
        store: Store,
        handle: Callable[[Claim], Awaitable[Outcome]],
        *,
        clock: Clock = SYSTEM_CLOCK,
        concurrency: int = 100,
        drain: float = 25.0,
        handler_timeout: float = 60.0,
        retries: Retries | None = None,
        on_finished: Callable[[Finished], None] | None = None,
    ) -> None:
        if concurrency < 1:
            raise ConfigurationError(f"concurrency is how many events are handled at once, at least 1; got {concurrency}")
        if drain < 0 or handler_timeout <= 0:
            raise ConfigurationError("drain is seconds from 0 on, handler_timeout seconds above 0")
        self._store = store
        self._handle = handle
        self._clock = clock
        self._concurrency = concurrency
        self._drain = drain
        self._handler_timeout = handler_timeout
        self._retries = retries or Retries()
        self._on_finished = on_finished
        self._running: dict[int, _Running] = {}  # by fence, the one that began first at the front
        self._gate = asyncio.Event()  # something may have changed: look again
        self._looked = asyncio.Event()
        self._stopping = asyncio.Event()
        self._hurried = asyncio.Event()
        self._ended = asyncio.Event()
        self._commits_until = math.inf  # by the loop's time
        self._begun = False
        self.store_answers = True

    @property
    def running(self) -> int:
        """Events that are handled now."""
        return len(self._running)

    @property
    def draining(self) -> bool:
        """Whether it was told to end."""
        return self._stopping.is_set()

    async def run(self, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Handle events until `stop` is called and the drain is over. Once for each runner; the store is open already."""
        if self._begun:
            raise RuntimeError("this runner ran already; make another one")
        self._begun = True
        try:
            async with anyio.create_task_group() as around:
                for duty in (self._watch, self._prune, self._time_out, *((self._renew,) if self._store.shared else ())):
                    around.start_soon(duty)
                async with anyio.create_task_group() as workers:
                    try:
                        task_status.started()
                        await self._claim_all(workers)
                        await self._finish(workers)
                    finally:
                        self._bound_commits()
                        workers.cancel_scope.cancel()
                around.cancel_scope.cancel()
        finally:
            self._ended.set()

    def stop(self, *, at_once: bool = False) -> None:
        """End: running handlers may end within the drain, or are cancelled now. Does not wait."""
        self._stopping.set()
        if at_once:
            self._hurried.set()
        self._gate.set()

    async def drain(self) -> None:
        """Stop, and return when `run` has ended."""
        self.stop()
        if self._begun:
            await self._ended.wait()

    # Claiming.

    async def _claim_all(self, workers: anyio.abc.TaskGroup) -> None:
        while not self._stopping.is_set():
            self._gate.clear()
            if len(self._running) >= self._concurrency:
                await self._gate.wait()
            elif await self._begin(workers):
                await self._wait_for_more()

    async def _begin(self, workers: anyio.abc.TaskGroup) -> bool:
        """Begin as many as may run; whether that was all that may be handled now."""
        free = self._concurrency - len(self._running)
        claims = await self._ask(functools.partial(self._claim, free))
        for claim in claims or ():
            running = _Running(claim, now=self._clock.time(), started_at=self._clock.monotonic())
            self._running[claim.fence] = running
            workers.start_soon(self._work, running)
        return claims is not None and len(claims) < free

    async def _claim(self, most: int) -> Sequence[Claim]:
        claims: list[Claim] = []
        self._looked.set()
        with anyio.CancelScope(shield=True):  # what was claimed is let go of by its worker, not forgotten
            claims.extend(await self._store.claim(most, now=self._clock.time()))
        return claims

    async def _wait_for_more(self) -> None:
        now = self._clock.time()
        due = await self._ask(functools.partial(self._store.next_due, now=now))
        looks_anyway = now + _LOOKS_ANYWAY_AFTER
        await _first(
            self._gate.wait, functools.partial(self._sleep_until, looks_anyway if due is None else min(due, looks_anyway))
        )

    async def _sleep_until(self, when: float) -> None:
        seconds = when - self._clock.time()
        if seconds > 0:
            await self._clock.sleep(seconds)

    async def _ask(self, question: Callable[[], Awaitable[T]]) -> T | None:
        """The store's answer. While it is away it is asked again; `None` where the runner was told to end meanwhile."""
        for wait in _store_waits():
            try:
                answer = await question()
            except StoreError as error:
                self._note_store(error)
                await _first(self._stopping.wait, functools.partial(self._clock.sleep, wait))
                if self._stopping.is_set():
                    break
            else:
                self._note_store(None)
                return answer
        return None

    def _note_store(self, error: StoreError | None) -> None:
        if self.store_answers and error is not None:
            _log.warning("the store gives no answer: %s; trying again until it does", error)
        elif not self.store_answers and error is None:
            _log.info("the store answers again")
        self.store_answers = error is None

    # Handling one event.

    async def _work(self, running: _Running) -> None:
        outcome, error = await self._attempt(running)
        committed = False
        try:
            if not running.is_lost:
                committed = await self._commit(running, outcome)
        finally:
            del self._running[running.claim.fence]
            self._gate.set()
        if committed:
            self._tell(running, outcome, error)

    async def _attempt(self, running: _Running) -> tuple[Outcome, BaseException | None]:
        attempt = running.claim.entry.attempt
        if self._retries.is_hopeless(attempt):
            return Dead(reason="it was cut off each time"), None
        outcome: Outcome | None = None
        failure: BaseException | None = None
        is_cut = False
        with running.scope:
            try:
                outcome = await self._handle(running.claim)
            except asyncio.CancelledError as error:
                if anyio.current_effective_deadline() > -math.inf:  # not by the runner
                    task = asyncio.current_task()
                    is_cut = task is not None and task.cancelling() > 0
                    failure = None if is_cut else error  # the handler's own doing: it awaited something that was cancelled
            except (Exception, SystemExit) as error:  # noqa: BLE001 -- whatever it is, it is one event's failure and stops nothing else
                failure = error
        if outcome is None and running.timed_out:
            failure = HandlerTimeoutError(f"it ran for more than {self._handler_timeout:g} s")
        now = self._clock.time()
        if failure is not None:
            return self._retries.after(failure, attempt=attempt, now=now, chance=random.random()), failure  # noqa: S311 -- no secret
        if is_cut:  # by the end of the loop, or by itself each time: as one whose process died
            return Again(due=now + _AFTER_A_CUT), None
        return outcome or Again(due=now, counts=False), None

    async def _commit(self, running: _Running, outcome: Outcome) -> bool:
        """Whether the store took it. One that is away is asked again, until the claim is lost or the last commits are over."""
        key = running.claim.entry.key
        running.commit.deadline = self._commits_until
        with running.commit:
            for wait in _store_waits():
                try:
                    committed = await self._store.finish(running.claim, outcome, now=self._clock.time())
                except StoreError as error:
                    self._note_store(error)
                    if running.is_lost:
                        break
                    await self._clock.sleep(wait)
                else:
                    self._note_store(None)
                    if not committed:
                        _log.warning("event %s: its claim ran out, or it was forgotten; nothing was committed", key)
                    return committed
        return False

    def _tell(self, running: _Running, outcome: Outcome, error: BaseException | None) -> None:
        entry = running.claim.entry
        seconds = self._clock.monotonic() - running.started_at
        place = "" if error is None else place_of(error)
        where = f", at {place}" if place else ""
        if isinstance(outcome, Dead):
            reason = outcome.reason.partition(":")[0] + where
            _log.error("event %s is a dead letter after attempt %d: %s", entry.key, entry.attempt, reason)
        elif error is not None:
            _log.warning(
                "event %s failed at attempt %d, to be tried again: %s", entry.key, entry.attempt, name_of(error) + where
            )
        if self._on_finished is None:
            return
        try:
            self._on_finished(Finished(claim=running.claim, outcome=outcome, seconds=seconds, error=error))
        except Exception as wrong:  # noqa: BLE001 -- what listens is not part of handling
            _log.warning("on_finished failed: %s", name_of(wrong))

    # Ending.

    def _bound_commits(self) -> None:
        """From now on commits have a last time."""
        self._commits_until = anyio.current_time() + _LAST_COMMITS
        for one in self._running.values():
            one.commit.deadline = self._commits_until

    async def _finish(self, workers: anyio.abc.TaskGroup) -> None:
        if self._hurried.is_set() or (self._store.durable and not self._running):
            return
        await _first(
            functools.partial(self._idle, workers), self._hurried.wait, functools.partial(self._clock.sleep, self._drain)
        )
        if self._running:
            _log.warning("%d handlers did not end within the drain; their events stay in the store", len(self._running))

    async def _idle(self, workers: anyio.abc.TaskGroup) -> None:
        """Return when nothing is handled any more; what would be lost is handled first."""
        while True:
            self._gate.clear()
            if not self._store.durable and len(self._running) < self._concurrency:
                await self._begin(workers)
            if not self._running:
                return
            await self._gate.wait()

    # Duties beside.

    async def _watch(self) -> None:
        """Look again when the store tells of a change since the last look."""
        while True:
            await self._looked.wait()
            self._looked.clear()
            try:
                await self._store.changed()
            except StoreError as error:
                self._note_store(error)
                await self._clock.sleep(1.0)
            self._gate.set()

    async def _renew(self) -> None:
        """Keep the claims; a handler whose claim ran out is cancelled, since another process may handle the event now."""
        while True:
            await self._clock.sleep(self._store.lease / 3)
            held = list(self._running.values())
            if not held:
                continue
            now = self._clock.time()
            try:
                lost = {claim.fence for claim in await self._store.renew([one.claim for one in held], now=now)}
            except StoreError as error:
                self._note_store(error)
                lost = {one.claim.fence for one in held if one.renewed_at + self._store.lease <= now}
            else:
                for one in held:
                    one.renewed_at = now
            for one in held:
                if one.claim.fence in lost:
                    one.is_lost = True
                    one.scope.cancel()

    async def _prune(self) -> None:
        while True:
            await self._clock.sleep(_PRUNES_EVERY)
            try:
                await self._store.prune(now=self._clock.time())
            except StoreError as error:
                self._note_store(error)

    async def _time_out(self) -> None:
        """Cancel handlers that run for too long. All have the same time, so that the oldest one is the next."""
        while True:
            await self._clock.sleep(self._until_timeout())
            for one in list(self._running.values()):
                if one.started_at + self._handler_timeout > self._clock.monotonic():
                    break
                one.timed_out = True
                one.scope.cancel()

    def _until_timeout(self) -> float:
        waiting = (one.started_at for one in self._running.values() if not one.timed_out)
        first = next(waiting, self._clock.monotonic())
        return max(first + self._handler_timeout - self._clock.monotonic(), 0.001)


async def _first(*waits: Callable[[], Awaitable[object]]) -> None:
    """Return when the first of them has; the others are cancelled."""
    async with anyio.create_task_group() as group:

        async def wait_for(one: Callable[[], Awaitable[object]]) -> None:
            await one()
            group.cancel_scope.cancel()

        for one in waits:
            group.start_soon(wait_for, one)


def _store_waits() -> Iterator[float]:
    """Seconds between tries at a store that is away, without an end."""
    return itertools.chain(_STORE_WAITS, itertools.repeat(_STORE_WAITS[-1]))
