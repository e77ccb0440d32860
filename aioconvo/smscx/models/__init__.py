"""The nouns of SMS.CX, as structs.

Source: the vendor's documents of API 1.0.2. Members it calls nullable, and members that are not always there, may be `None`.
"""

from __future__ import annotations

from .conversations import Channel, Conversation, ConversationDetail, ConversationInfo, Message, MessageStatus, MessageType
from .oauth import Token
from .replies import ChatReply, ChatStatus, ReplyInfo, RichMedia, SentChat, SentSms, SmsReply, TextAnalysis

__all__ = [
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
    "TextAnalysis",
    "Token",
]
