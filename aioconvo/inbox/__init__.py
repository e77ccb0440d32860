"""One inbox over the five providers: `client.inbox`, and the neutral structs it gives.

Names are loaded when they are first touched: who uses one provider's inbox does not load the other providers.
"""

from __future__ import annotations

import importlib
import warnings
from typing import TYPE_CHECKING, Any

from aioconvo.providers import Provider

if TYPE_CHECKING:
    from .base import Capabilities, Inbox, InboxOptions
    from .merging import merge
    from .models import Attachment, Conversation, Direction, Kind, Message, Participant, ParticipantKind
    from .walk import Order

__all__ = [
    "Attachment",
    "Capabilities",
    "Conversation",
    "Direction",
    "Inbox",
    "InboxOptions",
    "Kind",
    "Message",
    "Order",
    "Participant",
    "ParticipantKind",
    "Provider",
    "merge",
]

_HOMES = {
    "Attachment": ".models",
    "Capabilities": ".base",
    "Conversation": ".models",
    "Direction": ".models",
    "Inbox": ".base",
    "InboxOptions": ".base",
    "Kind": ".models",
    "Message": ".models",
    "Order": ".walk",
    "Participant": ".models",
    "ParticipantKind": ".models",
    "merge": ".merging",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None and (moved := next((one for one in Provider if name == f"{one.word}Inbox"), None)) is not None:
        said = f"aioconvo.inbox.{name} is aioconvo.{moved}.inbox.{name} now; the old name goes with 0.3"
        warnings.warn(said, DeprecationWarning, stacklevel=2)
        return moved.inbox
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
