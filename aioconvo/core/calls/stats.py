"""What a client did so far, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from .watch import Watch

__all__ = ["Counts", "Stats"]


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """What a client and its `with_options` copies did so far, and how full their pool is now.

    - `calls`: calls begun; `requests`: requests sent for them; `retries`: failed requests after which a call went on.
    - `rate_limited`: how often the server said 429.
    - `waited_for_limits`, `waited_for_pool`, `waited_for_retries`: seconds, added up over all calls.
    - `limited_for`: seconds in which at least one call waited for limits; many that wait at once count once.
    - `bytes_sent`, `bytes_received`: of bodies, as they went over the wire (compressed).
    - `drifted`: parts of answers that were not as documented.
    - `errors`: calls that raised, by the error's type name (`CancelledError` too).
    - `pool_in_use`, `pool_waiting`: requests under way and queued in the running loop, over all clients of the pool.

    The numbers are exact within one event loop.
    """

    calls: int
    requests: int
    retries: int
    rate_limited: int
    waited_for_limits: float
    limited_for: float
    waited_for_pool: float
    waited_for_retries: float
    bytes_sent: int
    bytes_received: int
    drifted: int
    errors: Mapping[str, int]
    pool_in_use: int
    pool_waiting: int
    pool_size: int


class Counts:
    """The counters behind `Stats`, one object for a client and its copies. Times are of one monotonic clock, in seconds."""

    __slots__ = (
        "_limited_for",
        "_limited_now",
        "_limited_since",
        "bytes_received",
        "bytes_sent",
        "calls",
        "drifted",
        "errors",
        "rate_limited",
        "requests",
        "retries",
        "waited_for_limits",
        "waited_for_pool",
        "waited_for_retries",
        "watch",
    )

    def __init__(self) -> None:
        self.calls = self.requests = self.retries = self.rate_limited = self.bytes_sent = self.bytes_received = 0
        self.waited_for_limits = self.waited_for_pool = self.waited_for_retries = 0.0
        self.drifted = 0
        self.errors: dict[str, int] = {}
        self.watch = Watch()
        self._limited_for = self._limited_since = 0.0
        self._limited_now = 0

    def wait_begins(self, now: float) -> None:
        """A call waits for limits from `now` on."""
        if not self._limited_now:
            self._limited_since = now
        self._limited_now += 1

    def wait_ends(self, now: float) -> None:
        """One of the calls that wait for limits waits no more."""
        self._limited_now -= 1
        if not self._limited_now:
            self._limited_for += now - self._limited_since

    def raised(self, error: BaseException) -> str:
        """Count a call that raised; the name it is counted under."""
        name = type(error).__name__
        self.errors[name] = self.errors.get(name, 0) + 1
        return name

    def snapshot(self, now: float, *, pool_in_use: int, pool_waiting: int, pool_size: int) -> Stats:
        """The numbers of `now`."""
        names = (name for name in self.__slots__ if not name.startswith("_") and name != "watch")
        counted: dict[str, Any] = {name: getattr(self, name) for name in names} | {"errors": dict(self.errors)}
        counted["limited_for"] = self._limited_for + (now - self._limited_since if self._limited_now else 0.0)
        return Stats(**counted, pool_in_use=pool_in_use, pool_waiting=pool_waiting, pool_size=pool_size)
