"""Convore: `ConvoreClient` and the structs it takes and gives."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from aioconvo.core.operations.operation import Operation
from aioconvo.core.operations.resource import operations

from .models import (
    ApiKey,
    Attachment,
    ContactHandle,
    ContactHandleType,
    Conversation,
    ConversationPriority,
    ConversationStatus,
    Event,
    EventObject,
    EventType,
    Label,
    LabelType,
    Message,
    MessageDirection,
    MessageFormat,
    Organization,
    Participant,
    ParticipantRole,
    ReplyType,
    SystemRole,
    User,
)

if TYPE_CHECKING:
    from .client import ConvoreClient
    from .events import PolledEvent, UnknownEvent

__all__ = [
    "OPERATIONS",
    "ApiKey",
    "Attachment",
    "ContactHandle",
    "ContactHandleType",
    "Conversation",
    "ConversationPriority",
    "ConversationStatus",
    "ConvoreClient",
    "Event",
    "EventObject",
    "EventType",
    "Label",
    "LabelType",
    "Message",
    "MessageDirection",
    "MessageFormat",
    "Organization",
    "Participant",
    "ParticipantRole",
    "PolledEvent",
    "ReplyType",
    "SystemRole",
    "UnknownEvent",
    "User",
]

OPERATIONS: tuple[Operation[Any], ...]


def __getattr__(name: str) -> Any:
    if name == "OPERATIONS":  # read where somebody asks, not by everybody's import
        return operations(importlib.import_module(".client", __name__).ConvoreClient)
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # The client loads aiohttp, which events need not.
    value = getattr(importlib.import_module(".client" if name == "ConvoreClient" else ".events", __name__), name)
    globals()[name] = value
    return value
