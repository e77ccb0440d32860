"""SMS.CX: `SmscxClient` and the structs it takes and gives."""

from .client import OPERATIONS, SmscxClient
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
