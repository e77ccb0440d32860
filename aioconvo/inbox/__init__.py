"""One inbox over the five providers: `client.inbox`, and the neutral structs it gives.

Names are loaded when they are first touched: who uses one provider's inbox does not load the other providers.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .base import Capabilities, Inbox, InboxOptions, Order
    from .convore import ConvoreInbox
    from .merging import merge
    from .models import Attachment, Conversation, Direction, Kind, Message, Participant, ParticipantKind, Provider
    from .smooch import SmoochInbox
    from .smscx import SmscxInbox
    from .sunshine import SunshineInbox
    from .ultracart import UltraCartInbox

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
    "ConvoreInbox": ".convore",
    "Direction": ".models",
    "Inbox": ".base",
    "InboxOptions": ".base",
    "Kind": ".models",
    "Message": ".models",
    "Order": ".base",
    "Participant": ".models",
    "ParticipantKind": ".models",
    "Provider": ".models",
    "SmoochInbox": ".smooch",
    "SmscxInbox": ".smscx",
    "SunshineInbox": ".sunshine",
    "UltraCartInbox": ".ultracart",
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
