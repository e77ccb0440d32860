"""How a list of events is polled, whatever the provider: how often, how far back, how patiently."""

from __future__ import annotations

import msgspec

from aioconvo.core import errors
from aioconvo.core.access import settings

__all__ = ["Polling", "backoff", "is_final"]

_BACKOFF = 1.0
_MOST_BACKOFF = 60.0
_MOST_DOUBLINGS = 10
_SERVER_FAULTS = 500
_LATER = frozenset({408, 409, 423, 425, 429})


class Polling(msgspec.Struct, frozen=True, kw_only=True):
    """How a list of events is polled; seconds.

    - `every`: between polls while something happens, 1 by default (SMS.CX: 60, it has one large list and no filter). While
      nothing does, that grows to `quiet`, 5 by default (SMS.CX: 60).
    - `look_back`: how late an event may appear in the list and is found by the next poll all the same.
    - `sweep`: how often the last `sweep_over` seconds are looked through for events that appeared even later; 0 is never.
    - `messages`: how many messages are fetched side by side, for a bot (Convore).
    - `channels`: only what came by these, such as `("viber", "whatsapp")` (SMS.CX); `None` are all.

    Raises:
        ConfigurationError: One of them is no such number.
    """

    every: float | None = None
    quiet: float | None = None
    look_back: float = 60.0
    sweep: float = 300.0
    sweep_over: float = 3600.0
    messages: int = 8
    channels: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        settings.seconds("every", self.every, none="what suits the API")
        settings.seconds("quiet", self.quiet, none="what suits the API")
        settings.seconds("look_back", self.look_back, zero=True)
        settings.seconds("sweep", self.sweep, zero=True)
        settings.seconds("sweep_over", self.sweep_over)
        settings.count("messages", self.messages, least=1)

    def pace(self, every: float, quiet: float) -> tuple[float, float]:
        """Seconds between polls while something happens, and while nothing does; given are the API's usual ones."""
        chosen = every if self.every is None else self.every
        return chosen, max(chosen, quiet if self.quiet is None else self.quiet)


def is_final(error: errors.AioconvoError) -> bool:
    """Whether asking again would bring the same error: the key is wrong, or what is asked for is not there."""
    if isinstance(error, errors.APIStatusError):
        return error.status < _SERVER_FAULTS and error.status not in _LATER
    return not isinstance(error, errors.CallError | errors.PaginationError | errors.LimitStoreError)


def backoff(failures: int, draw: float, error: errors.AioconvoError) -> float:
    """Seconds to wait after that many failures in a row: those that the server asked for, else more each time.

    `draw` is from 0 to 1.
    """
    asked = error.retry_after if isinstance(error, errors.CallError) else None
    return max(asked or 0.0, draw * min(_MOST_BACKOFF, _BACKOFF * 2.0 ** min(failures, _MOST_DOUBLINGS)))
