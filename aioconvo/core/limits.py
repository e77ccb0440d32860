"""How many requests a credential may send: the pure rule. Who waits in which order is in `gate.py`."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Sequence

from .errors import ConfigurationError

__all__ = ["Limits", "RateLimit", "RateRule"]


@dataclasses.dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `calls` requests in any window of `seconds`."""

    calls: int
    seconds: float

    def __post_init__(self) -> None:
        if self.calls < 1 or not self.seconds > 0:
            raise ConfigurationError("a RateLimit needs at least 1 call and more than 0 seconds")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one credential may do: requests in any window, and requests under way at once (`None`: as many as the pool has)."""

    rates: Sequence[RateLimit] = ()
    concurrency: int | None = None

    def __post_init__(self) -> None:
        if self.concurrency is not None and self.concurrency < 1:
            raise ConfigurationError("concurrency must be at least 1, or None for no limit")


class RateRule:
    """The sliding windows of one credential, and the pause a 429 put on it. Times are seconds of one monotonic clock."""

    __slots__ = ("_paused_until", "_windows")

    def __init__(self, rates: Sequence[RateLimit]) -> None:
        self._windows = [(rate.seconds, deque[float](maxlen=rate.calls)) for rate in rates]
        self._paused_until = float("-inf")

    def wait(self, now: float) -> float:
        """Seconds until the next request may start; 0 or less: at once."""
        ready = self._paused_until
        for seconds, starts in self._windows:
            if len(starts) == starts.maxlen:
                ready = max(ready, starts[0] + seconds)
        return ready - now

    def idle(self, now: float) -> bool:
        """Whether a new rule would say the same from now on."""
        return self._paused_until <= now and all(not starts or starts[-1] + seconds <= now for seconds, starts in self._windows)

    def start(self, now: float) -> None:
        """Count a request that starts now."""
        for _, starts in self._windows:
            starts.append(now)

    def pause(self, until: float) -> None:
        """Let no request start before `until`."""
        self._paused_until = max(self._paused_until, until)
