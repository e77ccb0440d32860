"""From a delivery to the store, and what its sender is answered: it is kept, then acknowledged, then handled."""

from __future__ import annotations

import asyncio
import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import anyio.abc
import msgspec

from aioconvo.core.clock import SYSTEM_CLOCK, Clock
from aioconvo.core.errors import ConfigurationError, StoreError, StoreFullError, WebhookRefusedError
from aioconvo.core.log import logger
from aioconvo.core.wire.time_limit import TimeLimits
from aioconvo.events.incoming import Delivery

from .stores.memory import MemoryStore
from .stores.store import Entry, Store

__all__ = ["ACCEPTED", "MOST_SETTLING", "Accept", "Answer", "Intake", "entries_of"]

_log = logger("bot")

MOST_SETTLING = 5.0
"""Seconds that events may be given to settle."""
_STORES_WITHIN = 4.0  # seconds; SMS.CX is taken to wait for 5, which is unconfirmed, the others wait for 20
_HANDLES_WITHIN = 15.0
_QUEUED_AT_MOST = 1_000  # deliveries
_WRITTEN_AT_ONCE = 500  # events, or those of one delivery
_LATER = {"Retry-After": "5"}


class Accept(StrEnum):
    """When a sender is told that its events arrived.

    - `STORED`: when they are in the store. What was acknowledged is handled, also after a crash, if the store is durable.
    - `QUEUED`: at once; they are in memory, on their way to the store. A crash loses them.
    - `HANDLED`: when the handler is done, within 15 s; else the sender is answered 503 and told to try again, while the events
      are handled all the same, once.
    """

    STORED = "stored"
    QUEUED = "queued"
    HANDLED = "handled"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What to answer a delivery: a status and headers, no body.

    Of the `events` that came, `new` were not known. `reason`: why it is no success; nothing of what was sent.
    """

    status: int
    headers: Mapping[str, str] = {}
    events: int = 0
    new: int = 0
    reason: str | None = None


ACCEPTED = 200  # SMS.CX takes nothing else for a success
_LOOKS_FOR_ROOM_EVERY = 0.2  # seconds, while the store is full
_BUSY = 503  # not among the statuses after which a sender gives up


def entries_of(delivery: Delivery, *, now: float, settle: float = 0.0) -> list[Entry]:
    """The events of a delivery, in its order, as a store keeps them."""
    entries: list[Entry] = []
    for one in delivery.events:
        when = one.occurred_at
        entry = Entry(
            key=one.key,
            provider=str(one.provider),
            account=one.account,
            lanes=one.lanes or (one.key,),
            raw=one.raw,
            accepted_at=now,
            due=now + settle,
            occurred_at=None if when is None else when.timestamp(),
            brief=one.brief,
        )
        entries.append(entry)
    return entries


@functools.lru_cache(1024)
def _accepted(events: int, new: int) -> Answer:
    return Answer(status=ACCEPTED, events=events, new=new)


class Intake:
    """Takes deliveries into a store: `answer` for those of a webhook, `accept` for those of a poll, a socket or an inbox.

    Until `start` and after `stop` webhooks are answered 503. `counts` are numbers of events by what became of them: `accepted`,
    `duplicate`; and of deliveries that were sent away, by reason.
    """

    def __init__(
        self, store: Store, *, clock: Clock = SYSTEM_CLOCK, accept: Accept | str = Accept.STORED, settle: float = 0.0
    ) -> None:
        if not 0 <= settle <= MOST_SETTLING:
            raise ConfigurationError(f"settle is seconds from 0 to {MOST_SETTLING:g}, got {settle!r}")
        if accept not in list(Accept):
            raise ConfigurationError(f"accept is one of {', '.join(Accept)}; got {accept!r}")
        self._store = store
        self._clock = clock
        if accept == Accept.HANDLED and store.shared:
            raise ConfigurationError(
                "accept='handled' waits for a handler of this process, but other processes share this store and may handle "
                "the event; use accept='stored', which loses nothing either"
            )
        self._accept = Accept(accept)
        self._at_once = store if self._accept is Accept.STORED and type(store) is MemoryStore else None
        self._settle = settle
        self._closed: str | None = "not started"
        self._open: dict[str, asyncio.Event] = {}  # events whose senders may wait for them
        self._queue: asyncio.Queue[Sequence[Entry]] = asyncio.Queue(_QUEUED_AT_MOST)
        self._unwritten = 0
        self._limits = TimeLimits()  # a scope of its own for each delivery takes longer than all else here
        self.counts = defaultdict[str, int](int)  # a Counter is slower to count with

    @property
    def queued(self) -> int:
        """Events that were acknowledged and are not in the store yet."""
        return self._unwritten

    def start(self) -> None:
        """Let deliveries in."""
        self._closed = None

    def stop(self) -> None:
        """Send deliveries away, to come back later."""
        self._closed = "draining"
        self._limits.close_idle()

    def answer_at_once(self, delivery: Delivery) -> Answer | None:
        """Take the events in and say what to answer, as `answer` does; `None` where that may have to wait."""
        if self._at_once is None or self._closed is not None:
            return None
        now = self._clock.time()
        entries = entries_of(delivery, now=now, settle=self._settle)
        try:
            new = self._at_once.take(entries, now)
        except StoreFullError:
            return self._send_away("full", len(entries))
        self.counts["accepted"] += new
        self.counts["duplicate"] += len(entries) - new
        return _accepted(len(entries), new)

    async def answer(self, delivery: Delivery) -> Answer:
        """Take the events in and say what to answer; never raises for what the store does."""
        now = self._clock.time()
        entries = entries_of(delivery, now=now, settle=self._settle)
        reason = self._closed
        if reason is None:
            try:
                return _accepted(len(entries), await self._take(entries, now))
            except (StoreFullError, asyncio.QueueFull):
                reason = "full"
            except StoreError as error:
                _log.warning("the store gives no answer: %s", error)
                reason = "store failing"
            except TimeoutError:
                reason = "not in time"
        return self._send_away(reason, len(entries))

    def _send_away(self, reason: str, events: int) -> Answer:
        self.counts[reason] += 1
        return Answer(status=_BUSY, headers=_LATER, events=events, reason=reason)

    async def _take(self, entries: Sequence[Entry], now: float) -> int:
        match self._accept:
            case Accept.STORED:
                with self._limits[_STORES_WITHIN]:
                    return await self._keep(entries, now)
            case Accept.HANDLED:
                with self._limits[_HANDLES_WITHIN]:
                    return await self._see_handled(entries)
            case Accept.QUEUED:
                self._queue.put_nowait(entries)
                self._unwritten += len(entries)
                return len(entries)

    def refuse(self, refused: WebhookRefusedError) -> Answer:
        """What to answer a request that a hook refused; it is counted by its reason."""
        self.counts[refused.reason] += 1
        return Answer(status=refused.status, reason=refused.reason)

    async def accept(self, delivery: Delivery) -> int:
        """Keep the events of a poll, a socket or an inbox, which waits for room; how many were new.

        Raises:
            StoreError: The store gives no answer.
        """
        now = self._clock.time()
        entries = entries_of(delivery, now=now, settle=self._settle)
        try:
            return await self._keep(entries, now)
        except StoreFullError:  # together they may be more than may ever wait
            return sum([await self._keep_when_there_is_room(entry) for entry in entries])

    async def _keep_when_there_is_room(self, entry: Entry) -> int:
        while True:
            try:
                return await self._keep([entry], self._clock.time())
            except StoreFullError:
                await self._clock.sleep(_LOOKS_FOR_ROOM_EVERY)

    def finished(self, key: str) -> None:
        """An event was handled, or given up on."""
        waiting = self._open.pop(key, None)
        if waiting is not None:
            waiting.set()

    async def run(self, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Bring what is queued into the store, in few commits, for ever; `flush` before it is cancelled."""
        task_status.started()
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty() and sum(map(len, batch)) < _WRITTEN_AT_ONCE:
                batch.append(self._queue.get_nowait())
            entries = [entry for one in batch for entry in one]
            await self._write(entries)
            self._unwritten -= len(entries)
            for _ in batch:
                self._queue.task_done()

    async def flush(self) -> None:
        """Return when all that was acknowledged is in the store."""
        await self._queue.join()

    async def _write(self, entries: Sequence[Entry]) -> None:
        """Keep them; while there is no room or no store, wait for it, which holds back what comes after them."""
        while True:
            try:
                await self._keep(entries, self._clock.time())
            except StoreError:
                await self._clock.sleep(0.5)
            else:
                return

    async def _keep(self, entries: Sequence[Entry], now: float) -> int:
        if not entries:
            return 0
        new = await self._store.accept(entries, now=now)
        self.counts["accepted"] += new
        self.counts["duplicate"] += len(entries) - new
        return new

    async def _see_handled(self, entries: Iterable[Entry]) -> int:
        """Keep each and wait until it is handled; one that was kept before and is not open is handled already."""
        accepted, waits = 0, list[asyncio.Event]()
        for entry in entries:  # one by one, since a store tells how many are new, not which
            waiting = self._open.get(entry.key)
            if waiting is None:
                waiting = self._open[entry.key] = asyncio.Event()
                new = await self._keep_open(entry)
                accepted += new
                if not new:
                    continue
            waits.append(waiting)
        for waiting in waits:
            await waiting.wait()
        return accepted

    async def _keep_open(self, entry: Entry) -> int:
        new = 0
        try:
            new = await self._keep([entry], self._clock.time())
        finally:
            if not new:
                self.finished(entry.key)
        return new
