"""The nouns of UltraCart conversations, as structs.

Source: the vendor's SDK 4.1.208. It declares no member as required, so every one may be missing. Members ending in `_dts`
are ISO 8601 date-times with an offset in all samples; one without an offset stays naive, because its zone is unconfirmed.
"""

from __future__ import annotations

from .agents import AgentAuth, Merchant, TwilioAccount
from .conversations import Conversation, ConversationSummary, Medium, Participant, Sentiment, SentimentKind, UploadUrl
from .messages import Message, MessageType, Translation, TransportState, TransportStatus
from .queues import AgentStatus, QueueAgent, QueueEntry, QueueStatus

__all__ = [
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
    "UploadUrl",
]
