"""What happens in a Convore account, as its list of events tells it: it is polled, there are no webhooks.

Names are loaded when they are first touched: the client has `operations` alone.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aioconvo.events.unknown import UnknownEvent

    from .natives import PolledEvent
    from .polls import Following, poll
    from .reading import read
    from .sharing import neutral

__all__ = ["Following", "PolledEvent", "UnknownEvent", "neutral", "poll", "read"]

_HOMES = {
    "Following": ".polls",
    "PolledEvent": ".natives",
    "UnknownEvent": "aioconvo.events.unknown",
    "neutral": ".sharing",
    "poll": ".polls",
    "read": ".reading",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
