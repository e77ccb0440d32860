"""What happens in UltraCart conversations, as the agent websocket tells it: frames, and the events that are made of them.

The vendor calls this API internal and gives no samples: nothing here was seen in a real session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioconvo.core.names import names_of

if TYPE_CHECKING:
    from aioconvo.events.unknown import UnknownEvent as UnknownEvent

    from .natives import *
    from .reading import read as read
    from .sharing import neutral as neutral
else:
    __getattr__, __dir__ = names_of(
        __name__, ".natives", UnknownEvent="aioconvo.events.unknown", read=".reading", neutral=".sharing"
    )
