"""What answers tell of a credential's quota, in each API's form.

SMS.CX documents its form. The others document none: theirs are forms in wide use, so that what a client makes of them shows.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Final

__all__ = ["QuotaForm", "Standing", "Window", "headers_of"]

_LIMIT: Final = 10_000  # requests in a window, where the sandbox is told no rate: nobody is ever refused
_SECONDS: Final = 3_600.0


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """How a credential stands: of `limit` requests `left` may still be made; in `reset` seconds all of them may again."""

    limit: int
    left: int
    reset: float


@dataclasses.dataclass(slots=True)
class Window:
    """Counts the requests of one credential down, and begins anew each hour."""

    begun: float
    made: int = 0

    def take(self, now: float) -> Standing:
        """One request more, at `now` in seconds."""
        if now >= self.begun + _SECONDS:
            self.begun, self.made = now, 0
        self.made += 1
        return Standing(_LIMIT, max(0, _LIMIT - self.made), self.begun + _SECONDS - now)


@dataclasses.dataclass(frozen=True, slots=True)
class QuotaForm:
    """Names of the headers an API tells quotas in; `moment`: the reset is told as a Unix time, else as seconds from now."""

    limit: str
    left: str
    reset: str
    moment: bool
    reset_always: bool = True


def headers_of(form: QuotaForm, standing: Standing, now: float, *, refused: bool) -> dict[str, str]:
    """The headers that tell a credential's standing, at Unix time `now`."""
    told = {form.limit: str(standing.limit), form.left: str(0 if refused else standing.left)}
    if form.reset_always or refused:
        told[form.reset] = str(math.ceil(standing.reset + (now if form.moment else 0.0)))
    return told
