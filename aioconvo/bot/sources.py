"""What brings events that nobody sends: polls and sockets, from a position on, as fast as the store takes them."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import anyio

from aioconvo.core.clock import SYSTEM_CLOCK, Clock
from aioconvo.core.errors import (
    AuthenticationError,
    ConfigurationError,
    PermissionDeniedError,
    StoreError,
)
from aioconvo.core.log import logger
from aioconvo.events.incoming import Delivery
from aioconvo.events.polling import Polling
from aioconvo.events.sources import Batch, Source
from aioconvo.providers import Provider

from .intake import Intake
from .retries import name_of
from .stores.store import Store

__all__ = ["Follower", "source_of"]

T = TypeVar("T")

_log = logger("bot")

_STORE_WAITS = 1.0
_HOLDS_FOR = 15.0
_BACK_OFF = (1.0, 60.0)
_COME_BY = {
    Provider.SUNSHINE: "its events come by webhook=SunshineWebhook(...)",
    Provider.SMOOCH: "its events come by webhook=SmoochWebhook(...)",
    Provider.SMSCX: "its events come by webhook=SmscxWebhook(...), or by poll=Polling()",
    Provider.CONVORE: "its events come by poll=Polling()",
    Provider.ULTRACART: "its events come by socket=AgentSocket()",
}
_STEADY = 30.0  # seconds after which a source that fails has worked before, so that waiting begins anew


def source_of(client: Any, *, poll: Polling | None = None, socket: Any = None) -> Source:
    """What a client's events come from that are asked for: `socket` are settings of the API's own, such as `AgentSocket()`.

    Raises:
        ConfigurationError: The API has no such thing, or both are given.
    """
    provider = Provider(client.provider)
    if poll is not None and socket is not None:
        raise ConfigurationError("events come by poll= or by socket=; give one of them")
    if poll is not None:
        if not isinstance(poll, Polling):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
            raise ConfigurationError(f"poll= takes Polling(...); got {type(poll).__name__}")
        if not hasattr(provider.events, "poll"):
            raise ConfigurationError(f"{provider.word} has no list of events to poll; {_COME_BY[provider]}")
        source: Source = provider.events.poll(client, poll)
        return source
    if provider is not Provider.ULTRACART:
        raise ConfigurationError(f"{provider.word} has no socket; {_COME_BY[provider]}")
    from aioconvo.ultracart import AgentSocket, AgentSource  # noqa: PLC0415 -- for who uses it

    if not isinstance(socket, AgentSocket):
        raise ConfigurationError(f"socket= takes AgentSocket(...); got {type(socket).__name__}")
    return AgentSource(client, socket)


class Follower:
    """Follows a source and has what it brings kept, for ever: `task_group.start_soon(follower.run)`.

    Of the processes that share a store one follows at a time. The position moves when what came before it is kept: after a
    crash some may come again, which is noticed, and nothing is missed. While the store is full the source is not asked.

    - `account`: the name of the account; who holds it in the store asks, and the position is kept under it.
    - `told`: is told what happens: `connected`, `lost` and `given up`, the last two with the error.
    - `kept`: is told of what was kept, how many of its events were new, and the seconds that took.
    """

    def __init__(
        self,
        account: str,
        source: Source,
        store: Store,
        intake: Intake,
        *,
        clock: Clock = SYSTEM_CLOCK,
        told: Callable[[str, BaseException | None], object] | None = None,
        kept: Callable[[Delivery, int, float], object] | None = None,
    ) -> None:
        self.account = account
        self._source = source
        self._store = store
        self._intake = intake
        self._clock = clock
        self._told = told
        self._kept = kept
        self._scope = anyio.CancelScope()
        self._is_stopped = False
        self._heard_at = clock.monotonic()
        self.holds = False
        self.given_up = False
        self.connected = False
        self.reconnects = 0

    async def run(self) -> None:
        """Follow until cancelled or stopped, or until the API refuses the credentials, which is told and logged."""
        with self._scope:
            while not self.given_up:
                await self._become_holder()
                try:
                    async with anyio.create_task_group() as group:
                        group.start_soon(self._keep_holding, group.cancel_scope)
                        await self._follow_on()
                        group.cancel_scope.cancel()
                finally:
                    await self._let_go()

    def stop(self) -> None:
        """Take nothing more. A socket stays open, for replies of handlers that still run, until `run` is cancelled."""
        self._is_stopped = True
        if not hasattr(self._source, "agent"):
            self._scope.cancel()

    @property
    def silent(self) -> float:
        """Seconds since the API was heard; 0 where another process follows."""
        if self.given_up:
            return math.inf
        is_open = getattr(getattr(self._source, "agent", None), "connected", False)
        return 0.0 if is_open or not self.holds else self._clock.monotonic() - self._heard_at

    # Which process.

    async def _become_holder(self) -> None:
        while not await self._hold():
            await self._clock.sleep(_HOLDS_FOR / 3)
        self.holds = True
        self._heard_at = self._clock.monotonic()

    async def _hold(self) -> bool | None:
        """Whether this process follows now; `None` where the store does not say."""
        try:
            return await self._store.hold(self.account, now=self._clock.time(), seconds=_HOLDS_FOR)
        except StoreError as error:
            _log.warning("%s: the store gives no answer: %s", self.account, error)
            return None

    async def _keep_holding(self, following: anyio.CancelScope) -> None:
        """End it when another process follows, or when the store did not answer until another one may."""
        held_until = self._clock.monotonic() + _HOLDS_FOR
        while True:
            await self._clock.sleep(_HOLDS_FOR / 3)
            holds = await self._hold()
            if holds:
                held_until = self._clock.monotonic() + _HOLDS_FOR
            elif holds is False or self._clock.monotonic() + _HOLDS_FOR / 3 >= held_until:
                _log.warning("%s: not followed by this process any more", self.account)
                following.cancel()
                return

    async def _let_go(self) -> None:
        self.holds = self.connected = False
        with anyio.move_on_after(1, shield=True):
            try:
                await self._store.let_go(self.account)
            except StoreError as error:
                _log.warning(
                    "%s: the store gives no answer: %s; another process waits for the hold to end", self.account, error
                )

    # What comes.

    async def _follow_on(self) -> None:
        """Follow, and connect again after whatever went wrong; returns where that is of no use."""
        failures = 0
        while True:
            begun_at = self._clock.monotonic()
            try:
                await self._follow()
            except (AuthenticationError, PermissionDeniedError) as error:
                self.given_up = True
                _log.error("%s is given up: the API refuses the credentials: %s", self.account, error)
                self._tell("given up", error)
                return
            except Exception as error:  # noqa: BLE001 -- it goes on, whatever it was
                failures = 1 if self._clock.monotonic() - begun_at >= _STEADY else failures + 1
                _log.warning("%s is lost, to be tried again: %s", self.account, name_of(error))
                self.connected = False
                self.reconnects += 1
                self._tell("lost", error)
            first, most = _BACK_OFF
            await self._clock.sleep(random.uniform(0, min(most, first * 2 ** min(failures - 1, 16))))  # noqa: S311 -- no secret

    async def _follow(self) -> None:
        position = await self._store.position(self.account)
        async with self._source.open(self.account, position) as batches:
            async for batch in batches:
                self._heard_at = self._clock.monotonic()
                if self._is_stopped:
                    await anyio.sleep_forever()
                if not self.connected:
                    self.connected = True
                    self._tell("connected", None)
                await self._take(batch)

    async def _take(self, batch: Batch) -> None:
        """Keep what came and then the position. It waits for room and for the store, and what comes next waits with it."""
        delivery, began = batch.delivery, self._clock.monotonic()
        if delivery.events:
            new = await self._until_kept(functools.partial(self._intake.accept, delivery))
            if self._kept is not None:
                self._kept(delivery, new, self._clock.monotonic() - began)
        if batch.position is not None:
            keep = functools.partial(self._store.keep_position, self.account, batch.position, now=self._clock.time())
            await self._until_kept(keep)

    async def _until_kept(self, keep: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await keep()
            except StoreError as error:
                _log.warning("%s: the store gives no answer: %s", self.account, error)
                await self._clock.sleep(_STORE_WAITS)

    def _tell(self, state: str, error: BaseException | None) -> None:
        if self._told is not None:
            self._told(state, error)
