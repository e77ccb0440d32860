"""What a client did so far, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["Counts", "Stats"]


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """What a client and its `with_options` copies did so far, and how full their pool is now.

    - `calls`: calls begun; `requests`: requests sent for them; `retries`: failed requests after which a call went on.
    - `rate_limited`: how often the server said 429.
    - `waited_for_limits`, `waited_for_pool`, `waited_for_retries`: seconds, added up over all calls.
    - `bytes_sent`, `bytes_received`: of bodies, as they went over the wire (compressed).
    - `errors`: calls that raised, by the error's type name (`CancelledError` too).
    - `pool_in_use`, `pool_waiting`: requests under way and queued in the running loop, over all clients of the pool.

    The numbers are exact within one event loop.
    """

    calls: int
    requests: int
    retries: int
    rate_limited: int
    waited_for_limits: float
    waited_for_pool: float
    waited_for_retries: float
    bytes_sent: int
    bytes_received: int
    errors: Mapping[str, int]
    pool_in_use: int
    pool_waiting: int
    pool_size: int


class Counts:
    """The counters behind `Stats`, one object for a client and its copies."""

    __slots__ = (
        "bytes_received",
        "bytes_sent",
        "calls",
        "errors",
        "rate_limited",
        "requests",
        "retries",
        "waited_for_limits",
        "waited_for_pool",
        "waited_for_retries",
    )

    def __init__(self) -> None:
        self.calls = self.requests = self.retries = self.rate_limited = self.bytes_sent = self.bytes_received = 0
        self.waited_for_limits = self.waited_for_pool = self.waited_for_retries = 0.0
        self.errors: dict[str, int] = {}

    def raised(self, error: BaseException) -> str:
        """Count a call that raised; the name it is counted under."""
        name = type(error).__name__
        self.errors[name] = self.errors.get(name, 0) + 1
        return name

    def snapshot(self, *, pool_in_use: int, pool_waiting: int, pool_size: int) -> Stats:
        """The numbers of now."""
        counted: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__} | {"errors": dict(self.errors)}
        return Stats(**counted, pool_in_use=pool_in_use, pool_waiting=pool_waiting, pool_size=pool_size)
