"""How Convore's list of events behaves in the sandbox, where nobody documents how the real one does."""

from __future__ import annotations

import dataclasses

from aioconvo.core.errors import ConfigurationError

__all__ = ["EventList"]


@dataclasses.dataclass(frozen=True, slots=True)
class EventList:
    """How a list of events that is polled behaves. Shares are from 0 to 1; which ones they hit follows from the seed.

    `late` seconds pass before an event appears, at most, for a `late_share` of them; `same_time` milliseconds is how coarse
    times are, so that events share one; `empty_pages` is the share of answers without an item that lead on all the same;
    `null_cursor`: the last page says `"next_cursor": null` instead of nothing.
    """

    oldest_first: bool = False
    late: float = 0.0
    late_share: float = 0.0
    same_time: int = 1
    empty_pages: float = 0.0
    null_cursor: bool = False

    def __post_init__(self) -> None:
        for name in ("late_share", "empty_pages"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigurationError(f"{name} is a share, from 0 to 1; got {getattr(self, name)}")
        if self.empty_pages == 1:
            raise ConfigurationError("empty_pages must be below 1, or no page would ever hold anything")
        if self.late < 0 or self.same_time < 1:
            raise ConfigurationError("late is 0 or more seconds, same_time 1 or more milliseconds")
