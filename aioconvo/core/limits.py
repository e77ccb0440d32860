"""How many requests a credential may send: the pure rule, and what a store promises that keeps it for several processes.

Who waits in which order is in `gate.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Protocol

import msgspec

from .errors import ConfigurationError

__all__ = ["LimitStore", "Limits", "Pause", "RateLimit", "RateRule"]


class RateLimit(msgspec.Struct, frozen=True):
    """At most `calls` requests in any window of `seconds`."""

    calls: int
    seconds: float

    def __post_init__(self) -> None:
        if self.calls < 1 or not self.seconds > 0:
            raise ConfigurationError("a RateLimit needs at least 1 call and more than 0 seconds")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one credential may do: requests in any window, and requests under way at once (`None`: as many as the pool has)."""

    rates: Sequence[RateLimit] = ()
    concurrency: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.rates, RateLimit) or not all(isinstance(rate, RateLimit) for rate in self.rates):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
            raise ConfigurationError("rates must be a list of RateLimit, such as [RateLimit(50, 1.0)]")
        if self.concurrency is not None and self.concurrency < 1:
            raise ConfigurationError("concurrency must be at least 1, or None for no limit")


class LimitStore(Protocol):
    """Keeps the limits of credentials for several processes. `SqliteLimits` is one; others can be written.

    A store goes by a clock of its own and is told durations only, in seconds, so that its users need not agree on the time.
    A `key` stands for one credential at one API; it is a digest and gives nothing away. What one process calls takes effect
    in the order it was called, also where a `start` was cancelled.
    """

    async def start(self, key: str, limits: Limits, ticket: str, lease: float) -> float:
        """Whether one more request may start now: 0.0, and it is counted; or the seconds after which to ask again.

        All starts of a key count, whatever the `limits` of who asked. Where `limits.concurrency` is set, a started request is
        one of those under way until `end` gets its `ticket`, or for `lease` seconds if nothing more is heard of it. Who is
        refused asks again with the same ticket, which keeps its place before others. It must be decided in one step: of two
        that ask for the last place, one gets it.
        """
        ...

    def end(self, key: str, ticket: str) -> None:
        """The request ended, or nobody wants the ticket's place any more. Returns at once; unknown tickets are no error."""
        ...

    def pause(self, key: str, seconds: float) -> None:
        """Let no request of `key` start for `seconds`; it never shortens a pause. Returns at once."""
        ...


class Pause:
    """Until when a 429 holds back one credential, whatever the limits of the clients that use it."""

    __slots__ = ("__weakref__", "until")

    def __init__(self) -> None:
        self.until = float("-inf")


class RateRule:
    """The sliding windows of one credential, and the pause a 429 put on it. Times are seconds of one monotonic clock."""

    __slots__ = ("_pause", "_windows")

    def __init__(self, rates: Sequence[RateLimit], pause: Pause | None = None) -> None:
        self._windows = [(rate.seconds, deque[float](maxlen=rate.calls)) for rate in rates]
        self._pause = Pause() if pause is None else pause

    def wait(self, now: float) -> float:
        """Seconds until the next request may start; 0 or less: at once."""
        ready = self._pause.until
        for seconds, starts in self._windows:
            if len(starts) == starts.maxlen:
                ready = max(ready, starts[0] + seconds)
        return ready - now

    def idle(self, now: float) -> bool:
        """Whether a new rule would say the same from now on."""
        return self._pause.until <= now and all(not starts or starts[-1] + seconds <= now for seconds, starts in self._windows)

    def start(self, now: float) -> None:
        """Count a request that starts now."""
        for _, starts in self._windows:
            starts.append(now)

    def pause(self, until: float) -> None:
        """Let no request start before `until`."""
        self._pause.until = max(self._pause.until, until)
