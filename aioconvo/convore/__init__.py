"""Convore: `ConvoreClient` and the structs it takes and gives."""

from .client import OPERATIONS, ConvoreClient
from .models import (
    Attachment,
    ContactHandle,
    ContactHandleType,
    Conversation,
    ConversationPriority,
    ConversationStatus,
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
    "Label",
    "LabelType",
    "Message",
    "MessageDirection",
    "MessageFormat",
    "Participant",
    "ParticipantRole",
    "ReplyType",
]
