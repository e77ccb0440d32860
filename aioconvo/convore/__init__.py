"""Convore: `ConvoreClient` and the structs it takes and gives."""

from __future__ import annotations

from typing import Any

from aioconvo.core.operations.operation import Operation
from aioconvo.core.operations.resource import operations

from .client import ConvoreClient
from .models import (
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
    Participant,
    ParticipantRole,
    ReplyType,
)

__all__ = [
    "OPERATIONS",
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
    "Participant",
    "ParticipantRole",
    "ReplyType",
]

OPERATIONS: tuple[Operation[Any], ...]


def __getattr__(name: str) -> Any:
    if name == "OPERATIONS":  # read where somebody asks, not by everybody's import
        return operations(ConvoreClient)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
