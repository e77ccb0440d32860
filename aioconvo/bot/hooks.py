"""Functions of the user's that are told what a bot does, as it happens.

What they get are names of types and accounts, numbers and seconds. Never text, secrets, phone numbers, ids of people.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from aioconvo.core.access.settings import plain_function

from .health import BotCounts

__all__ = ["BotHooks", "ConnectionFacts", "DeadFacts", "DeliveryFacts", "EventFacts", "HandledFacts"]


class DeliveryFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something came in by a `road`: `webhook`, `poll`, `socket` or `catch_up`.

    `events` were in it, `new` of them were accepted and the rest had been before. `status` is what a webhook's sender was
    answered; where that was no success, `reason` says why. `seconds` is how long it took to be accepted.
    """

    provider: str
    account: str
    road: str
    events: int = 0
    new: int = 0
    status: int | None = None
    reason: str | None = None
    seconds: float = 0.0


class EventFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event goes to its handler, for the `attempt`th time; `lag` is the seconds since it happened, where that is known."""

    provider: str
    account: str
    event: str
    attempt: int
    late: bool
    lag: float | None


class HandledFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An attempt ended after `seconds`: `outcome` is `handled`, `again` or `dead`; `error` the name of what was raised."""

    provider: str
    account: str
    event: str
    attempt: int
    outcome: str
    seconds: float
    error: str | None


class DeadFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event was given up on after so many attempts; `reason` names the error."""

    provider: str
    account: str
    event: str
    attempts: int
    reason: str


class ConnectionFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A poll or a socket is `connected`, `lost`, `caught up` or `given up`; `error` is the name of what was raised."""

    provider: str
    account: str
    road: str
    state: str
    error: str | None = None


class BotHooks(msgspec.Struct, frozen=True, kw_only=True):
    """Plain functions that are told what happens; they must be quick and must not block.

    `on_counts` is told the bot's numbers every 10 seconds. What one raises is logged by `aioconvo.hooks`, and the bot goes on.
    `aioconvo.otel.bot_hooks()` makes some that report to OpenTelemetry.
    """

    on_delivery: Callable[[DeliveryFacts], object] | None = None
    on_event: Callable[[EventFacts], object] | None = None
    on_handled: Callable[[HandledFacts], object] | None = None
    on_dead: Callable[[DeadFacts], object] | None = None
    on_connection: Callable[[ConnectionFacts], object] | None = None
    on_counts: Callable[[BotCounts], object] | None = None

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            hook = getattr(self, name)
            if hook is not None:
                plain_function(name, hook)
