"""When something new happens in an emulated API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .data import milliseconds

if TYPE_CHECKING:
    from .exchange import Settings


class Clock:
    """The settings' clock in milliseconds since 1970; what happens later always sorts later."""

    def __init__(self, settings: Settings) -> None:
        self._clock = settings.clock
        self._last = milliseconds(settings.now)

    def tick(self) -> int:
        """A moment later than the seeded data and than every one given out before."""
        self._last = max(milliseconds(self._clock()), self._last + 1)
        return self._last
