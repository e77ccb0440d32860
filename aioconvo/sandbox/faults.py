"""Which answers of the sandbox go wrong, and how: values in, value out."""

from __future__ import annotations

import dataclasses
import enum
from typing import Final


class Fault(enum.StrEnum):
    """What becomes of an answer."""

    INTERNAL_ERROR = "500"
    BAD_GATEWAY = "502"  # as HTML, from a proxy in front of the API
    UNAVAILABLE = "503"  # with Retry-After
    TOO_MANY_REQUESTS = "429"  # with Retry-After
    RESET = "reset"
    CUT = "cut"

    @property
    def performed(self) -> bool:
        """Whether the request has had its effect although the caller cannot know: only the answer is lost."""
        return self in {Fault.BAD_GATEWAY, Fault.RESET, Fault.CUT}


_FAULTS: Final = tuple(Fault)


def choose(draw: float, share: float) -> Fault | None:
    """The fault for a draw out of [0, 1), `None` to stay whole; `share` (0..1) of all draws are faults."""
    if draw >= share:
        return None
    return _FAULTS[int(draw / share * len(_FAULTS)) % len(_FAULTS)]


@dataclasses.dataclass(slots=True)
class RateLimit:
    """A bucket of `rate` requests that refills at `rate` requests a second, for one credential."""

    rate: float
    tokens: float
    updated: float = 0.0

    def wait(self, now: float) -> float:
        """Take a request at `now` (seconds): 0.0 when it may pass, else the seconds until the next one may."""
        self.tokens = min(max(self.rate, 1.0), self.tokens + (now - self.updated) * self.rate)
        self.updated = now
        if self.tokens >= 1.0:
            self.tokens -= 1.0
            return 0.0
        return (1.0 - self.tokens) / self.rate
