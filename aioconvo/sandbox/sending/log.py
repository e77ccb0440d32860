"""What became of webhooks: the last of them, without secrets and without what they told."""

from __future__ import annotations

import collections
from collections.abc import Callable, Sequence

import msgspec

__all__ = ["Delivery", "DeliveryLog"]


class Delivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One try to deliver. `target` is without what may be a token; `attempt` counts from 1.

    - `at`: when it began, ISO 8601 in UTC; `seconds`: how long it took.
    - `status`: what was answered; `None` where nothing was, and `note` says why.
    - `fate`: `delivered`, `again` (in `again_in` seconds) or `given up`.
    """

    number: int
    provider: str
    events: tuple[str, ...]
    target: str
    attempt: int
    at: str
    fate: str
    seconds: float = 0.0
    status: int | None = None
    again_in: float | None = None
    copy: bool = False
    note: str = ""


class DeliveryLog:
    """The last `most` tries, oldest first."""

    def __init__(self, most: int = 1_000) -> None:
        self._kept: collections.deque[Delivery] = collections.deque(maxlen=most)
        self._watchers: list[Callable[[Delivery], None]] = []

    @property
    def kept(self) -> Sequence[Delivery]:
        """A copy of what is kept."""
        return tuple(self._kept)

    def watch(self, watcher: Callable[[Delivery], None]) -> None:
        """Call it with every try from now on."""
        self._watchers.append(watcher)

    def add(self, delivery: Delivery) -> None:
        """Keep it, in place of the oldest where there is no room."""
        self._kept.append(delivery)
        for watcher in self._watchers:
            watcher(delivery)

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
