"""What happens in conversations, in structs that the five providers share, and how it comes in.

Names are loaded when they are first touched. Nothing here loads aiohttp.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .incoming import Delivery, Incoming, neutral
    from .models import (
        ControlChanged,
        ConversationEnded,
        ConversationRead,
        ConversationStarted,
        DeliveryStage,
        Event,
        MessageDelivered,
        MessageFailed,
        MessageReceived,
        MessageSent,
        OtherEvent,
        ParticipantJoined,
        ParticipantLeft,
        Postback,
        Referral,
        Typing,
        UserChanged,
    )
    from .unknown import UnknownEvent

__all__ = [
    "ControlChanged",
    "ConversationEnded",
    "ConversationRead",
    "ConversationStarted",
    "Delivery",
    "DeliveryStage",
    "Event",
    "Incoming",
    "MessageDelivered",
    "MessageFailed",
    "MessageReceived",
    "MessageSent",
    "OtherEvent",
    "ParticipantJoined",
    "ParticipantLeft",
    "Postback",
    "Referral",
    "Typing",
    "UnknownEvent",
    "UserChanged",
    "neutral",
]

_HOMES = {"Delivery": ".incoming", "Incoming": ".incoming", "UnknownEvent": ".unknown", "neutral": ".incoming"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES.get(name, ".models"), __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
