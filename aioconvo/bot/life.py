"""One run of a bot: from the open store to the end of the drain."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import anyio
import msgspec

from aioconvo.core.calls.hooks import tell
from aioconvo.core.clock import Clock
from aioconvo.core.errors import StoreError
from aioconvo.core.log import logger
from aioconvo.core.wire.pool import SessionPool
from aioconvo.events.incoming import Delivery
from aioconvo.events.models import Event
from aioconvo.events.replies import Replies
from aioconvo.events.sources import Source
from aioconvo.events.webhook import Webhook

from .catch_up import CatchUp, CaughtUp, by_account
from .door import Door
from .handling import Account, Handling, Known
from .health import BotCounts, is_ready
from .hooks import BotHooks, ConnectionFacts, DeadFacts, DeliveryFacts, EventFacts, HandledFacts
from .intake import Accept, Intake
from .outbox import Outbox, Voice
from .retries import LoopGuard, LoopLimits, Retries, name_of
from .runner import Finished, Runner
from .sources import Follower
from .state import StateSchema
from .stores.store import Again, Claim, Counts, Dead, Store

__all__ = ["Life", "Settings"]

_log = logger("bot")

_STORE_ANSWERS_WITHIN = 2.0  # seconds
_COUNTS_EVERY = 10.0  # seconds


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a bot was made with; see `Bot`."""

    store: Store
    schema: StateSchema[Any] | None
    settle: float
    concurrency: int
    accept: Accept
    handler_timeout: float
    drain: float
    retries: Retries
    loops: LoopLimits
    hooks: BotHooks
    clock: Clock
    body_timeout: float
    health_port: int | None


class Life:
    """One run of a bot, `run` in a task of its own; made anew for each.

    Raises:
        ConfigurationError: Something that was registered cannot work; the message names it.
    """

    def __init__(
        self,
        settings: Settings,
        known: Known,
        accounts: Mapping[str, Account],
        *,
        webhooks: Mapping[str, Webhook],
        sources: Mapping[str, Source],
        pool: SessionPool | None,
    ) -> None:
        self._settings = settings
        self._store = settings.store
        self._clock = settings.clock
        self._accounts = accounts
        self._pool = pool
        self._replies: dict[str, Replies] = {name: one.provider.replies(one.client) for name, one in accounts.items()}
        self._outbox = Outbox(self._store, clock=self._clock, guard=LoopGuard(settings.loops))
        handling = Handling(known, accounts, state=settings.schema, converse=self._converse, tell=self._event_begins)
        self.intake = Intake(self._store, clock=self._clock, accept=settings.accept, settle=settings.settle)
        self.runner = Runner(
            self._store,
            self._outbox.guarded(handling),
            clock=self._clock,
            concurrency=settings.concurrency,
            drain=settings.drain,
            handler_timeout=settings.handler_timeout,
            retries=settings.retries,
            on_finished=self._finished,
        )
        self._followers = [self._follow(accounts[name], source) for name, source in sources.items()]
        tell = None if settings.hooks.on_delivery is None else self.delivered
        self.door = Door(webhooks, self.intake, clock=self._clock, live=self.is_live, ready=self.is_ready, tell=tell)
        self.started = asyncio.Event()
        self._stopping = asyncio.Event()
        self._flushing = anyio.CancelScope()
        self._ended = False
        self._kinds: dict[int, str] = {}  # the types of the events that are handled now, by fence
        self._outcomes: Counter[str] = Counter()
        self._handler_seconds = 0.0
        self._lag: float | None = None
        self.left = 0
        """Events that were accepted and not handled when it ended, where the store does not keep them."""

    async def run(self) -> None:
        """Open the store, handle events until `stop`, drain, close."""
        try:
            await self._store.open(now=self._clock.time())
            try:
                await self._live()
            finally:
                self.intake.stop()
                with anyio.CancelScope(shield=True):
                    await self._close()
        finally:
            self._ended = True

    async def _live(self) -> None:
        async with contextlib.AsyncExitStack() as around:
            if self._settings.health_port is not None:
                from .adapters.aiohttp import listen_for_counts  # noqa: PLC0415 -- aiohttp's server, for who wants it

                await around.enter_async_context(listen_for_counts(self._encoded_counts, self._settings.health_port))
            async with anyio.create_task_group() as group:
                await group.start(self.intake.run)
                await group.start(self.runner.run)
                for follower in self._followers:
                    group.start_soon(follower.run)
                if self._settings.hooks.on_counts is not None:
                    group.start_soon(self._tell_counts, self._settings.hooks.on_counts)
                if not self._stopping.is_set():
                    self.intake.start()
                self.started.set()
                await self._stopping.wait()
                await self._drain()
                group.cancel_scope.cancel()

    def stop(self, *, at_once: bool = False) -> None:
        """Take nothing more in and let running handlers end within the drain, or cancel them now. Does not wait."""
        self.intake.stop()
        for follower in self._followers:
            follower.stop()
        self._stopping.set()
        if at_once:
            self._flushing.cancel()
            self.runner.stop(at_once=True)

    async def catch_up(self, since: dt.datetime, users: Mapping[str, Iterable[str]] | Iterable[str]) -> CaughtUp:
        """Handle what the inboxes hold and what never came; see `Bot.catch_up`."""
        looking = CatchUp(self._accounts, self._store, self.intake)
        return await looking.run(since, by_account(users, self._accounts))

    async def _drain(self) -> None:
        self.runner.stop()  # both within the same seconds
        self._flushing.deadline = anyio.current_time() + self._settings.drain
        with self._flushing:
            await self.intake.flush()
        await self.runner.drain()

    async def _close(self) -> None:
        self.left = self.intake.queued
        if not self._store.durable:
            with contextlib.suppress(StoreError):
                counts = await self._store.counts(now=self._clock.time())
                self.left += counts.waiting + counts.running
        if self.left:
            _log.error("%d events that were accepted are not handled, and kept by this process alone", self.left)
        await self._store.aclose()
        for replies in self._replies.values():
            await replies.aclose()
        if self._pool is not None:
            await self._pool.close_connections()

    # What is told of it.

    def is_live(self) -> bool:
        """Whether it runs."""
        return not self._ended

    async def is_ready(self) -> bool:
        """Whether it can take more."""
        return self._is_ready(await self._ask_store())

    def _is_ready(self, counts: Counts | None) -> bool:
        return is_ready(
            draining=self._stopping.is_set() or not self.started.is_set(),
            store_answers=self.runner.store_answers and counts is not None,
            waiting=0 if counts is None else counts.waiting,
            max_waiting=self._store.max_waiting,
            silent={one.account: one.silent for one in self._followers},
        )

    async def _ask_store(self) -> Counts | None:
        if self._ended:
            return None
        with anyio.move_on_after(_STORE_ANSWERS_WITHIN), contextlib.suppress(StoreError):
            return await self._store.counts(now=self._clock.time())
        return None

    async def counts(self) -> BotCounts:
        """The numbers."""
        counts, came, now = await self._ask_store(), self.intake.counts, self._clock.time()
        kept = Counts(waiting=0, running=0, dead=0, lanes=0) if counts is None else counts
        return BotCounts(
            accepted=came.get("accepted", 0),
            duplicate=came.get("duplicate", 0),
            refused={reason: count for reason, count in came.items() if reason not in {"accepted", "duplicate"}},
            handled=self._outcomes["handled"],
            retried=self._outcomes["again"],
            died=self._outcomes["dead"],
            waiting=kept.waiting,
            running=kept.running,
            dead=kept.dead,
            lanes=kept.lanes,
            oldest=None if kept.oldest is None else max(0.0, now - kept.oldest),
            handler_seconds=self._handler_seconds,
            lag=self._lag,
            connected={one.account: one.connected for one in self._followers if one.holds or one.given_up},
            reconnects={one.account: one.reconnects for one in self._followers},
            ready=self._is_ready(counts),
            draining=self._stopping.is_set(),
            store_answers=counts is not None,
        )

    async def _tell_counts(self, hook: Callable[[BotCounts], object]) -> None:
        while True:
            tell(hook, await self.counts())
            await self._clock.sleep(_COUNTS_EVERY)

    async def _encoded_counts(self) -> bytes:
        return msgspec.json.encode(await self.counts())

    def delivered(self, facts: DeliveryFacts) -> None:
        """Something came in."""
        if self._settings.hooks.on_delivery is not None:
            tell(self._settings.hooks.on_delivery, facts)

    def _follow(self, account: Account, source: Source) -> Follower:
        road = "socket" if hasattr(source, "agent") else "poll"
        self._replies[account.name].over(source)

        def told(state: str, error: BaseException | None) -> None:
            if self._settings.hooks.on_connection is not None:
                facts = ConnectionFacts(
                    provider=str(account.provider),
                    account=account.name,
                    road=road,
                    state=state,
                    error=None if error is None else name_of(error),
                )
                tell(self._settings.hooks.on_connection, facts)

        def kept(delivery: Delivery, new: int, seconds: float) -> None:
            facts = DeliveryFacts(
                provider=str(account.provider),
                account=account.name,
                road=road,
                events=len(delivery.events),
                new=new,
                seconds=seconds,
            )
            self.delivered(facts)

        return Follower(account.name, source, self._store, self.intake, clock=self._clock, told=told, kept=kept)

    def _converse(self, account: Account, event: Event, claim: Claim) -> Voice:
        return self._outbox.voice(self._replies[account.name], event, claim)

    def _event_begins(self, claim: Claim, event: Event) -> None:
        kind = self._kinds[claim.fence] = type(event).__name__
        if len(self._kinds) > 2 * self._settings.concurrency:  # of claims that were lost
            del self._kinds[next(iter(self._kinds))]
        occurred = claim.entry.occurred_at
        self._lag = None if occurred is None else max(0.0, self._clock.time() - occurred)
        if self._settings.hooks.on_event is not None:
            facts = EventFacts(
                provider=claim.entry.provider,
                account=claim.entry.account,
                event=kind,
                attempt=event.attempt,
                late=event.late,
                lag=self._lag,
            )
            tell(self._settings.hooks.on_event, facts)

    def _finished(self, finished: Finished) -> None:
        entry, outcome = finished.claim.entry, finished.outcome
        kind = self._kinds.pop(finished.claim.fence, "")
        word = "again" if isinstance(outcome, Again) else "dead" if isinstance(outcome, Dead) else "handled"
        self._outcomes[word] += 1
        self._handler_seconds += finished.seconds
        if word != "again":
            self.intake.finished(entry.key)
        hooks = self._settings.hooks
        if hooks.on_handled is not None:
            handled = HandledFacts(
                provider=entry.provider,
                account=entry.account,
                event=kind,
                attempt=entry.attempt,
                outcome=word,
                seconds=finished.seconds,
                error=None if finished.error is None else name_of(finished.error),
            )
            tell(hooks.on_handled, handled)
        if hooks.on_dead is not None and isinstance(outcome, Dead):
            reason = outcome.reason.partition(":")[0]
            dead = DeadFacts(provider=entry.provider, account=entry.account, event=kind, attempts=entry.attempt, reason=reason)
            tell(hooks.on_dead, dead)
