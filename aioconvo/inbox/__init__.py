"""One inbox over the five providers: `client.inbox`, and the neutral structs it gives.

Names are loaded when they are first touched: who uses one provider's inbox does not load the other providers.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aioconvo.convore.inbox import ConvoreInbox
    from aioconvo.providers import Provider
    from aioconvo.smooch.inbox import SmoochInbox
    from aioconvo.smscx.inbox import SmscxInbox
    from aioconvo.sunshine.inbox import SunshineInbox
    from aioconvo.ultracart.inbox import UltraCartInbox

    from .base import Capabilities, Inbox, InboxOptions
    from .merging import merge
    from .models import Attachment, Conversation, Direction, Kind, Message, Participant, ParticipantKind
    from .walk import Order

__all__ = [
    "Attachment",
    "Capabilities",
    "Conversation",
    "ConvoreInbox",
    "Direction",
    "Inbox",
    "InboxOptions",
    "Kind",
    "Message",
    "Order",
    "Participant",
    "ParticipantKind",
    "Provider",
    "SmoochInbox",
    "SmscxInbox",
    "SunshineInbox",
    "UltraCartInbox",
    "merge",
]

_HOMES = {
    "Attachment": ".models",
    "Capabilities": ".base",
    "Conversation": ".models",
    "ConvoreInbox": "aioconvo.convore.inbox",
    "Direction": ".models",
    "Inbox": ".base",
    "InboxOptions": ".base",
    "Kind": ".models",
    "Message": ".models",
    "Order": ".walk",
    "Participant": ".models",
    "ParticipantKind": ".models",
    "Provider": "aioconvo.providers",
    "SmoochInbox": "aioconvo.smooch.inbox",
    "SmscxInbox": "aioconvo.smscx.inbox",
    "SunshineInbox": "aioconvo.sunshine.inbox",
    "UltraCartInbox": "aioconvo.ultracart.inbox",
    "merge": ".merging",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
