"""UltraCart conversations: `UltraCartClient` and the structs it takes and gives."""

from __future__ import annotations

from typing import Any

from aioconvo.core.operations.operation import Operation
from aioconvo.core.operations.resource import operations

from .client import UltraCartClient
from .models import (
    AgentAuth,
    AgentStatus,
    Conversation,
    ConversationSummary,
    Medium,
    Merchant,
    Message,
    MessageType,
    Participant,
    QueueAgent,
    QueueEntry,
    QueueStatus,
    Sentiment,
    SentimentKind,
    Translation,
    TransportState,
    TransportStatus,
    TwilioAccount,
    UploadUrl,
)

__all__ = [
    "OPERATIONS",
    "AgentAuth",
    "AgentStatus",
    "Conversation",
    "ConversationSummary",
    "Medium",
    "Merchant",
    "Message",
    "MessageType",
    "Participant",
    "QueueAgent",
    "QueueEntry",
    "QueueStatus",
    "Sentiment",
    "SentimentKind",
    "Translation",
    "TransportState",
    "TransportStatus",
    "TwilioAccount",
    "UltraCartClient",
    "UploadUrl",
]

OPERATIONS: tuple[Operation[Any], ...]


def __getattr__(name: str) -> Any:
    if name == "OPERATIONS":  # read where somebody asks, not by everybody's import
        return operations(UltraCartClient)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
