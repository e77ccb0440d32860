"""SMS.CX: `SmscxClient` and the structs it takes and gives."""

from __future__ import annotations

from typing import Any

from aioconvo.core.operations.operation import Operation
from aioconvo.core.operations.resource import operations

from .client import SmscxClient
from .models import (
    Channel,
    ChatReply,
    ChatStatus,
    Conversation,
    ConversationDetail,
    ConversationInfo,
    Message,
    MessageStatus,
    MessageType,
    ReplyInfo,
    RichMedia,
    SentChat,
    SentSms,
    SmsReply,
    TextAnalysis,
    Token,
)

__all__ = [
    "OPERATIONS",
    "Channel",
    "ChatReply",
    "ChatStatus",
    "Conversation",
    "ConversationDetail",
    "ConversationInfo",
    "Message",
    "MessageStatus",
    "MessageType",
    "ReplyInfo",
    "RichMedia",
    "SentChat",
    "SentSms",
    "SmsReply",
    "SmscxClient",
    "TextAnalysis",
    "Token",
]

OPERATIONS: tuple[Operation[Any], ...]


def __getattr__(name: str) -> Any:
    if name == "OPERATIONS":  # read where somebody asks, not by everybody's import
        return operations(SmscxClient)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
