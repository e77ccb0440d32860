"""The nouns of Convore, as structs.

Source: the specification of the API's generated client 1.0.0, which declares null for `subject` alone; that a value the API
leaves out may also come as null is taken for granted, because that client accepts both.
"""

from __future__ import annotations

from .admin import ApiKey, Organization, SystemRole, User
from .conversations import Conversation, ConversationPriority, ConversationStatus, Label, LabelType
from .events import Event, EventObject, EventType
from .messages import Attachment, Message, MessageDirection, MessageFormat, ReplyType
from .participants import ContactHandle, ContactHandleType, Participant, ParticipantRole

__all__ = [
    "ApiKey",
    "Attachment",
    "ContactHandle",
    "ContactHandleType",
    "Conversation",
    "ConversationPriority",
    "ConversationStatus",
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
    "ReplyType",
    "SystemRole",
    "User",
]
