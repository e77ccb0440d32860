"""How many requests a credential may send: the rule, the same for every store, and what a store promises.

Stores keep a `LimitAccount` of each credential, as an object or in rows, and decide nothing themselves. Who waits in which
order is in `gate.py`.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Awaitable, Iterator, Sequence
from typing import Any, Protocol, cast

import msgspec

from aioconvo.core.access import settings
from aioconvo.core.errors import ConfigurationError

__all__ = ["LimitAccount", "LimitStore", "Limits", "Quota", "RateLeft", "RateLimit", "Starts"]

_ASK_AGAIN = 0.025  # seconds between two looks whether a request of another process has ended
_PLACE_KEPT = 1.0  # seconds that a place in the line is kept for who does not ask again
_STARTS_KEPT = 1000  # what is remembered of a credential before anyone tells limits that ask about more
_SECONDS_KEPT = 60.0
_LOOK_OVER_FROM = 64


class RateLimit(msgspec.Struct, frozen=True):
    """At most `calls` requests in any window of `seconds`."""

    calls: int
    seconds: float

    def __post_init__(self) -> None:
        settings.count("calls of a RateLimit", self.calls, least=1)
        settings.seconds("seconds of a RateLimit", self.seconds)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one credential may do: requests in any window, and requests under way at once (`None`: as many as the pool has)."""

    rates: Sequence[RateLimit] = ()
    concurrency: int | None = None

    def __post_init__(self) -> None:
        rates: Any = self.rates  # for callers without a type checker
        if not isinstance(rates, list | tuple) or not all(isinstance(rate, RateLimit) for rate in cast("list[object]", rates)):
            raise ConfigurationError("rates must be a list of RateLimit, such as [RateLimit(50, 1.0)]")
        settings.count("concurrency", self.concurrency, least=1, none="no limit")


class RateLeft(msgspec.Struct, frozen=True):
    """What is left of one rate: `left` calls now, and all `rate.calls` again in `whole_in` seconds if none is made."""

    rate: RateLimit
    left: int
    whole_in: float


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """What a credential may still send by its limits.

    - `rates`: what is left of each rate.
    - `under_way`: requests that have started and not ended; `concurrency`: how many may (`None`: no limit).
    - `held_back`: seconds until one more request may start by the rates and the pause after a 429; 0 when at once.
    """

    rates: Sequence[RateLeft]
    under_way: int
    concurrency: int | None
    held_back: float


class LimitStore(Protocol):
    """Keeps the limits of credentials for several pools or processes; `MemoryLimits` and `SqliteLimits` are some.

    A store goes by a clock of its own, which must not step, and is told durations only, in seconds, so that its users need not
    agree on the time. A `key` stands for one credential at one API; it is a digest and gives nothing away.

    Every method may answer at once or later (be a plain function or `async`); what answers at once costs no task switch. A
    `start` is never cancelled: where nobody waits for it any more, `end` follows its answer. A store that cannot answer
    raises, best a `LimitStoreError`, and is asked again for as long as the call waits (`RetryPolicy.max_wait`).

    `LimitAccount` is the rule: keep one for each key and hand on what its `ask`, `end`, `pause` and `quota` say.
    """

    def start(self, key: str, limits: Limits, ticket: str, lease: float) -> float | Awaitable[float]:
        """Whether one more request may start now: 0.0, and it is counted; or the seconds after which to ask again.

        All starts of a key and all its requests under way count, whatever the `limits` of who asked; each is judged by its own.
        A started request is under way until `end` gets its `ticket`, or for `lease` seconds if nothing more is heard of it.
        Who is refused asks again with the same ticket, which keeps its place before others. It must be decided in one step:
        of two that ask for the last place, one gets it.
        """
        ...

    def end(self, key: str, ticket: str) -> Awaitable[None] | None:
        """The request ended, or nobody wants the ticket's place any more; unknown tickets are no error."""
        ...

    def pause(self, key: str, seconds: float) -> Awaitable[None] | None:
        """Let no request of `key` start for `seconds`; it never shortens a pause."""
        ...

    def quota(self, key: str, limits: Limits) -> Quota | Awaitable[Quota]:
        """What is left of these limits."""
        ...

    def aclose(self) -> Awaitable[None] | None:
        """Let go of what the store holds. Pools do not call it: whoever made the store does, after the pools."""
        ...


class Starts(Protocol):
    """When requests started, oldest first; a deque of times is one."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> float: ...

    def __reversed__(self) -> Iterator[float]: ...

    def append(self, at: float, /) -> None:
        """One more."""
        ...

    def popleft(self) -> object:
        """Forget the oldest."""
        ...


class LimitAccount:
    """What one credential did lately, and the rule of what it may do next. Times are seconds of one clock that never steps.

    - `starts`: when requests started, as many as the limits ask about; `longest` and `most` say how far back that is.
    - `paused_until`: nothing starts before that.
    - `held`: the tickets of requests under way, and until when they count if nothing more is heard of them.
    - `waiting`: the tickets that lack a place only, in order, and until when that order is kept for them.
    """

    __slots__ = ("_expires", "_learned", "_room", "held", "longest", "most", "paused_until", "starts", "waiting")

    def __init__(
        self, starts: Starts | None = None, held: dict[str, float] | None = None, waiting: dict[str, float] | None = None
    ) -> None:
        self.starts: Starts = deque() if starts is None else starts
        self.held = {} if held is None else held
        self.waiting = {} if waiting is None else waiting
        self.longest = _SECONDS_KEPT
        self.most = _STARTS_KEPT
        self.paused_until = -math.inf
        self._expires = self._soonest()  # no ticket runs out before that
        self._learned: Limits | None = None
        self._room = _LOOK_OVER_FROM

    # What a store answers.

    def ask(self, now: float, limits: Limits, ticket: str, lease: float) -> float:
        """What `LimitStore.start` answers."""
        wait = self.line_up(now, limits, ticket, now + _PLACE_KEPT)
        if wait > 0:
            return wait if wait < math.inf else _ASK_AGAIN
        self.note(now, ticket, now + lease)
        return 0.0

    def end(self, ticket: str) -> None:
        """The ticket is under way no more, or waits no more."""
        self.held.pop(ticket, None)
        if self.waiting:
            self.waiting.pop(ticket, None)

    def pause(self, until: float) -> None:
        """Let no request start before `until`."""
        self.paused_until = max(self.paused_until, until)

    def quota(self, now: float, limits: Limits) -> Quota:
        """What is left of these limits."""
        self._expire(now)
        rates = tuple(self._left(now, rate) for rate in limits.rates)
        held_back = max(0.0, self.known_wait(now, limits))
        return Quota(rates=rates, under_way=len(self.held), concurrency=limits.concurrency, held_back=held_back)

    # The rule.

    def wait(self, now: float, limits: Limits, ticket: str) -> float:
        """Seconds until the request may start, 0.0 or less: now; infinite where it lacks nothing but a place."""
        if limits is not self._learned:
            self._learn(limits)
        ready = self.paused_until
        starts = self.starts
        for rate in limits.rates:
            if len(starts) >= rate.calls:
                ready = max(ready, starts[-rate.calls] + rate.seconds)
        if ready > now:
            return ready - now
        if limits.concurrency is None or self._ahead(now, ticket) < limits.concurrency:
            return 0.0
        return math.inf

    def line_up(self, now: float, limits: Limits, ticket: str, until: float = math.inf) -> float:
        """As `wait`; the ticket that lacks a place only is kept one in the line until then, and no other is."""
        wait = self.wait(now, limits, ticket)
        if wait == math.inf:
            self.waiting[ticket] = until
            self._expires = min(self._expires, until)
        elif wait > 0:  # by its own rates: it must not stand in the way of those that have others
            self.waiting.pop(ticket, None)
        return wait

    def note(self, now: float, ticket: str, until: float = math.inf) -> None:
        """Count a request that starts now, and is under way until `until` at most."""
        if self.waiting:
            self.waiting.pop(ticket, None)
        self.held[ticket] = until
        if until < self._expires:  # noqa: PLR1730 -- on the way of every request; `min` is a call
            self._expires = until
        starts = self.starts
        starts.append(now)
        if len(starts) > self._room:
            self._look_over(now)

    def reserve(self, ticket: str) -> None:
        """Give a ticket its place before it starts."""
        self.waiting.pop(ticket, None)
        self.held[ticket] = math.inf

    def known_wait(self, now: float, limits: Limits, ahead: int = 0, not_before: float = -math.inf) -> float:
        """Seconds that one with `ahead` others before it waits at least, by the rates and the pause; 0.0 or less: none."""
        first = max(now, self.paused_until, not_before)
        ready = first
        for rate in limits.rates:
            windows, place = divmod(ahead, rate.calls)
            before = rate.calls - place  # the start that leaves the window for the one at this place
            opens = self.starts[-before] + rate.seconds if len(self.starts) >= before else first
            ready = max(ready, max(first, opens) + windows * rate.seconds)
        return ready - now

    def idle(self, now: float) -> bool:
        """Whether a new account would say the same from now on."""
        if self.held or self.waiting or self.paused_until > now:
            return False
        return not self.starts or self.starts[-1] + self.longest <= now

    def _ahead(self, now: float, ticket: str) -> int:
        """Requests under way, and tickets that came before this one."""
        if self._expires <= now:
            self._expire(now)
        ahead = len(self.held) - (ticket in self.held)
        for other in self.waiting:
            if other == ticket:
                break
            ahead += 1
        return ahead

    def _expire(self, now: float) -> None:
        """Forget the tickets that nothing more was heard of."""
        for tickets in (self.held, self.waiting):
            for ticket in [ticket for ticket, until in list(tickets.items()) if until <= now]:
                del tickets[ticket]
        self._expires = self._soonest()

    def _soonest(self) -> float:
        return min((*self.held.values(), *self.waiting.values()), default=math.inf)

    def _learn(self, limits: Limits) -> None:
        """Remember as much as these limits ask about, from now on."""
        self._learned = limits
        for rate in limits.rates:
            self.longest = max(self.longest, rate.seconds)
            self.most = max(self.most, rate.calls)

    def _look_over(self, now: float) -> None:
        """Forget the starts that no limits ask about any more."""
        starts, most, longest = self.starts, self.most, self.longest
        while len(starts) > most or starts[0] + longest <= now:
            starts.popleft()
        self._room = len(starts) + max(_LOOK_OVER_FROM, len(starts) // 4)  # not at each start anew

    def _left(self, now: float, rate: RateLimit) -> RateLeft:
        used = 0
        for at in reversed(self.starts):
            if used == rate.calls or at + rate.seconds <= now:
                break
            used += 1
        return RateLeft(rate, rate.calls - used, self.starts[-1] + rate.seconds - now if used else 0.0)
